namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Runs the engine benchmark, prints a table and writes <c>engine.json</c>.</summary>
internal static class EngineReport
{
    private static readonly string[] Headers =
    [
        "cell", "hidden", "steps", "predictor µs", "PredictionEngine µs", "push µs", "predictor B", "PredictionEngine B", "push B",
        "ratio",
    ];

    private static readonly (string Cell, int Hidden)[] Cases = [("lstm", 64), ("gru", 64), ("rnn", 64)];

    public static int Run(OutputFolder folder, bool quick, CancellationToken cancellation)
    {
        List<EngineBenchmark.Row> results = [];
        foreach (var (cell, hidden) in quick ? Cases[..1] : Cases)
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(EngineBenchmark.Run(cell, hidden, rounds: quick ? 5 : 15));
        }
        ResultTable.Write(Headers, [.. results.Select(Cells)]);
        ResultFile.Write(folder, "engine.json", results);
        return 0;
    }

    private static string[] Cells(EngineBenchmark.Row r) =>
    [
        r.Cell, $"{r.Hidden}", $"{r.Steps}",
        $"{r.PredictorMicroseconds:f1}", $"{r.PredictionEngineMicroseconds:f1}", $"{r.PushMicroseconds:f1}",
        $"{r.PredictorBytes:n0}", $"{r.PredictionEngineBytes:n0}", $"{r.PushBytes:n0}", $"{r.Ratio:f2}",
    ];
}
