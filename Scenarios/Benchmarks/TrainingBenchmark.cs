using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Throughput of <c>Fit</c> beside a plain TorchSharp loop on preloaded tensors: same network, optimizer, batch and threads, in one process.</summary>
internal static class TrainingBenchmark
{
    /// <summary>A row of the results.</summary>
    public sealed record Row(
        string Cell, int Hidden, int Batch, int Steps, int Features, double PlainWindowsPerSecond, double WindowsPerSecond, double Ratio);

    private static readonly string[] Cells = ["rnn", "lstm", "gru", "bilstm"];
    private static readonly (int Hidden, int Batch)[] Sizes = [(32, 32), (32, 256), (64, 32), (64, 256), (128, 32), (128, 256)];
    private static readonly (int Hidden, int Batch)[] QuickSizes = [(64, 32)];

    public static IEnumerable<BenchmarkCase> Cases(bool quick) =>
        from cell in Cells
        from size in quick ? QuickSizes : Sizes
        select new BenchmarkCase(cell, size.Hidden, size.Batch, Steps: 20, Features: 8);

    public static Row Run(BenchmarkCase shape, bool quick)
    {
        const int count = 2048;
        var random = new Random(1);
        var windows = Enumerable.Range(0, count * shape.Steps * shape.Features).Select(_ => random.NextSingle()).ToArray();
        var labels = Enumerable.Range(0, count).Select(_ => random.NextSingle()).ToArray();
        var ml = new MLContext(seed: 1);
        var data = Data(ml, shape, windows, labels);
        LoadTorch(ml); // MlNetRnn loads libtorch where TorchSharp alone cannot
        using var plain = new PlainLoop(shape, windows, labels);
        var rates = Interleaved.Run(quick ? 5 : 9, plain.Epoch, () => FitEpoch(ml, shape, data, count));
        return new(
            shape.Cell, shape.Hidden, shape.Batch, shape.Steps, shape.Features, rates[0].Median, rates[1].Median, rates[1].Median / rates[0].Median);
    }

    // Names no torch type: its initialiser must not run before libtorch is loaded.
    private static void LoadTorch(MLContext ml)
    {
        var tiny = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 8).Select(i => new Tiny { Label = i }).ToArray());
        ml.Regression.Trainers.Rnn("Label", "Features", new RecurrentOptions
        {
            HiddenSizes = [1],
            Training = new() { Epochs = 1, BatchSize = 4, ValidationFraction = 0 },
        }).Fit(tiny);
    }

    // The second of two epochs: the first one warms up.
    private static double FitEpoch(MLContext ml, BenchmarkCase shape, IDataView data, int count) =>
        count / Fit(ml, shape, data, epochs: 2).History[1].Seconds;

    private static SequenceTransformer Fit(MLContext ml, BenchmarkCase shape, IDataView data, int epochs) =>
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
                Threads = torch.get_num_threads(), // as the plain loop
                Seed = 1,
            },
        }).Fit(data);

    private static IDataView Data(MLContext ml, BenchmarkCase shape, float[] windows, float[] labels)
    {
        int size = shape.Steps * shape.Features;
        var definition = SchemaDefinition.Create(typeof(Window));
        definition[nameof(Window.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, shape.Steps, shape.Features);
        return ml.Data.LoadFromEnumerable(
            labels.Select((label, i) => new Window { Features = windows.AsSpan(i * size, size).ToArray(), Label = label }).ToArray(), definition);
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
