using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Dropout of recurrent weights, and of inputs.</summary>
[TestClass]
public class WeightDropoutTests
{
    private const double Rate = 0.4;
    private static readonly Examples Data = Examples.Random(60);

    // An Elman network written out with the mask in its formula: h ← tanh(W x + b + (M ∘ U) h + c)
    [TestMethod]
    public void Outputs_and_gradients_are_those_of_a_network_masked_by_hand()
    {
        using var scope = torch.NewDisposeScope();
        using var network = new RecurrentNetwork(
            new() { Cell = RecurrentCell.Rnn, HiddenSizes = [6], DenseSizes = [], Dropout = 0 }, features: 3, outputs: 2, new Random(1));
        using var dropout = new WeightDropout(Rate, seed: 5, network.RecurrentWeights, torch.CPU);
        var parameters = network.Parameters.ToDictionary(p => p.Name, p => p.Value);
        var copies = parameters.ToDictionary(p => p.Key, p => p.Value.detach().clone().requires_grad_());
        var x = torch.tensor([.. Enumerable.Range(0, 5 * 4 * 3).Select(i => (float)Math.Sin(i))], 5, 4, 3); // [T, B, F]
        var mask = torch.empty(6, 6);
        new DropoutMasks(Rate, seed: 5, stream: 2).Fill(TensorData.Span(mask));

        dropout.Drop();
        var actual = network.Forward(x, lengths: null, dropout: null);
        actual.square().sum().backward();
        dropout.Restore();

        var h = torch.zeros(4, 6);
        for (int t = 0; t < 5; t++)
        {
            h = torch.tanh(
                x[t].matmul(copies["rnn.0.weight_ih_l0"].t()) + copies["rnn.0.bias_ih_l0"]
                    + h.matmul((mask * copies["rnn.0.weight_hh_l0"]).t()) + copies["rnn.0.bias_hh_l0"]);
        }
        var expected = h.matmul(copies["head.weight"].t()) + copies["head.bias"];
        expected.square().sum().backward();

        Assert.IsLessThan(1e-6, Difference.Max(expected, actual));
        foreach (var (name, parameter) in parameters)
        {
            Assert.IsLessThan(1e-5, Difference.Max(copies[name].grad!, parameter.grad!), name);
            Assert.AreSequenceEqual(TensorData.Read(copies[name]), TensorData.Read(parameter), $"{name} should be whole again");
        }
        float[] gradient = TensorData.Read(parameters["rnn.0.weight_hh_l0"].grad!);
        Assert.AreSequenceEqual(TensorData.Read(mask).Select(m => m == 0), gradient.Select(g => g == 0), "no gradient where the weight was dropped");
    }

    [TestMethod]
    [DataRow("rnn")]
    [DataRow("lstm")]
    [DataRow("gru")]
    public void Recurrent_weights_of_every_layer_and_direction_are_masked_and_no_others(string cell)
    {
        using var scope = torch.NewDisposeScope();
        using var network = new RecurrentNetwork(
            new() { Cell = Networks.Cell(cell), Bidirectional = true, HiddenSizes = [5, 4] }, 2, 1, new Random(1));
        float[][] before = [.. network.Parameters.Select(p => TensorData.Read(p.Value))];
        using var dropout = new WeightDropout(0.5, seed: 1, network.RecurrentWeights, torch.CPU);
        dropout.Drop();
        var changed = network.Parameters.Where((p, i) => !before[i].SequenceEqual(TensorData.Read(p.Value))).Select(p => p.Name);
        Assert.AreSequenceEqual(
            ["rnn.0.weight_hh_l0", "rnn.0.weight_hh_l0_reverse", "rnn.1.weight_hh_l0", "rnn.1.weight_hh_l0_reverse"], changed.Order());
    }

    [TestMethod]
    public void Masks_differ_from_batch_to_batch()
    {
        using var scope = torch.NewDisposeScope();
        using var network = new RecurrentNetwork(Networks.Tiny, 2, 1, new Random(1));
        using var dropout = new WeightDropout(0.5, seed: 1, network.RecurrentWeights, torch.CPU);
        float[] Masked()
        {
            dropout.Drop();
            float[] masked = TensorData.Read(network.RecurrentWeights.Single());
            dropout.Restore();
            return masked;
        }

        Assert.AreNotSequenceEqual(Masked(), Masked());
    }

    // 7 epochs, kept at the best: validation, snapshot, ONNX and the model that scores must all have seen whole weights.
    [TestMethod]
    [DataRow("rnn")]
    [DataRow("lstm")]
    [DataRow("gru")]
    public void Validation_and_the_model_have_whole_weights(string cell)
    {
        using var model = Fit(Options(cell) with { RecurrentDropout = 0.5 });
        var manifest = model.Model.Manifest;
        Assert.IsLessThan(1e-5, manifest.Training.OnnxMaxAbsDiff);
        double scale = manifest.Scaling.TargetScales[0];
        double loss = Data.Slice(48..).MeanSquaredError(model) / (scale * scale);
        Assert.AreEqual(model.History.Min(h => h.ValidationLoss!.Value), loss, 1e-4 * loss);
        Assert.AreEqual(0.5, manifest.Network.RecurrentDropout);
    }

    [TestMethod]
    public void Seed_decides_what_is_dropped()
    {
        var options = new[] { Options("lstm") with { RecurrentDropout = 0.3 }, Options("lstm") with { InputDropout = 0.3 } };
        using var plain = Fit(Options("lstm"));
        foreach (var option in options)
        {
            using SequenceTransformer once = Fit(option), again = Fit(option);
            Assert.AreSequenceEqual(Data.Score(once), Data.Score(again));
            Assert.IsGreaterThan(1e-4, Difference.Max(Data.Score(plain), Data.Score(once)), "something should be dropped");
        }
    }

    [TestMethod]
    public void Inputs_are_dropped_in_training_alone()
    {
        // a rate that changes nothing: the training loss is that of the initial weights, with inputs dropped; validation sees them all
        var options = Options("lstm").Train(t => t with { Epochs = 1, LearningRate = 1e-30 });
        using var plain = Fit(options);
        using var dropped = Fit(options with { InputDropout = 0.5 });
        Assert.AreEqual(plain.History[0].ValidationLoss, dropped.History[0].ValidationLoss);
        Assert.AreNotEqual(plain.History[0].TrainingLoss, dropped.History[0].TrainingLoss);
        Assert.AreEqual(0.5, dropped.Model.Manifest.Network.InputDropout);
    }

    [TestMethod]
    public void What_drops_by_one_seed_drops_independently()
    {
        float[] Mask(int stream)
        {
            var mask = new float[1000];
            new DropoutMasks(0.5, seed: 1, stream).Fill(mask);
            return mask;
        }

        int same = Mask(0).Zip(Mask(1)).Count(m => m.First == m.Second);
        Assert.IsTrue(same is > 430 and < 570, $"{same} of 1000 equal");
    }

    private static RecurrentOptions Options(string cell) => (Networks.Tiny with { Cell = Networks.Cell(cell), HiddenSizes = [6, 5] })
        .Train(t => t with { Epochs = 7, LearningRate = 0.02, ValidationFraction = 0.2, EarlyStopping = new() { Patience = 10 } });

    private static SequenceTransformer Fit(RecurrentOptions options)
    {
        var ml = new MLContext();
        return ml.Regression.Trainers.Recurrent(options).Fit(Data.View(ml));
    }
}
