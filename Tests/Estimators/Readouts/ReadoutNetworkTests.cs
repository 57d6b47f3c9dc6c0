using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Networks with each readout: where it stands, padding, warm start, summary.</summary>
[TestClass]
public class ReadoutNetworkTests
{
    private static readonly MLContext Ml = new(1);
    private static readonly Examples Data = Examples.Random(40);

    public static IEnumerable<object[]> Readouts => Enum.GetValues<SequenceReadout>().Select(r => new object[] { r });

    [TestMethod, DynamicData(nameof(Readouts))]
    public void It_reads_what_normalisation_and_dropout_made_of_the_last_layers_outputs(SequenceReadout readout)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        var options = Networks.Tiny with { HiddenSizes = [3], DenseSizes = [], Bidirectional = true, LayerNormalization = true, Readout = readout };
        using var network = new RecurrentNetwork(options, 2, 6, new Random(1));
        network.Parameters.Single(p => p.Name == "head.weight").Value.copy_(torch.eye(6)); // shows the readout
        var random = new Random(7);
        foreach (var (_, value) in network.Parameters.Where(p => p.Name.StartsWith("norm", StringComparison.Ordinal)))
            TensorData.Write(value, [.. Enumerable.Range(0, 6).Select(_ => random.NextSingle() - 2)]);
        var x = torch.tensor([.. Enumerable.Range(0, 24).Select(i => (float)Math.Sin(i))], 4, 3, 2);
        long[] lengths = [4, 2, 3];

        float[] actual = TensorData.Read(network.Forward(x, torch.tensor(lengths), new DropoutMasks(0.5, seed: 5)));

        // The layer's own outputs, and what is done with them, written out.
        using var layer = RecurrentCell.Lstm.CreateLayer(2, 3, bidirectional: true);
        foreach (var (name, parameter) in layer.Module.named_parameters())
            parameter.copy_(network.Parameters.Single(p => p.Name == $"rnn.0.{name}").Value);
        var (output, final) = layer.Forward(x, torch.tensor(lengths));
        var read = readout == SequenceReadout.Last ? torch.cat([final[0], final[1]], dim: 1) : output;
        var norm = network.Parameters.Where(p => p.Name.StartsWith("norm", StringComparison.Ordinal)).Select(p => p.Value).ToArray();
        read = torch.nn.functional.layer_norm(read, [6], norm[0], norm[1], eps: 1e-5);
        read = new DropoutMasks(0.5, seed: 5).Apply(read);
        var values = network.Parameters.Where(p => p.Name.StartsWith("attention", StringComparison.Ordinal)).Select(p => p.Value).ToArray();
        var expected = readout == SequenceReadout.Last ? read : torch.stack([.. lengths.Select((length, b) => OfOne(read[..(int)length, b]))]);

        Assert.IsLessThan(1e-5, Difference.Max(TensorData.Read(expected), actual));

        torch.Tensor OfOne(torch.Tensor steps) => readout switch
        {
            SequenceReadout.Mean => steps.mean([0]),
            SequenceReadout.Max => steps.amax([0]),
            _ => torch.matmul((torch.matmul(torch.tanh(torch.matmul(steps, values[0].t()) + values[1]), values[2][0])).softmax(0), steps),
        };
    }

    [TestMethod, DynamicData(nameof(Readouts))]
    public void A_sequence_gives_the_same_alone_in_a_batch_with_longer_ones_and_in_padded_windows(SequenceReadout readout)
    {
        using var model = Ml.Regression.Trainers.Recurrent(Ragged(readout)).Fit(View(RaggedRows(60, 1)));
        var rows = RaggedRows(80, 2);
        float[] together = [.. model.Transform(View(rows)).GetColumn<float>("Score")];
        using var predictor = new SequencePredictor(model.Model);
        for (int i = 0; i < rows.Length; i++)
        {
            float alone = predictor.Predict(rows[i].Features)[0];
            Assert.AreEqual(alone, together[i], 1e-5f);
            float padded = predictor.Predict([.. Enumerable.Repeat(float.NaN, 2 * (1 + i % 4)), .. rows[i].Features])[0];
            Assert.AreEqual(alone, padded, 1e-5f, "leading steps of NaN are no steps");
        }
        Assert.IsLessThan(1e-5, model.Model.Manifest.Training.OnnxMaxAbsDiff);
    }

    [TestMethod, DynamicData(nameof(Readouts))]
    public void A_window_that_is_padded_gives_what_its_real_steps_give_alone(SequenceReadout readout)
    {
        var series = TinyModel.Series(Ml, 60);
        var windows = Ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = ["Value", "Other"],
            OutputColumn = "Features",
            WindowLength = 6,
            Padding = WindowPadding.Start,
        }).Fit(series).Transform(series);
        using var model = Ml.Regression.Trainers.Recurrent(Ragged(readout)).Fit(windows);
        float[] scores = [.. model.Transform(windows).GetColumn<float>("Score")];
        float[][] padded = [.. windows.GetColumn<float[]>("Features")];
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(model.Model.OnnxBytes);

        for (int i = 0; i < 10; i++)
        {
            float[] real = padded[i][(2 * Math.Max(0, 5 - i))..];
            Assert.IsFalse(real.Any(float.IsNaN));
            Assert.AreEqual(StreamedModels.WholeSequence(session, model.Model, real).Single(), scores[i], 1e-5f, $"window {i}");
        }
    }

    // Torch's form of the same: a batch against each of its sequences alone, values and gradients.
    [TestMethod, DynamicData(nameof(Readouts))]
    public void A_ragged_batch_gives_the_values_and_gradients_of_its_sequences_alone(SequenceReadout readout)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var cell in new RecurrentCell[] { RecurrentCell.Lstm, new MinGruCell() })
        {
            var options = Ragged(readout) with { Cell = cell, LayerNormalization = true, HiddenSizes = [5, 4] };
            using var whole = new RecurrentNetwork(options, 2, 1, new Random(1));
            using var single = new RecurrentNetwork(options, 2, 1, new Random(1));
            long[] lengths = [6, 1, 3, 6, 2];
            float[][] sequences = [.. lengths.Select((length, b) => StreamedModels.Values((int)length * 2, seed: b))];
            float[] input = new float[6 * 5 * 2];
            Array.Fill(input, 9); // what a layer must not see
            for (int b = 0; b < 5; b++)
            {
                for (int i = 0; i < sequences[b].Length; i++)
                    input[(((i / 2 * 5) + b) * 2) + (i % 2)] = sequences[b][i];
            }

            var together = whole.Forward(torch.tensor(input, 6, 5, 2), torch.tensor(lengths), dropout: null);
            together.square().sum().backward();
            for (int b = 0; b < 5; b++)
            {
                var alone = single.Forward(torch.tensor(sequences[b], lengths[b], 1, 2), lengths: null, dropout: null);
                alone.square().sum().backward();
                Assert.AreEqual(alone.item<float>(), together[b].item<float>(), 1e-5f);
            }
            foreach (var (expected, actual) in single.Parameters.Zip(whole.Parameters))
                Assert.IsLessThan(1e-4, Difference.Max(TensorData.Read(expected.Value.grad!), TensorData.Read(actual.Value.grad!)), $"{cell}: {actual.Name}");
        }
    }

    [TestMethod, DynamicData(nameof(Readouts))]
    public void A_network_starts_where_the_model_stands(SequenceReadout readout)
    {
        var options = Networks.Tiny with { Readout = readout, AttentionSize = 5, Bidirectional = true };
        using var first = Ml.Regression.Trainers.Recurrent(options.Train(t => t with { LearningRate = 0.1 })).Fit(Data.View(Ml));
        var standing = RecurrentOptions.ForModel(first.Model) with { Training = new() { Epochs = 1, LearningRate = 1e-12, Seed = 9 } };

        using var second = Ml.Regression.Trainers.Recurrent(standing).Fit(Data.View(Ml), initialModel: first.Model);

        Assert.AreEqual(readout, standing.Readout);
        Assert.IsLessThan(1e-6, Difference.Max(Data.Score(first), Data.Score(second)));
        Assert.AreEqual(readout, second.Model.Manifest.Network.Readout);
    }

    [TestMethod]
    public void Another_readout_or_size_of_attention_is_named()
    {
        var options = Networks.Tiny with { Readout = SequenceReadout.Attention };
        using var first = Ml.Regression.Trainers.Recurrent(options).Fit(Data.View(Ml));
        void Fit(RecurrentOptions other) => Ml.Regression.Trainers.Recurrent(other).Fit(Data.View(Ml), initialModel: first.Model);

        Fails.With<ArgumentException>(() => Fit(options with { Readout = SequenceReadout.Mean }), "Readout is Attention in the initial model, Mean here");
        Fails.With<ArgumentException>(() => Fit(options with { AttentionSize = 7 }), "AttentionSize is 4 in the initial model, 7 here");
        Fit(options with { AttentionSize = 4 });
    }

    [TestMethod]
    public void It_is_listed_with_what_it_reads_and_gives()
    {
        string[] Lines(SequenceReadout readout) => Ml.Regression.Trainers
            .Recurrent(Networks.Tiny with { Readout = readout, HiddenSizes = [6, 3], Bidirectional = true, AttentionSize = 5, DenseSizes = [], Dropout = 0.5 })
            .Summary(Data.View(Ml).Schema).Split(Environment.NewLine)[7..^3];

        Assert.AreSequenceEqual(
            [
                "rnn.1 (Bidirectional(LSTM))         [batch, 4, 6]           408", // 2 · 4 (12 · 3 + 3 · 3 + 2 · 3)
                "dropout.1 (Dropout 0.5)             [batch, 4, 6]             0",
                "attention (Additive attention, 5)   [batch, 6]               40", // 5 · 6 + 5 + 5
                "head (Dense)                        [batch, 1]                7",
            ], Lines(SequenceReadout.Attention));
        Assert.AreSequenceEqual(["rnn.1", "dropout.1", "mean", "head"], Lines(SequenceReadout.Mean).Select(line => line.Split(' ')[0]));
        Assert.AreSequenceEqual(["rnn.1", "dropout.1", "max", "head"], Lines(SequenceReadout.Max).Select(line => line.Split(' ')[0]));
        Assert.AreSequenceEqual(["rnn.1", "dropout.1", "head"], Lines(SequenceReadout.Last).Select(line => line.Split(' ')[0]));
    }

    [TestMethod, DynamicData(nameof(Readouts))]
    public void What_the_readout_finds_can_be_learnt(SequenceReadout readout)
    {
        // The label is the largest value of its sequence, which may stand anywhere.
        var random = new Random(3);
        var rows = Enumerable.Range(0, 300).Select(_ =>
        {
            float[] values = [.. Enumerable.Range(0, 2 * random.Next(3, 12)).Select(_ => random.NextSingle())];
            return new RaggedRow { Features = values, Label = values.Where((_, i) => i % 2 == 0).Max() };
        }).ToArray();
        var options = new RecurrentOptions
        {
            Cell = RecurrentCell.Gru,
            HiddenSizes = [12],
            DenseSizes = [],
            Dropout = 0,
            Readout = readout,
            Training = new() { Epochs = 40, LearningRate = 0.01, Seed = 1, EarlyStopping = null },
        };
        using var model = Ml.Regression.Trainers.Recurrent(options).Fit(View(rows));

        double error = Ml.Regression.Evaluate(model.Transform(View(rows))).RootMeanSquaredError;

        Assert.IsLessThan(0.08, error, "always the mean has 0.13");
    }

    [TestMethod, DynamicData(nameof(Readouts))]
    public void Training_that_was_broken_off_comes_to_the_same_model(SequenceReadout readout)
    {
        var options = Networks.Tiny with { Readout = readout, Dropout = 0.2 };
        options = options.Train(t => t with { Epochs = 4 });
        using var fit = new BrokenFit { Training = () => View(RaggedRows(40, 4)) };
        using var unbroken = fit.FitUnbroken(options);
        fit.BreakOff(options, epoch: 3, batch: 2);

        using var resumed = fit.Fit(options);

        BrokenFit.AssertSame(unbroken, resumed);
    }

    private static RecurrentOptions Ragged(SequenceReadout readout) =>
        Networks.Tiny with { Readout = readout, HiddenSizes = [4, 3], Bidirectional = true };

    private static IDataView View(RaggedRow[] rows) => Ml.Data.LoadFromEnumerable(rows);

    private static RaggedRow[] RaggedRows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => RaggedRow.Random(random, 9))];
    }
}
