using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Onnx;

namespace MlNetRnn.Tests;

/// <summary>Small models over windows of 6 steps × 2 features, trained once for all tests, and the series they are scored on.</summary>
internal static class TinyModel
{
    public const int Steps = 6;

    public const int Features = 2;

    private static readonly Lazy<SequenceModel> s_regression = new(() => Train(ml => ml.Regression.Trainers.Lstm("Label", "Window", Options), 1));

    private static readonly Lazy<SequenceModel> s_forecasting = new(() => Train(
        ml => ml.Forecasting.ForecastByRecurrent("Forecast", "Window", "Label", Options with { Cell = RecurrentCell.Gru }), 3));

    /// <summary>An LSTM with one output, <c>Score</c>.</summary>
    public static SequenceModel Regression => s_regression.Value;

    /// <summary>A GRU with three outputs, <c>Forecast</c>.</summary>
    public static SequenceModel Forecasting => s_forecasting.Value;

    private static readonly Lazy<SequenceModel> s_ragged = new(() => TrainRagged());

    /// <summary>A GRU over any number of steps × 2 features, with one output, <c>Score</c>.</summary>
    public static SequenceModel Ragged => s_ragged.Value;

    public static RecurrentOptions Options => new()
    {
        HiddenSizes = [8],
        DenseSizes = [4],
        Scaling = new() { Difference = true },
        Training = new() { Epochs = 2, Seed = 1 },
    };

    public static SlidingWindowEstimator Windowing(MLContext ml, int horizon = 1) =>
        ml.Transforms.SlidingWindow("Window", [nameof(SeriesRow.Value), nameof(SeriesRow.Other)], Steps, horizon);

    public static IDataView Series(MLContext ml, int rows) => ml.Data.LoadFromEnumerable(Rows(rows));

    public static IEnumerable<SeriesRow> Rows(int rows) => Enumerable.Range(0, rows).Select(i => new SeriesRow
    {
        Value = MathF.Sin(0.3f * i) + (0.01f * i),
        Other = MathF.Cos(0.7f * i),
        Name = $"row {i}",
        Code = (uint)(i % 7),
        Extra = [i, -i, 0.5f * i],
    });

    /// <summary>Windowing and model, fitted, and the schema they take.</summary>
    public static TransformerChain<ITransformer> Chain(MLContext ml, SequenceModel model) =>
        new(Windowing(ml, model.Manifest.Outputs[0].Length).Fit(Series(ml, 20)), new SequenceTransformer(model));

    /// <summary>A model with a graph of its own in place of a trained network.</summary>
    public static SequenceModel WithGraph(SequenceModelManifest manifest, Func<OnnxGraphBuilder, string, string> emit)
    {
        var graph = new OnnxGraphBuilder();
        string input = graph.Input(manifest.FeatureColumnName, "batch", manifest.Steps, manifest.Features);
        graph.Output(manifest.Outputs[0].Name, emit(graph, input), "batch", manifest.Outputs[0].Length);
        return SequenceModel.Create(graph.Build(), manifest);
    }

    /// <summary>A model whose graph was changed after training.</summary>
    public static SequenceModel Tampered(SequenceModel model, Action<GraphProto> change)
    {
        var proto = ModelProto.Parser.ParseFrom(model.OnnxBytes);
        change(proto.Graph);
        return SequenceModel.Create(proto, model.Manifest);
    }

    public static ImmutableArray<float> Scores(IDataView scored, string column = "Score") => [.. scored.GetColumn<float>(column)];

    /// <summary>The same network with other weights: what a later training gives.</summary>
    public static SequenceModel Retrained(SequenceModel model) => Tampered(model, graph =>
    {
        foreach (var weights in graph.Initializer.Where(i => i.DataType == 1 && i.Dims.Count > 1))
        {
            float[] values = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(weights.RawData.Span)];
            weights.RawData = Google.Protobuf.ByteString.CopyFrom(
                System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([.. values.Select(v => 0.5f * v)]));
        }
    });

    private static SequenceModel TrainRagged()
    {
        var random = new Random(1);
        RaggedRow[] rows = [.. Enumerable.Range(0, 60).Select(_ => RaggedRow.Random(random, 9))];
        var ml = new MLContext(1);
        using var transformer = ml.Regression.Trainers.Gru(options: Options with { Scaling = new() }).Fit(ml.Data.LoadFromEnumerable(rows));
        return transformer.Model;
    }

    private static SequenceModel Train(Func<MLContext, RecurrentEstimator> trainer, int horizon)
    {
        var ml = new MLContext(1);
        var windows = Windowing(ml, horizon).Fit(Series(ml, 120)).Transform(Series(ml, 120));
        using var transformer = trainer(ml).Fit(windows);
        return transformer.Model;
    }
}

/// <summary>A time step, with columns of several kinds that windowing and scoring pass through.</summary>
internal sealed class SeriesRow
{
    public float Value { get; set; }

    public float Other { get; set; }

    public string Name { get; set; } = "";

    [KeyType(7)]
    public uint Code { get; set; }

    [VectorType(3)]
    public float[] Extra { get; set; } = [];
}

/// <summary>A window as a row of its own, which says in other columns which it is.</summary>
internal sealed class WindowRow
{
    [VectorType(TinyModel.Steps, TinyModel.Features)]
    public float[] Window { get; set; } = [];

    public string Name { get; set; } = "";

    [KeyType(1000)]
    public uint Code { get; set; }

    [VectorType(2)]
    public double[] Extra { get; set; } = [];

    /// <summary>A random window; the other columns are computed from it, so that a mix-up of rows shows.</summary>
    public static WindowRow Random(Random random)
    {
        float[] window = [.. Enumerable.Range(0, TinyModel.Steps * TinyModel.Features).Select(_ => (float)random.NextDouble())];
        return new() { Window = window, Name = NameOf(window), Code = CodeOf(window), Extra = [window[1], window[2]] };
    }

    public static string NameOf(float[] window) => $"{window[0]:R}";

    /// <summary>Counted from 0, as key properties of classes are; in a view, keys are counted from 1.</summary>
    public static uint CodeOf(float[] window) => (uint)(window[3] * 999);
}

/// <summary>A sequence of a length of its own.</summary>
internal sealed class RaggedRow
{
    [VectorType(0, TinyModel.Features)]
    public float[] Features { get; set; } = [];

    public float Label { get; set; }

    /// <summary>From 1 to <paramref name="mostSteps"/> steps.</summary>
    public static RaggedRow Random(Random random, int mostSteps) => new()
    {
        Features = [.. Enumerable.Range(0, TinyModel.Features * random.Next(1, mostSteps + 1)).Select(_ => random.NextSingle() - 0.5f)],
        Label = random.NextSingle(),
    };
}

/// <summary>What a PredictionEngine gives.</summary>
internal sealed class ScoredWindow
{
    public float Score { get; set; }

    public string Name { get; set; } = "";
}
