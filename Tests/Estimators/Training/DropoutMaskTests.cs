using TorchSharp;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class DropoutMaskTests
{
    [TestMethod]
    [DataRow(0.2)]
    [DataRow(0.5)]
    [DataRow(0.9)]
    public void The_share_asked_for_is_dropped_and_the_rest_scaled_so_that_the_mean_stays(double dropout)
    {
        var mask = new float[100_003]; // no whole number of vectors
        new DropoutMasks(dropout, seed: 1).Fill(mask);

        Assert.AreEqual(dropout, mask.Count(v => v == 0) / (double)mask.Length, 0.01);
        Assert.AreEqual(1, mask.Average(v => (double)v), 0.05);
        Assert.AreSequenceEqual([0f, (float)(1 / (1 - dropout))], mask.Distinct().Order());
    }

    [TestMethod]
    public void Masks_differ_from_call_to_call_and_repeat_with_the_seed()
    {
        float[][] Masks(int seed)
        {
            var masks = new DropoutMasks(0.5, seed);
            return [.. Enumerable.Range(0, 3).Select(_ =>
            {
                var mask = new float[37];
                masks.Fill(mask);
                return mask;
            })];
        }

        float[][] first = Masks(seed: 1);
        Assert.AreSequenceEqual(first.SelectMany(m => m), Masks(seed: 1).SelectMany(m => m));
        Assert.AreNotSequenceEqual(first[0], first[1]);
        Assert.AreNotSequenceEqual(first[0], Masks(seed: 2)[0]);
    }

    [TestMethod]
    public void A_network_drops_while_it_trains_and_never_when_it_scores()
    {
        using var scope = torch.NewDisposeScope();
        using var network = new RecurrentNetwork(Networks.Tiny with { HiddenSizes = [8, 8], Dropout = 0.5 }, 2, 1, new Random(1));
        var input = torch.ones(5, 3, 2); // [T, B, F]
        var masks = new DropoutMasks(network.Dropout, seed: 1);

        float[] Run(DropoutMasks? dropout) => TensorData.Read(network.Forward(input, lengths: null, dropout));

        Assert.AreSequenceEqual(Run(null), Run(null));
        Assert.AreNotSequenceEqual(Run(masks), Run(masks));
    }
}
