namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Runs the inference benchmark, prints a table and writes <c>inference.json</c>.</summary>
internal static class InferenceReport
{
    private static readonly string[] Headers = ["cell", "hidden", "steps", "ApplyOnnxModel rows/s", "Transform rows/s", "ratio"];
    private static readonly (string Cell, int Hidden)[] Cases = [("lstm", 64), ("gru", 64), ("rnn", 64)];

    public static int Run(OutputFolder folder, bool quick, CancellationToken cancellation)
    {
        List<InferenceBenchmark.Row> results = [];
        foreach (var (cell, hidden) in Cases)
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(InferenceBenchmark.Run(cell, hidden, rounds: quick ? 5 : 15));
        }
        ResultTable.Write(Headers, [.. results.Select(Cells)]);
        ResultFile.Write(folder, "inference.json", results);
        return 0;
    }

    private static string[] Cells(InferenceBenchmark.Row r) =>
        [r.Cell, $"{r.Hidden}", $"{r.Steps}", $"{r.ApplyOnnxModelRowsPerSecond:n0}", $"{r.TransformRowsPerSecond:n0}", $"{r.Ratio:f2}"];
}
