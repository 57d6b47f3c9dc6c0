using System.Diagnostics;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>The time of <c>Fit</c> from end to end, data in and verified ONNX graph out, beside the time of its epochs alone.</summary>
internal static class FitBenchmark
{
    private const int Epochs = 10;
    private const int Windows = 8192;

    /// <summary>A row of the results: medians over rounds.</summary>
    public sealed record Row(string Cell, int Hidden, int Batch, int Steps, int Features, double EpochSeconds, double FitSeconds, double Ratio);

    public static IReadOnlyList<Row> Run(TrainingBenchmark benchmark, bool quick, CancellationToken cancellation)
    {
        List<Row> rows = [];
        foreach (string cell in quick ? ["lstm"] : new[] { "rnn", "lstm", "gru", "bilstm" })
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add(Run(benchmark, new BenchmarkCase(cell, Hidden: 64, Batch: 64, Steps: 20, Features: 8), rounds: quick ? 1 : 5));
        }
        return rows;
    }

    private static Row Run(TrainingBenchmark benchmark, BenchmarkCase shape, int rounds)
    {
        var random = new Random(1);
        float[] windows = [.. Enumerable.Range(0, Windows * shape.Steps * shape.Features).Select(_ => random.NextSingle())];
        float[] labels = [.. Enumerable.Range(0, Windows).Select(_ => random.NextSingle())];
        var data = benchmark.Data(shape, windows, labels);
        var measured = Enumerable.Range(0, rounds).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            using var model = benchmark.Fit(shape, data, Epochs);
            return (Fit: Stopwatch.GetElapsedTime(start).TotalSeconds, Epochs: model.History.Sum(e => e.Seconds));
        }).OrderBy(m => m.Fit / m.Epochs).ToList();
        var (fit, epochs) = measured[rounds / 2];
        return new(shape.Cell, shape.Hidden, shape.Batch, shape.Steps, shape.Features, epochs, fit, fit / epochs);
    }
}
