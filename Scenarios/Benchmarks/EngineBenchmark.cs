using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>
/// Time per raw row of a sequence engine beside what takes whole windows: <see cref="SequencePredictor"/>, and ML.NET's prediction engine
/// on the part after the windowing. The same model and the same windows, in one process.
/// </summary>
internal static class EngineBenchmark
{
    private const int Steps = 24;
    private const int Rows = 4_000;

    /// <summary>A row of the results; the ratio is that of the predictor's time to the push's.</summary>
    public sealed record Row(
        string Cell, int Hidden, int Steps, double PredictorMicroseconds, double PredictionEngineMicroseconds, double PushMicroseconds,
        double PredictorBytes, double PredictionEngineBytes, double PushBytes, double Ratio);

    public static Row Run(string cell, int hidden, int rounds)
    {
        var ml = new MLContext(seed: 1);
        Reading[] rows = Readings();
        var data = ml.Data.LoadFromEnumerable(rows);
        var model = ml.Transforms.NormalizeMeanVariance("Value")
            .Append(ml.Transforms.SlidingWindow("Window", ["Value"], Steps))
            .Append(ml.Regression.Trainers.Recurrent("Label", "Window", new RecurrentOptions
            {
                Cell = BenchmarkCase.CellOf(cell),
                HiddenSizes = [hidden],
                DenseSizes = [],
                Training = new() { Epochs = 1, Seed = 1 },
            })).Fit(ml.Data.TakeRows(data, 500));
        Window[] windows = Windows(ml, model.Transform(data));

        using var predictor = new SequencePredictor(model.LastTransformer.Model);
        using var predictionEngine = ml.Model.CreatePredictionEngine<Window, Prediction>(model.WithoutWindowing());
        using var engine = model.CreateSequenceEngine<Reading, Prediction>(ml);
        float[] score = new float[1];
        var prediction = new Prediction();
        Action<int>[] calls =
        [
            i => predictor.Predict(windows[i % windows.Length].Values, score),
            i => predictionEngine.Predict(windows[i % windows.Length], ref prediction),
            i => engine.TryPush(rows[i], prediction),
        ];
        var rates = Interleaved.Run(rounds, [.. calls.Select(call => new Func<double>(() => CallsPerSecond(call)))]);
        double[] microseconds = [.. rates.Select(r => 1e6 / r.Median)];
        double[] bytes = [.. calls.Select(BytesPerCall)];
        return new(cell, hidden, Steps, microseconds[0], microseconds[1], microseconds[2], bytes[0], bytes[1], bytes[2],
            microseconds[0] / microseconds[2]);
    }

    private static double CallsPerSecond(Action<int> call)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Rows; i++)
            call(i);
        return Rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double BytesPerCall(Action<int> call)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rows; i++)
            call(i);
        return Math.Round((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rows, 1);
    }

    private static Reading[] Readings()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Rows).Select(_ => new Reading { Value = random.NextSingle() })];
    }

    private static Window[] Windows(MLContext ml, IDataView windowed) =>
        [.. ml.Data.CreateEnumerable<Window>(windowed, reuseRowObject: false)];

    private sealed class Reading
    {
        public float Value { get; set; }
    }

    private sealed class Window
    {
        [ColumnName("Window"), VectorType(Steps, 1)]
        public float[] Values { get; set; } = [];
    }

    private sealed class Prediction
    {
        public float Score { get; set; }
    }
}
