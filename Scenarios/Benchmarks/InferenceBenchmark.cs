using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Rows per second of batched <c>Transform</c> beside ML.NET's <c>ApplyOnnxModel</c>, on the same ONNX file and rows, in one process.</summary>
internal static class InferenceBenchmark
{
    private const int Steps = 24;
    private const int Rows = 20_000;

    /// <summary>A row of the results.</summary>
    public sealed record Row(string Cell, int Hidden, int Steps, double ApplyOnnxModelRowsPerSecond, double TransformRowsPerSecond, double Ratio);

    public static Row Run(string cell, int hidden, int rounds)
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(Windows());
        var model = ml.Regression.Trainers.Recurrent(new RecurrentOptions
        {
            Cell = BenchmarkCase.CellOf(cell),
            HiddenSizes = [hidden],
            DenseSizes = [],
            Training = new() { Epochs = 1, Seed = 1 },
        }).Fit(ml.Data.TakeRows(data, 500));

        string folder = Directory.CreateTempSubdirectory("mlnetrnn").FullName;
        try
        {
            string file = Path.Combine(folder, "model.onnx");
            ml.Model.SaveAsOnnx(model, data.Schema, file);
            var applied = ml.Transforms.ApplyOnnxModel(
                ["Score"], ["Features"], file, new Dictionary<string, int[]> { ["Features"] = [1, Steps, 1], ["Score"] = [1, 1] },
                gpuDeviceId: null, fallbackToCpu: false).Fit(data);
            var rates = Interleaved.Run(rounds, () => Read<VBuffer<float>>(applied, data), () => Read<float>(model, data));
            return new(cell, hidden, Steps, rates[0].Median, rates[1].Median, rates[1].Median / rates[0].Median);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Read<T>(ITransformer model, IDataView data)
    {
        long start = Stopwatch.GetTimestamp();
        var scored = model.Transform(data);
        using var cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        var getter = cursor.GetGetter<T>(scored.Schema["Score"]);
        T value = default!;
        while (cursor.MoveNext())
            getter(ref value);
        return Rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Window[] Windows()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Rows).Select(_ => new Window
        {
            Features = [.. Enumerable.Range(0, Steps).Select(_ => random.NextSingle())],
            Label = random.NextSingle(),
        })];
    }

    private sealed class Window
    {
        [VectorType(Steps, 1)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
