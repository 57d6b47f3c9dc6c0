using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Time per sequence of every way to score one model, on the same windows, in one process and in turn.</summary>
internal static class InferenceBenchmark
{
    private const int SingleCalls = 1_000; // a round
    private const int Batch = 256;
    private const int Threads = 2;

    /// <summary>One window at a time: what a service does with each request.</summary>
    public static List<InferenceRow> Single(InferenceModel model, int rounds)
    {
        using var raw = new RawOnnxRuntime(model.File, 1, model.Steps, threads: 1);
        using var predictor = SequencePredictor.Load(model.File);
        using var torch = new TorchForward(model.Cell, model.Hidden);
        float[] window = model.Windows[..model.Steps], score = new float[1];
        window.CopyTo(raw.Windows, 0);
        return Measure(model, 1, rounds,
        [
            new("OnnxRuntime", 1, SingleCalls, raw.Run),
            new("SequencePredictor.Predict", 1, SingleCalls, () => predictor.Predict(window, score)),
            new("TorchSharp forward", 1, SingleCalls, () => torch.Predict(window, 1, score)),
        ]);
    }

    /// <summary>Many windows: what a job over a table does.</summary>
    public static List<InferenceRow> Batched(InferenceModel model, int rounds)
    {
        using var raw = new RawOnnxRuntime(model.File, Batch, model.Steps, Threads);
        using var predictor = SequencePredictor.Load(model.File);
        using var torch = new TorchForward(model.Cell, model.Hidden);
        float[] windows = model.Windows[..(Batch * model.Steps)], scores = new float[Batch], all = new float[InferenceModel.Rows];
        windows.CopyTo(raw.Windows, 0);
        var applied = ApplyOnnxModel(model);
        int runs = InferenceModel.Rows / Batch;
        return Measure(model, Batch, rounds,
        [
            new("OnnxRuntime", Batch, runs, raw.Run),
            new("SequencePredictor.PredictBatch", InferenceModel.Rows, 1, () => predictor.PredictBatch(model.Windows, all)),
            new("Transform", InferenceModel.Rows, 1, () => Read<float>(model.Transformer, model.Data)),
            new("ApplyOnnxModel", InferenceModel.Rows, 1, () => Read<VBuffer<float>>(applied, model.Data)),
            new("TorchSharp forward", Batch, runs, () => torch.Predict(windows, Batch, scores)),
        ]);
    }

    /// <summary>A series' next prediction: a step, beside the whole window anew.</summary>
    public static List<InferenceRow> Streaming(InferenceModel model, int rounds)
    {
        const int Series = 64;
        using var predictor = SequencePredictor.Load(model.File);
        using var streaming = new StreamingPredictor(model.Transformer.Model);
        StreamingSeries[] series = [.. Enumerable.Range(0, Series).Select(_ => streaming.CreateSeries())];
        float[] window = model.Windows[..model.Steps], observations = model.Windows[..Series], predictions = new float[Series];
        return Measure(model, 1, rounds,
        [
            new("SequencePredictor, whole window", 1, SingleCalls / 10, () => predictor.Predict(window, predictions.AsSpan(0, 1))),
            new("StreamingPredictor.Step", 1, SingleCalls, () => streaming.Step(series[0], observations.AsSpan(0, 1), predictions.AsSpan(0, 1))),
            new($"StreamingPredictor.StepBatch, {Series} series", Series, SingleCalls / 10, () => streaming.StepBatch(series, observations, predictions)),
        ]);
    }

    /// <summary>One window at a time with the weights in each precision; what is measured tells the size of its file, too.</summary>
    public static List<InferenceRow> Precisions(InferenceModel model, int rounds)
    {
        var precisions = Enum.GetValues<OnnxPrecision>();
        string[] files = [.. precisions.Select(model.SaveAs)];
        long[] bytes = [.. files.Select(file => new FileInfo(file).Length)];
        SequencePredictor[] predictors = [.. files.Select(file => SequencePredictor.Load(file))];
        float[] window = model.Windows[..model.Steps], score = new float[1];
        try
        {
            return Measure(model, 1, rounds,
                [.. precisions.Select((precision, i) => new Way($"{precision}, file {(double)bytes[i] / bytes[0]:f2} x", 1, SingleCalls / 2,
                    () => predictors[i].Predict(window, score)))]);
        }
        finally
        {
            Array.ForEach(predictors, p => p.Dispose());
        }
    }

    // The first way is what the others stand beside.
    private static List<InferenceRow> Measure(InferenceModel model, int batch, int rounds, Way[] ways)
    {
        var rates = Interleaved.Run(rounds, [.. ways.Select(way => new Func<double>(way.SequencesPerSecond))]);
        double[] microseconds = [.. rates.Select(r => 1e6 / r.Median)];
        return [.. ways.Select((way, i) => model.Row(batch, way.What, microseconds[i], microseconds[0]))];
    }

    private static OnnxTransformer ApplyOnnxModel(InferenceModel model) => model.Ml.Transforms.ApplyOnnxModel(
        ["Score"], ["Features"], model.File, new Dictionary<string, int[]> { ["Features"] = [1, model.Steps, 1], ["Score"] = [1, 1] },
        gpuDeviceId: null, fallbackToCpu: false).Fit(model.Data);

    private static void Read<T>(ITransformer transformer, IDataView data)
    {
        var scored = transformer.Transform(data);
        using var cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        var getter = cursor.GetGetter<T>(scored.Schema["Score"]);
        T value = default!;
        while (cursor.MoveNext())
            getter(ref value);
    }

    /// <summary>A way to score <paramref name="Sequences"/> at a time, <paramref name="Calls"/> times a round.</summary>
    private sealed record Way(string What, int Sequences, int Calls, Action Call)
    {
        public double SequencesPerSecond()
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Calls; i++)
                Call();
            return (double)Sequences * Calls / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
