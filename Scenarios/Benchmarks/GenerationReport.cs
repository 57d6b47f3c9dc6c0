namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Runs the generation benchmark, prints a table and writes <c>generation.json</c>.</summary>
internal static class GenerationReport
{
    private static readonly string[] Headers = ["cell", "hidden", "text so far", "text scored anew, tokens/s", "TorchSharp by hand, tokens/s", "TokenGenerator, tokens/s", "ratio"];

    private static readonly (string Cell, int Hidden)[] Cases = [("lstm", 128), ("lstm", 384), ("gru", 128), ("gru", 384)];

    private static readonly int[] Lengths = [10, 100, 1_000, 10_000];

    public static int Run(OutputFolder folder, bool quick, CancellationToken cancellation)
    {
        List<GenerationBenchmark.Row> results = [];
        foreach (var (cell, hidden) in quick ? Cases[..1] : Cases)
        {
            cancellation.ThrowIfCancellationRequested();
            results.AddRange(GenerationBenchmark.Run(cell, hidden, quick ? Lengths[..^1] : Lengths, rounds: quick ? 5 : 15));
        }
        ResultTable.Write(Headers, [.. results.Select(Cells)]);
        ResultFile.Write(folder, "generation.json", results);
        return 0;
    }

    private static string[] Cells(GenerationBenchmark.Row r) =>
    [
        r.Cell, $"{r.Hidden}", $"{r.Length:n0}",
        $"{r.RescoringTokensPerSecond:n0}", $"{r.TorchTokensPerSecond:n0}", $"{r.TokensPerSecond:n0}", $"{r.Ratio:f2}",
    ];
}
