using System.Text.Json;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Writes rows of results as a JSON array.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write<T>(OutputFolder folder, string name, IReadOnlyList<T> rows)
    {
        folder.Write(name, stream => JsonSerializer.Serialize(stream, rows, Json));
        folder.PrintWritten();
    }
}
