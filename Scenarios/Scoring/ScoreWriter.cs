using System.Globalization;

namespace MlNetRnn.Scenarios.Scoring;

/// <summary>Writes scores as CSV, each number such that reading it back gives the same Single.</summary>
internal static class ScoreWriter
{
    /// <exception cref="InvalidOperationException">There is no row, or a score is not a number; the message says why.</exception>
    public static void Write(Scores scores, TextWriter writer)
    {
        long count = 0;
        foreach (var row in scores.Rows)
        {
            Check(scores, row);
            if (count++ == 0)
                writer.WriteLine(string.Join(',', scores.Names.Prepend("Row").Select(Quote)));
            writer.WriteLine(string.Join(',', row.Values.Select(Format).Prepend(row.Number.ToString(CultureInfo.InvariantCulture))));
        }
        if (count == 0)
            throw new InvalidOperationException("There is nothing to score: the data has fewer rows than one of the model's windows.");
        writer.Flush();
    }

    private static void Check(Scores scores, ScoredRow row)
    {
        int wrong = Array.FindIndex(row.Values, v => !float.IsFinite(v));
        if (wrong >= 0)
        {
            throw new InvalidOperationException(
                $"Row {row.Number}: {scores.Names[wrong]} is {Format(row.Values[wrong])}, because a value in the row's window is missing, not a number or too large. Correct the data.");
        }
    }

    private static string Format(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quote(string name) => name.AsSpan().ContainsAny(",\"\r\n") ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}
