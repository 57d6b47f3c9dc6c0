using System.Text.Json;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Writes rows of results as a JSON array.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes one file and tells of all that were written.</summary>
    public static void Write<T>(OutputFolder folder, string name, IReadOnlyList<T> rows)
    {
        WriteOneOf(folder, name, rows);
        folder.PrintWritten();
    }

    /// <summary>Writes a file that others follow.</summary>
    public static void WriteOneOf<T>(OutputFolder folder, string name, IReadOnlyList<T> rows) =>
        folder.Write(name, stream => JsonSerializer.Serialize(stream, rows, Json));
}
