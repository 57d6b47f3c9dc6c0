using CsCheck;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace MlNetRnn.Tests.Forecasting;

/// <summary>
/// The graph of a forecasting model gives what the network says, in the series' units: computed by another way, from the network in torch and
/// the units that labels are scaled in.
/// </summary>
[TestClass]
public class ForecastGraphTests
{
    private const int Models = 150;

    private static readonly Gen<Shape> Shapes = Gen.Select(
        Gen.Enum<ForecastDistribution>(), Gen.Enum<WindowNormalization>().Where(n => n != WindowNormalization.Series), Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool), Gen.Int[0, 5],
        Gen.Select(Gen.Int[5, 12], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 7]), Gen.OneOf(Gen.Const("rnn"), Gen.Const("gru"), Gen.Const("lstm")), Gen.Int[1, 3]).Select(
        (distribution, normalization, flags, season, sizes, cell, stacked) => new Shape(
            distribution, normalization, flags.Item1, flags.Item2, normalization == WindowNormalization.None ? 0 : season, sizes.Item1, sizes.Item2,
            sizes.Item3, sizes.Item4, cell, stacked, flags.Item3));

    [TestMethod]
    public void Outputs_are_the_networks_in_the_units_of_each_window()
    {
        var seeds = new PCG(1, 7); // the same models in every run
        for (int i = 0; i < Models; i++)
        {
            var shape = Shapes.Generate(seeds, null, out _);
            Compare(shape, i);
        }
    }

    private static void Compare(Shape shape, int seed)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        var random = new Random(seed);
        int features = shape.Targets + (shape.OtherFeature ? 1 : 0), values = shape.Horizon * shape.Targets;
        int[] targets = [.. Enumerable.Range(0, shape.Targets).Select(j => features - 1 - j)];
        bool isNumber = shape.Distribution is ForecastDistribution.Mean or ForecastDistribution.Median;
        var forecast = new ForecastOptions
        {
            Distribution = shape.Distribution,
            Normalization = shape.Normalization,
            SeasonLength = shape.Season,
            LinearHighway = true,
            ConfidenceLowerBoundColumn = "Lower",
            ConfidenceUpperBoundColumn = "Upper",
            QuantilesColumnName = isNumber ? null : "Quantiles",
            Quantiles = [0.1, 0.5, 0.7],
        };
        var task = new ForecastingTask(forecast);
        var columns = new TrainingColumns("Window", shape.Steps, features, "Label", values, shape.Targets, 1, null, VariableLength: false)
        {
            Forecast = new(shape.Steps, shape.Horizon, targets, task.Output.Parameters, shape.Masked, LinearHighway: true),
            Units = shape.Normalization == WindowNormalization.None ? null : new(shape.Normalization, features, targets, shape.Season),
        };
        var options = new RecurrentOptions { Cell = Networks.Cell(shape.Cell), HiddenSizes = [5], DenseSizes = [4], Input = new() { StackedSteps = shape.Stacked } };
        using var network = new RecurrentNetwork(options, features, task.NetworkOutputs(columns), random, forecast: columns.Forecast);
        foreach (var (_, value) in network.Parameters) // the highway begins at zero
            TensorData.Write(value, [.. Enumerable.Range(0, (int)value.numel()).Select(_ => random.NextSingle() - 0.5f)]);
        var scaler = Scaler(shape, columns, random);
        float[] calibration = [.. Enumerable.Range(0, values).Select(_ => random.NextSingle())];
        float[][] windows = [.. Enumerable.Range(0, shape.Batch).Select(_ => Window(random, shape, features))];

        float[][] actual = Run(ModelEmitter.Emit(network, task, scaler, Manifest(task, columns, scaler, calibration), withScaledOutput: false).ToByteArray(), windows, shape, features);
        var parameters = network.Forward(Load(scaler, windows, shape, features), null, dropout: null).view(shape.Batch, values, task.Output.Parameters);

        Check(shape, scaler, windows, values, actual[0], ForecastOutput.Point(parameters), "forecast");
        var levels = ForecastLevels.Of(forecast);
        using var moved = torch.tensor(calibration);
        var quantiles = isNumber ? parameters : task.Output.Quantiles(parameters);
        Check(shape, scaler, windows, values, actual[1], quantiles.select(2, isNumber ? 0 : levels.Lower) - moved, "lower bound");
        Check(shape, scaler, windows, values, actual[2], quantiles.select(2, isNumber ? 0 : levels.Upper) + moved, "upper bound");
        if (isNumber)
            return;
        for (int q = 0; q < 3; q++)
        {
            float[] one = [.. actual[3].Where((_, i) => i % 3 == q)];
            Check(shape, scaler, windows, values, one, quantiles.select(2, levels.Asked[q]), $"quantile {q}");
        }
    }

    // A value in the series' units, scaled as labels are, is what the network says.
    private static void Check(Shape shape, Scaler scaler, float[][] windows, int values, float[] actual, torch.Tensor expected, string what)
    {
        float[] said = TensorData.Read(expected), scaled = new float[values];
        for (int b = 0; b < windows.Length; b++)
        {
            scaler.Label(windows[b], actual.AsSpan(b * values, values), scaled);
            for (int k = 0; k < values; k++)
                Assert.AreEqual(said[(b * values) + k], scaled[k], 2e-3f * Math.Max(1, Math.Abs(said[(b * values) + k])), $"{what} {k} of window {b}: {shape}");
        }
    }

    private static Scaler Scaler(Shape shape, TrainingColumns columns, Random random)
    {
        var scaler = new Scaler(columns.Features, shape.Targets, null) { Window = columns.Units };
        bool isOther = shape.OtherFeature; // the first one
        (scaler.FeatureMeans[0], scaler.FeatureScales[0]) = isOther ? (2, 3) : (0, 1);
        for (int j = 0; j < shape.Targets && columns.Units is null; j++)
            (scaler.TargetMeans[j], scaler.TargetScales[j]) = (random.NextSingle(), 0.5f + random.NextSingle());
        return scaler;
    }

    // Of a level of its own; shorter than others where it is padded; now and then constant.
    private static float[] Window(Random random, Shape shape, int features)
    {
        int steps = shape.Masked ? random.Next(1, shape.Steps + 1) : shape.Steps;
        float level = (random.NextSingle() * 20) - 10, size = random.Next(5) == 0 ? 0 : 1 + random.NextSingle();
        return [.. Enumerable.Range(0, steps * features).Select(_ => level + (size * random.NextSingle()))];
    }

    private static torch.Tensor Load(Scaler scaler, float[][] windows, Shape shape, int features)
    {
        float[] input = [.. Enumerable.Repeat(float.NaN, shape.Steps * windows.Length * features)];
        for (int b = 0; b < windows.Length; b++)
        {
            int first = shape.Steps - (windows[b].Length / features);
            scaler.Sequence(windows[b], input.AsSpan(((first * windows.Length) + b) * features), windows.Length * features);
        }
        return torch.tensor(input, shape.Steps, windows.Length, features);
    }

    private static float[][] Run(byte[] graph, float[][] windows, Shape shape, int features)
    {
        int size = shape.Steps * features;
        float[] input = [.. Enumerable.Repeat(float.NaN, windows.Length * size)];
        for (int b = 0; b < windows.Length; b++)
            windows[b].CopyTo(input.AsSpan(((b + 1) * size) - windows[b].Length));
        using var session = new InferenceSession(graph);
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [windows.Length, shape.Steps, features]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["Window"], [tensor], session.OutputNames);
        return [.. outputs.Select(o => o.GetTensorDataAsSpan<float>().ToArray())];
    }

    private static SequenceModelManifest Manifest(ForecastingTask task, TrainingColumns columns, Scaler scaler, float[] calibration) => new()
    {
        Task = task.Name,
        FeatureColumnName = "Window",
        LabelColumnName = "Label",
        Steps = columns.Steps,
        Features = columns.Features,
        Outputs = [.. task.Outputs(columns)],
        Forecast = task.Forecast(columns, calibration),
        Scaling = new([.. scaler.FeatureMeans], [.. scaler.FeatureScales], [.. scaler.TargetMeans], [.. scaler.TargetScales], null),
        Network = new("gru", false, [5], 0, [], 0),
        Training = new([], 0, 0, 0, 0, 0, 0),
    };

    private sealed record Shape(
        ForecastDistribution Distribution, WindowNormalization Normalization, bool Masked, bool OtherFeature, int Season, int Steps, int Horizon,
        int Targets, int Batch, string Cell, int Stacked, bool Unused);
}
