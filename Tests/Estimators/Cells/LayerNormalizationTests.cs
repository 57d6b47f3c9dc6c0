using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Layer normalisation after each recurrent layer. That ONNX agrees with torch is in <see cref="NetworkParityTests"/>.</summary>
[TestClass]
public class LayerNormalizationTests
{
    private static readonly RecurrentOptions Options = Networks.Tiny with { HiddenSizes = [5, 4], DenseSizes = [], LayerNormalization = true };

    [TestMethod]
    public void Parameters_are_a_gain_of_1_and_a_bias_of_0_per_value()
    {
        using var network = new RecurrentNetwork(Options with { Bidirectional = true }, 2, 1, new Random(1));
        var norms = network.Parameters.Where(p => p.Name.StartsWith("norm.", StringComparison.Ordinal)).ToArray();
        Assert.AreSequenceEqual(["norm.0.weight", "norm.0.bias", "norm.1.weight", "norm.1.bias"], norms.Select(p => p.Name));
        Assert.AreSequenceEqual([10L, 10, 8, 8], norms.Select(p => p.Value.numel()));
        Assert.AreSequenceEqual(Enumerable.Repeat(1f, 8), TensorData.Read(norms[2].Value));
        Assert.AreSequenceEqual(Enumerable.Repeat(0f, 8), TensorData.Read(norms[3].Value));
    }

    // y = (x - mean) / √(variance + 1e-5), over the values of the final state
    [TestMethod]
    public void Final_state_is_normalised_before_the_head()
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        var options = Options with { HiddenSizes = [6] };
        using var plain = new RecurrentNetwork(options with { LayerNormalization = false }, 2, 6, new Random(1));
        using var normalised = new RecurrentNetwork(options, 2, 6, new Random(1));
        foreach (var network in new[] { plain, normalised })
            network.Parameters.Single(p => p.Name == "head.weight").Value.copy_(torch.eye(6)); // shows the final state
        var x = torch.tensor([.. Enumerable.Range(0, 5 * 3 * 2).Select(i => (float)Math.Sin(i))], 5, 3, 2);

        float[] state = TensorData.Read(plain.Forward(x, lengths: null, dropout: null)), actual = TensorData.Read(normalised.Forward(x, lengths: null, dropout: null));
        for (int b = 0; b < 3; b++)
        {
            float[] values = state[(b * 6)..((b + 1) * 6)];
            double mean = values.Average(v => (double)v), variance = values.Average(v => (v - mean) * (v - mean));
            for (int i = 0; i < 6; i++)
                Assert.AreEqual((values[i] - mean) / Math.Sqrt(variance + 1e-5), actual[b * 6 + i], 1e-5);
        }
    }

    [TestMethod]
    public void Output_of_every_step_is_normalised_before_the_next_layer()
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        using var network = new RecurrentNetwork(Options, 2, 1, new Random(1));
        network.Parameters.Single(p => p.Name == "norm.0.weight").Value.zero_(); // the next layer then sees the bias alone
        float[] Run(int seed) => TensorData.Read(network.Forward(torch.tensor([.. Enumerable.Range(0, 30).Select(i => (float)Math.Sin(i * seed))], 5, 3, 2), lengths: null, dropout: null));
        Assert.AreSequenceEqual(Run(1), Run(2));
    }

    [TestMethod]
    [DataRow("rnn")]
    [DataRow("lstm")]
    [DataRow("gru")]
    public void It_is_trained_exported_and_recorded(string cell)
    {
        var ml = new MLContext();
        var data = Examples.Random(40);
        using var model = ml.Regression.Trainers.Recurrent(Options with { Cell = Networks.Cell(cell), Dropout = 0.1 }).Fit(data.View(ml));
        var graph = Onnx.ModelProto.Parser.ParseFrom(model.Model.OnnxBytes).Graph;
        Assert.HasCount(2, graph.Node.Where(n => n.OpType == "LayerNormalization").ToArray());
        var gain = graph.Initializer.Single(i => i.Name == "norm.1.weight");
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(gain.RawData.Span).ToArray();
        Assert.IsGreaterThan(1e-4, values.Max(v => Math.Abs(v - 1)), "the gain should have been trained");
        Assert.IsLessThan(1e-5, model.Model.Manifest.Training.OnnxMaxAbsDiff);
        Assert.IsTrue(model.Model.Manifest.Network.LayerNormalization);
    }
}
