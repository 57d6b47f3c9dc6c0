using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Changes beside features, and several steps read as one.</summary>
[TestClass]
public class NetworkInputTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    public void Changes_stand_beside_their_features_and_steps_are_stacked()
    {
        using var scope = torch.NewDisposeScope();
        var input = new NetworkInput(new() { Deltas = true, StackedSteps = 2 }, features: 1, deltaGains: [10]);
        Assert.AreEqual((4, 2), (input.Size, input.Steps(3)));

        var (whole, none) = input.Forward(torch.tensor(new float[] { 1, 3, 2 }, 3, 1, 1), null);
        Assert.IsNull(none);
        Assert.AreSequenceEqual([1, 0, 3, 20, 2, -10, 0, 0], TensorData.Read(whole));

        // Of the second sequence two steps are real: no change leads into its padding.
        var (ragged, lengths) = input.Forward(torch.tensor(new float[] { 1, 5, 3, 6, 2, 0 }, 3, 2, 1), torch.tensor(new long[] { 3, 2 }));
        Assert.AreSequenceEqual([1, 0, 3, 20, 5, 0, 6, 10, 2, -10, 0, 0, 0, 0, 0, 0], TensorData.Read(ragged));
        Assert.AreSequenceEqual([2L, 1L], lengths!.data<long>().ToArray());
    }

    [TestMethod]
    public void Onnx_equals_torch_for_any_steps_and_lengths()
    {
        var random = new Random(1);
        for (int i = 0; i < 60; i++)
        {
            using var scope = torch.NewDisposeScope();
            using var guard = torch.no_grad();
            int steps = random.Next(1, 12), batch = random.Next(1, 5), features = random.Next(1, 4);
            var options = new RecurrentOptions
            {
                Cell = random.Next(2) == 0 ? RecurrentCell.Gru : RecurrentCell.Lstm,
                Bidirectional = random.Next(2) == 0,
                HiddenSizes = [random.Next(1, 9)],
                DenseSizes = [],
                Input = new() { Deltas = random.Next(2) == 0, StackedSteps = random.Next(1, 5) },
            };
            using var network = new RecurrentNetwork(options, features, 2, random, deltaGains: [.. Enumerable.Range(1, features).Select(f => f * 0.5f)]);
            long[]? lengths = random.Next(3) == 0 ? null : [.. Enumerable.Range(0, batch).Select(_ => (long)random.Next(1, steps + 1))];
            float[] input = [.. Enumerable.Range(0, steps * batch * features)
                .Select(at => lengths is not null && at / (batch * features) >= lengths[at / features % batch] ? 0 : random.NextSingle() * 2 - 1)];
            var expected = network.Forward(
                torch.tensor(input, steps, batch, features), lengths is null ? null : torch.tensor(lengths), dropout: null);

            var graph = new OnnxGraphBuilder();
            string? given = lengths is null ? null : graph.Node("Cast", [graph.Integers(lengths)], ("to", (int)OnnxElementType.Int32));
            graph.Output("y", network.EmitOnnx(graph, graph.Input("x", "steps", "batch", features), given), "batch", 2);

            Assert.IsLessThan(1e-5, Difference.Max(TensorData.Read(expected), OnnxRun.Run(graph, input, steps, batch, features)[0]),
                $"{options.Input}, {steps} steps, lengths {string.Join(", ", lengths ?? [])}");
        }
    }

    [TestMethod]
    [DataRow(false, 1)]
    [DataRow(true, 1)]
    [DataRow(true, 3)]
    [DataRow(false, 4)]
    public void Sequences_of_their_own_lengths_score_as_they_do_alone(bool deltas, int stacked)
    {
        var random = new Random(2);
        Row[] rows = [.. Enumerable.Range(0, 60).Select(i => new Row
        {
            Features = [.. Enumerable.Range(0, 2 * random.Next(1, 14)).Select(_ => random.NextSingle())],
            Label = random.NextSingle(),
        })];
        var options = Networks.Tiny with { Input = new() { Deltas = deltas, StackedSteps = stacked } };
        using var model = Ml.Regression.Trainers.Recurrent(options).Fit(View(rows));

        float[] together = [.. model.Transform(View(rows)).GetColumn<float>("Score")];
        float[] alone = [.. rows.Select(r => model.Transform(View([r])).GetColumn<float>("Score").Single())];
        using var predictor = new SequencePredictor(model.Model);
        float[] ragged = predictor.PredictRagged([.. rows.Select(r => (ReadOnlyMemory<float>)r.Features)]);

        Assert.IsLessThan(1e-6, Difference.Max(alone, together));
        Assert.IsLessThan(1e-6, Difference.Max(alone, ragged));
        Assert.IsGreaterThan(1e-5f, together.Max() - together.Min(), "the scores differ");
    }

    [TestMethod]
    public void Changes_are_as_large_as_the_features_whatever_their_units()
    {
        // A wave of 100 steps on a level of a thousand: its changes are 16 times smaller than it is.
        Row[] rows = [.. Enumerable.Range(0, 40).Select(i => new Row
        {
            Features = [.. Enumerable.Range(0, 100).SelectMany(t => new[] { 1000 + 50 * MathF.Sin((t + i) * MathF.Tau / 100), t % 2 })],
            Label = i,
        })];
        using var model = Ml.Regression.Trainers.Recurrent(Networks.Tiny with { Input = new() { Deltas = true } }).Fit(View(rows));

        var gains = model.Model.Manifest.Scaling.DeltaGains!.Value;
        Assert.AreEqual(1 / (2 * Math.Sin(Math.PI / 100)), gains[0], 0.2);
        Assert.AreEqual(0.5, gains[1], 0.02, "0 and 1 in turns change by twice their spread");
    }

    [TestMethod]
    public void It_is_kept_in_the_model_and_training_goes_on_from_there()
    {
        var data = View([.. Enumerable.Range(0, 40).Select(i => new Row { Features = [i, 1, i + 1, 2], Label = i })]);
        var options = Networks.Tiny with { Input = new() { Deltas = true, StackedSteps = 2 } };
        using var first = Ml.Regression.Trainers.Recurrent(options).Fit(data);
        Assert.AreEqual(options.Input, RecurrentOptions.ForModel(first.Model).Input);
        Assert.Contains("2 steps as one", first.Summary());

        using var second = Ml.Regression.Trainers.Recurrent(options.Train(t => t with { LearningRate = 1e-12 })).Fit(data, null, first.Model);
        Assert.IsLessThan(1e-5, Difference.Max(
            [.. first.Transform(data).GetColumn<float>("Score")], [.. second.Transform(data).GetColumn<float>("Score")]));
        Fails.With<ArgumentException>(() => Ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(data, null, first.Model), "Input.Deltas", "Input.StackedSteps");
    }

    [TestMethod]
    public void Stacking_no_step_is_refused() => Fails.With<ArgumentException>(
        () => Ml.Regression.Trainers.Recurrent(Networks.Tiny with { Input = new() { StackedSteps = 0 } }), "StackedSteps is 0");

    private static IDataView View(Row[] rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 0, 2);
        return Ml.Data.LoadFromEnumerable(rows, schema);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
