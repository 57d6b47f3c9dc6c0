namespace MlNetRnn.Scenarios.Scoring;

/// <summary>Scores that are made while they are read.</summary>
/// <param name="Names">A name for each value of a row.</param>
/// <param name="Rows">The scored rows.</param>
internal sealed record Scores(string[] Names, IEnumerable<ScoredRow> Rows)
{
    /// <summary>Names for the values of a model's outputs: <c>Score</c>, or <c>Forecast[t+1]</c> and so on.</summary>
    public static string[] NamesOf(IEnumerable<SequenceModelOutput> outputs) =>
        [.. outputs.SelectMany(o => o.IsVector ? Enumerable.Range(1, o.Length).Select(i => $"{o.Name}[t+{i}]") : [o.Name])];
}

/// <summary>The scores of one row.</summary>
/// <param name="Number">The row of the CSV file, counted from 1 after the header.</param>
/// <param name="Values">The values.</param>
internal readonly record struct ScoredRow(long Number, float[] Values);
