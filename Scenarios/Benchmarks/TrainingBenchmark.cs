using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>
/// Throughput of <c>Fit</c> beside a plain TorchSharp loop on preloaded tensors: same network, optimizer, batch and threads, in turn in one
/// process, and as a share of what the machine's arithmetic gives.
/// </summary>
internal sealed class TrainingBenchmark(MLContext ml, int threads, double peak)
{
    private const double MeasuredSeconds = 0.2; // of each measurement, of the plain loop, as far as the data reaches
    private const int MostWindows = 8192;

    private static readonly string[] Cells = ["rnn", "lstm", "gru", "bilstm"];
    private static readonly (int Hidden, int Batch, int Steps, int Features)[] QuickShapes = [(32, 32, 20, 8), (64, 64, 20, 8), (128, 256, 20, 8)];

    private static readonly IEnumerable<(int Hidden, int Batch, int Steps, int Features)> Grid =
        from hidden in new[] { 32, 64, 128, 256 }
        from batch in new[] { 32, 64, 256 }
        from steps in new[] { 20, 100 }
        from features in new[] { 1, 8 }
        select (hidden, batch, steps, features);

    /// <summary>A row of the results: windows per second (medians), their ratio with the limits of nine tenths of the rounds, and shares.</summary>
    public sealed record Row(
        string Cell, int Hidden, int Batch, int Steps, int Features, double PlainWindowsPerSecond, double WindowsPerSecond, double Ratio,
        double ShareOfPeak, double PlainShareOfPeak, double RatioLow, double RatioHigh, int Threads);

    public static IEnumerable<BenchmarkCase> Cases(bool quick) =>
        from cell in Cells
        from shape in quick ? QuickShapes : Grid
        select new BenchmarkCase(cell, shape.Hidden, shape.Batch, shape.Steps, shape.Features);

    /// <summary>Names no torch type: libtorch is loaded as the library loads it, where TorchSharp alone cannot.</summary>
    public static void LoadTorch(MLContext ml)
    {
        var tiny = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 8).Select(i => new Tiny { Label = i }).ToArray());
        ml.Regression.Trainers.Rnn("Label", "Features", new RecurrentOptions
        {
            HiddenSizes = [1],
            Training = new() { Epochs = 1, BatchSize = 4, ValidationFraction = 0 },
        }).Fit(tiny).Dispose();
    }

    public Row Run(BenchmarkCase shape, int rounds)
    {
        var random = new Random(1);
        float[] windows = [.. Enumerable.Range(0, MostWindows * shape.Steps * shape.Features).Select(_ => random.NextSingle())];
        float[] labels = [.. Enumerable.Range(0, MostWindows).Select(_ => random.NextSingle())];
        torch.set_num_threads(threads);
        using var plain = new PlainLoop(shape, windows, labels);
        int count = Windows(shape, plain);
        var data = Data(shape, windows, labels.AsSpan(0, count));
        var rates = Interleaved.Run(rounds, () => plain.Epoch(count), () => count / Fit(shape, data).History[1].Seconds); // the first epoch warms up
        var ratio = rates[1].Over(rates[0]);
        double flops = Flops(shape);
        return new(
            shape.Cell, shape.Hidden, shape.Batch, shape.Steps, shape.Features, rates[0].Median, rates[1].Median,
            rates[1].Median / rates[0].Median, rates[1].Median * flops / peak, rates[0].Median * flops / peak,
            ratio.Quantile(0.05), ratio.Quantile(0.95), threads);
    }

    /// <summary>A network trained on some windows for some epochs.</summary>
    public SequenceTransformer Fit(BenchmarkCase shape, IDataView data, int epochs = 2) =>
        ml.Regression.Trainers.Recurrent(new RecurrentOptions
        {
            Cell = shape.RecurrentCell,
            Bidirectional = shape.Bidirectional,
            HiddenSizes = [shape.Hidden, shape.Hidden / 2],
            Training = new()
            {
                Epochs = epochs,
                BatchSize = shape.Batch,
                ValidationFraction = 0,
                EarlyStopping = null,
                ReduceLearningRate = null,
                Threads = threads, // as the plain loop
                Seed = 1,
            },
        }).Fit(data);

    /// <summary>Windows as rows of a view.</summary>
    public IDataView Data(BenchmarkCase shape, float[] windows, ReadOnlySpan<float> labels)
    {
        int size = shape.Steps * shape.Features;
        var definition = SchemaDefinition.Create(typeof(Window));
        definition[nameof(Window.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, shape.Steps, shape.Features);
        var rows = new Window[labels.Length];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = new() { Features = windows.AsSpan(i * size, size).ToArray(), Label = labels[i] };
        return ml.Data.LoadFromEnumerable(rows, definition);
    }

    // As many whole batches as the plain loop trains in the time of a measurement, at least two.
    private static int Windows(BenchmarkCase shape, PlainLoop plain)
    {
        int two = 2 * shape.Batch;
        plain.Epoch(two); // warms up
        double seconds = two / plain.Epoch(two);
        int batches = (int)Math.Clamp(2 * MeasuredSeconds / seconds, 2, MostWindows / shape.Batch);
        return batches * shape.Batch;
    }

    // Three times the forward products, for a window: backward there are two for each.
    private static double Flops(BenchmarkCase shape)
    {
        int gates = shape.Cell switch { "gru" => 3, "lstm" or "bilstm" => 4, _ => 1 };
        int directions = shape.Bidirectional ? 2 : 1, half = shape.Hidden / 2;
        double Layer(int inputs, int hidden) => 2.0 * directions * gates * hidden * (inputs + hidden);
        return 3 * shape.Steps * (Layer(shape.Features, shape.Hidden) + Layer(directions * shape.Hidden, half))
            + 3 * 2.0 * (directions * half * 32 + 32);
    }

    private sealed class Window
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class Tiny
    {
        [VectorType(2, 1)]
        public float[] Features { get; set; } = new float[2];

        public float Label { get; set; }
    }
}
