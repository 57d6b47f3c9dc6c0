using CsCheck;

namespace MlNetRnn.Tests.Language;

/// <summary>What can be drawn, and how likely it is.</summary>
[TestClass]
public sealed class TokenSamplerTests
{
    private static readonly Gen<float[]> Probabilities = Gen.Float[0.001f, 1f].Array[1, 12].Select(weights => weights.Select(w => w / weights.Sum()).ToArray());

    [TestMethod]
    public void Top_k_keeps_the_k_likeliest_with_their_shares() =>
        Gen.Select(Probabilities, Gen.Int[1, 15]).Sample((p, k) =>
        {
            double[] kept = Sampler(p, new() { TopK = k }).Distribution(p);
            float least = p.OrderDescending().ElementAt(Math.Min(k, p.Length) - 1);
            double mass = p.OrderDescending().Take(k).Sum(v => (double)v);
            return kept.Count(v => v > 0) == Math.Min(k, p.Length) && Enumerable.Range(0, p.Length).All(i => kept[i] == 0
                ? p[i] <= least
                : p[i] >= least && Math.Abs(kept[i] - (p[i] / mass)) < 1e-5);
        }, iter: 500, seed: "0000Kd2qLUM3");

    [TestMethod]
    public void Top_p_keeps_the_fewest_likeliest_that_hold_the_mass() =>
        Gen.Select(Probabilities, Gen.Double[0.01, 1]).Sample((p, mass) =>
        {
            double[] kept = Sampler(p, new() { TopP = mass }).Distribution(p);
            double[] held = [.. Enumerable.Range(0, p.Length).Where(i => kept[i] > 0).Select(i => (double)p[i])];
            double least = held.Min();
            return held.Sum() >= mass - 1e-5 && held.Sum() - least <= mass + 1e-5 && Math.Abs(kept.Sum() - 1) < 1e-9
                && Enumerable.Range(0, p.Length).All(i => kept[i] > 0 || p[i] <= least);
        }, iter: 500, seed: "0000Kd2qLUM3");

    [TestMethod]
    public void Temperature_sharpens_and_flattens() =>
        Gen.Select(Probabilities, Gen.Double[0.05, 5]).Sample((p, temperature) =>
        {
            double[] given = Sampler(p, new() { Temperature = temperature }).Distribution(p);
            double[] powers = [.. p.Select(v => Math.Pow(v, 1 / temperature))];
            return Enumerable.Range(0, p.Length).All(i => Math.Abs(given[i] - (powers[i] / powers.Sum())) < 1e-4);
        }, iter: 500, seed: "0000Kd2qLUM3");

    [TestMethod]
    public void Draws_are_as_frequent_as_the_distribution_says()
    {
        float[] p = [0.5f, 0.2f, 0.15f, 0.1f, 0.05f];
        foreach (var options in new SamplingOptions[] { new(), new() { TopK = 3 }, new() { TopP = 0.8 }, new() { Temperature = 0.5 }, new() { Temperature = 0 } })
        {
            var sampler = Sampler(p, options with { Seed = 1 });
            double[] expected = sampler.Distribution(p);
            int[] counts = new int[p.Length];
            for (int i = 0; i < 20_000; i++)
                counts[sampler.Draw(p)]++;
            for (int i = 0; i < p.Length; i++)
                Assert.AreEqual(expected[i], counts[i] / 20_000.0, 0.015, $"{options}, token {i}");
        }
    }

    private static TokenSampler Sampler(float[] probabilities, SamplingOptions options) => new(options, probabilities.Length);
}
