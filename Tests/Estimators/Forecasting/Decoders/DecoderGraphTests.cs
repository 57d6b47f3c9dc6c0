using CsCheck;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace MlNetRnn.Tests.Forecasting;

/// <summary>A decoder in torch, its steps at once and one by one, and in a graph.</summary>
[TestClass]
public class DecoderGraphTests
{
    private const int Networks = 40;

    private static readonly Gen<Shape> Shapes = Gen.Select(
        Gen.Enum<ForecastDistribution>(), Gen.Enum<WindowNormalization>().Where(n => n != WindowNormalization.Series), Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool),
        Gen.Int[0, 5], Gen.Select(Gen.Int[5, 9], Gen.Int[1, 5], Gen.Int[1, 3], Gen.Int[1, 7]), Gen.Int[0, 3], Gen.Int[0, 1]).Select(
        (distribution, normalization, flags, season, sizes, cell, dense) => new Shape(
            distribution, normalization, flags.Item1, flags.Item2, flags.Item3, flags.Item4, normalization == WindowNormalization.None ? 0 : season,
            sizes.Item1, sizes.Item2, sizes.Item3, sizes.Item4, RecurrentCell.BuiltIn[cell], dense));

    [TestMethod]
    public void The_graph_forecasts_step_by_step_as_the_network_does()
    {
        Each((shape, made, windows) =>
        {
            float[] expected = TensorData.Read(made.Network.Forward(made.Load(windows), null, dropout: null));

            float[] actual = made.Run(windows);

            AreClose(expected, actual, shape);
        });
    }

    [TestMethod]
    public void Fed_with_its_own_forecasts_all_steps_at_once_are_what_they_are_one_by_one()
    {
        Each((shape, made, windows) =>
        {
            var input = made.Load(windows);
            var free = made.Network.Forward(input, null, dropout: null);
            var points = ForecastOutput.Point(free.view(windows.Length, -1, made.Shape.Parameters));

            var forced = made.Network.Forward(input, null, new DropoutMasks(0, 1), truth: points.contiguous());

            AreClose(TensorData.Read(free), TensorData.Read(forced), shape);
            var others = made.Network.Forward(input, null, new DropoutMasks(0, 1), truth: points + 1);
            if (shape is { Horizon: > 1, Dense: 0 } && shape.Cell != RecurrentCell.RnnRelu) // no unit that is dead by its weights
                Assert.IsGreaterThan(1e-6, (others - forced).abs().max().item<float>(), $"what is fed counts: {shape}");
            int first = shape.Targets * made.Shape.Parameters; // the first step reads the window's last values, whatever is true later
            AreClose(TensorData.Read(forced.narrow(1, 0, first)), TensorData.Read(others.narrow(1, 0, first)), shape);
        });
    }

    [TestMethod]
    public void The_first_step_reads_the_last_values_in_the_units_of_labels()
    {
        Each((shape, made, windows) =>
        {
            var input = made.Load(windows);
            var read = new ValueBefore(made.Shape).Forward(shape.Masked ? WindowMask.Apply(input) : input);

            float[] values = TensorData.Read(read);

            for (int b = 0; b < windows.Length; b++)
            {
                float[] expected = made.LastInLabelUnits(windows[b]);
                for (int j = 0; j < shape.Targets; j++)
                    Assert.AreEqual(expected[j], values[(b * shape.Targets) + j], 1e-3f * Math.Max(1, Math.Abs(expected[j])), $"target {j} of window {b}: {shape}");
            }
        });
    }

    [TestMethod]
    public void Weights_are_read_back_from_the_graph()
    {
        Each((shape, made, windows) =>
        {
            var weights = new OnnxWeights(made.Graph().Graph);
            using var other = made.CreateNetwork(new Random(99));

            other.ReadOnnx(weights);

            var input = made.Load(windows);
            AreClose(TensorData.Read(made.Network.Forward(input, null, null)), TensorData.Read(other.Forward(input, null, null)), shape);
        }, count: 12);
    }

    [TestMethod]
    public void The_graph_rolls_a_network_of_one_step_out_as_is_done_outside_of_it()
    {
        Each((shape, made, windows) =>
        {
            Assert.IsLessThan(1e-4, made.Parity(windows), shape.ToString());
        }, decoder: ForecastDecoder.Recursive);
    }

    private static void Each(Action<Shape, Made, float[][]> check, int count = Networks, ForecastDecoder decoder = ForecastDecoder.EncoderDecoder)
    {
        var seeds = new PCG(1, 7); // the same networks in every run
        for (int i = 0; i < count; i++)
        {
            var shape = Shapes.Generate(seeds, null, out _) with { Decoder = decoder };
            if (decoder == ForecastDecoder.Recursive)
                shape = shape with { Distribution = ForecastDistribution.Mean, OtherFeature = false };
            using var scope = torch.NewDisposeScope();
            using var guard = torch.no_grad();
            var random = new Random(i);
            using var made = new Made(shape, random);
            check(shape, made, [.. Enumerable.Range(0, shape.Batch).Select(_ => made.Window(random))]);
        }
    }

    private static void AreClose(float[] expected, float[] actual, Shape shape)
    {
        Assert.HasCount(expected.Length, actual);
        float size = Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-4f * size, $"value {i}: {shape}");
    }

    internal sealed record Shape(
        ForecastDistribution Distribution, WindowNormalization Normalization, bool Masked, bool OtherFeature, bool Highway, bool Bidirectional, int Season,
        int Steps, int Horizon, int Targets, int Batch, RecurrentCell Cell, int Dense,
        ForecastDecoder Decoder = ForecastDecoder.EncoderDecoder);

    /// <summary>A network of a shape, with random weights.</summary>
    private sealed class Made : IDisposable
    {
        private readonly Shape _shape;
        private readonly ForecastingTask _task;
        private readonly TrainingColumns _columns;
        private readonly Scaler _scaler;
        private readonly int _features;
        private readonly RecurrentOptions _options;

        public Made(Shape shape, Random random)
        {
            _shape = shape;
            _features = shape.Targets + (shape.OtherFeature ? 1 : 0);
            int values = shape.Horizon * shape.Targets;
            int[] targets = [.. Enumerable.Range(0, shape.Targets).Select(j => _features - 1 - j)];
            var forecast = new ForecastOptions
            {
                Distribution = shape.Distribution,
                Normalization = shape.Normalization,
                SeasonLength = shape.Season,
                LinearHighway = shape.Highway,
                Decoder = shape.Decoder,
            };
            _task = new ForecastingTask(forecast);
            var units = shape.Normalization == WindowNormalization.None ? null : new WindowUnits(shape.Normalization, _features, targets, shape.Season);
            _scaler = CreateScaler(units, random);
            _columns = new TrainingColumns("Window", shape.Steps, _features, "Label", values, shape.Targets, 1, null, VariableLength: false)
            {
                Forecast = new ForecastShape(shape.Steps, shape.Horizon, targets, _task.Output.Parameters, shape.Masked, shape.Highway)
                {
                    Decoder = shape.Decoder,
                    Normalization = shape.Normalization,
                    Season = shape.Season,
                }.In(_scaler),
                Units = units,
            };
            _options = new()
            {
                Cell = shape.Cell,
                Bidirectional = shape.Bidirectional,
                HiddenSizes = [4, 5],
                DenseSizes = [.. Enumerable.Repeat(3, shape.Dense)],
            };
            Network = CreateNetwork(random);
            foreach (var (_, value) in Network.Parameters) // the highway begins at zero
                TensorData.Write(value, [.. Enumerable.Range(0, (int)value.numel()).Select(_ => random.NextSingle() - 0.5f)]);
        }

        public ForecastShape Shape => _columns.Forecast!;

        public RecurrentNetwork Network { get; }

        public RecurrentNetwork CreateNetwork(Random random) =>
            new(_options, _features, _task.NetworkOutputs(_columns), random, forecast: _columns.Forecast);

        public float[] Window(Random random)
        {
            int steps = _shape.Masked ? random.Next(1, _shape.Steps + 1) : _shape.Steps;
            float level = (random.NextSingle() * 20) - 10;
            return [.. Enumerable.Range(0, steps * _features).Select(_ => level + random.NextSingle())];
        }

        // By another way: from two labels of the window.
        public float[] LastInLabelUnits(float[] window)
        {
            int steps = window.Length / _features, origin = steps - 1 - _shape.Season;
            float[] Label(int step)
            {
                float[] raw = [.. Shape.TargetFeatures.Select(f => window[(step * _features) + f])], scaled = new float[raw.Length];
                _scaler.Label(window, raw, scaled);
                return scaled;
            }
            if (_shape.Season == 0)
                return Label(steps - 1);
            return origin < 0 ? new float[_shape.Targets] : [.. Label(steps - 1).Zip(Label(origin), (last, before) => last - before)];
        }

        public torch.Tensor Load(float[][] windows)
        {
            float[] input = [.. Enumerable.Repeat(float.NaN, _shape.Steps * windows.Length * _features)];
            for (int b = 0; b < windows.Length; b++)
            {
                int first = _shape.Steps - (windows[b].Length / _features);
                _scaler.Sequence(windows[b], input.AsSpan(((first * windows.Length) + b) * _features), windows.Length * _features);
            }
            return torch.tensor(input, _shape.Steps, windows.Length, _features);
        }

        public Onnx.ModelProto Graph() => ModelEmitter.Emit(Network, _task, _scaler, Manifest(), withScaledOutput: true);

        public float[] Run(float[][] windows)
        {
            int size = _shape.Steps * _features;
            float[] input = [.. Enumerable.Repeat(float.NaN, windows.Length * size)];
            for (int b = 0; b < windows.Length; b++)
                windows[b].CopyTo(input.AsSpan(((b + 1) * size) - windows[b].Length));
            using var session = new InferenceSession(Graph().ToByteArray());
            using var tensor = OrtValue.CreateTensorValueFromMemory(input, [windows.Length, _shape.Steps, _features]);
            using var run = new RunOptions();
            using var outputs = session.Run(run, ["Window"], [tensor], [ModelEmitter.ScaledOutputName]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }

        // Of what a batch says, rolled out or not, and the graph.
        public double Parity(float[][] windows)
        {
            var (values, labels, ranges) = (new FloatList(int.MaxValue), new FloatList(int.MaxValue), new List<SequenceRange>());
            foreach (float[] window in windows)
            {
                ranges.Add(new(values.Count / _features, window.Length / _features));
                values.Add(window);
                labels.Add(new float[_columns.LabelSize]);
            }
            var sequences = new Sequences(_features, values, ranges, _columns.LabelSize, labels, []);
            return OnnxParity.MaxAbsDiff(
                Network, Graph(), sequences, _scaler, new LabelWeights(_columns.LabelSize, withExampleWeights: false, classes: null), torch.CPU, _shape.Steps);
        }

        public void Dispose() => Network.Dispose();

        private Scaler CreateScaler(WindowUnits? units, Random random)
        {
            var scaler = new Scaler(_features, _shape.Targets, null) { Window = units };
            for (int f = 0; f < _features; f++)
            {
                if (units?.IsTarget(f) != true)
                    (scaler.FeatureMeans[f], scaler.FeatureScales[f]) = (random.NextSingle(), 0.5f + random.NextSingle());
            }
            for (int j = 0; j < _shape.Targets && units is null; j++)
                (scaler.TargetMeans[j], scaler.TargetScales[j]) = (random.NextSingle(), 0.5f + random.NextSingle());
            return scaler;
        }

        private SequenceModelManifest Manifest() => new()
        {
            Task = _task.Name,
            FeatureColumnName = "Window",
            LabelColumnName = "Label",
            Steps = _columns.Steps,
            Features = _features,
            Outputs = [.. _task.Outputs(_columns)],
            Forecast = _task.Forecast(_columns, []),
            Scaling = new([.. _scaler.FeatureMeans], [.. _scaler.FeatureScales], [.. _scaler.TargetMeans], [.. _scaler.TargetScales], null),
            Network = new("gru", false, [5], 0, [], 0),
            Training = new([], 0, 0, 0, 0, 0, 0),
        };
    }
}
