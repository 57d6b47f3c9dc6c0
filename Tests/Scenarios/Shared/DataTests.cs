using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class DataTests
{
    [TestMethod]
    public void The_stock_indices_are_shipped()
    {
        var lines = File.ReadAllLines(Datasets.Find("eu-stock-markets.csv"));

        Assert.HasCount(1861, lines);
        Assert.AreEqual("day,year,DAX,SMI,CAC,FTSE", lines[0]);
        Assert.AreEqual("1,1991.4962,1628.75,1678.1,1772.8,2443.6", lines[1]);
    }

    [TestMethod]
    public void An_unknown_data_file_is_named_with_those_there_are()
    {
        var error = Assert.ThrowsExactly<FileNotFoundException>(() => Datasets.Find("gold.csv"));

        StringAssert.Contains(error.Message, "'gold.csv'");
        StringAssert.Contains(error.Message, "eu-stock-markets.csv");
    }

    [TestMethod]
    public void The_sine_is_decided_by_its_seed()
    {
        Assert.AreSequenceEqual(Synthetic.NoisySine(1), Synthetic.NoisySine(1));
        Assert.AreNotEqual(Synthetic.NoisySine(1)[0], Synthetic.NoisySine(2)[0]);
        Assert.HasCount(1000, Synthetic.NoisySine(-1));
    }

    [TestMethod]
    public void The_sine_keeps_its_values_from_version_to_version()
    {
        var series = Synthetic.NoisySine(1);

        Assert.AreSequenceEqual([-0.00343f, -0.24f, 0.02879f], series[..3].Select(v => MathF.Round(v, 5)));
    }

    [TestMethod]
    public void Without_noise_it_is_the_sine_over_0_to_100()
    {
        var series = Synthetic.NoisySine(1, noise: 0);

        Assert.AreEqual(0f, series[0]);
        Assert.AreEqual(Math.Sin(10), series[^1], 1e-6);
        Assert.AreEqual(Math.Sin(0.1 * 100 * 500 / 999.0), series[500], 1e-6);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void The_noise_is_normal_with_deviation_one_tenth(int seed)
    {
        var clean = Synthetic.NoisySine(seed, 10_000, noise: 0);
        var noise = Synthetic.NoisySine(seed, 10_000).Zip(clean, (a, b) => (double)a - b).ToArray();
        var deviation = Math.Sqrt(noise.Average(n => n * n));

        Assert.AreEqual(0, noise.Average(), 0.005);
        Assert.AreEqual(0.1, deviation, 0.003);
        Assert.AreEqual(3, noise.Average(n => Math.Pow(n / deviation, 4)), 0.25, "kurtosis");
        Assert.AreEqual(0, noise.Skip(1).Zip(noise, (a, b) => a * b).Average() / (deviation * deviation), 0.04, "correlation of neighbours");
    }

    [TestMethod]
    public void A_series_of_one_value_or_negative_noise_is_refused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Synthetic.NoisySine(1, count: 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Synthetic.NoisySine(1, noise: -1));
    }

    [TestMethod]
    public void Mape_is_in_percent_and_leaves_out_zeros_and_unknown_rows()
    {
        Assert.AreEqual(new MapeResult(37.5, 2, 0), ErrorMetrics.Mape([100, -50], [125, -25]));
        Assert.AreEqual(new MapeResult(25, 1, 1), ErrorMetrics.Mape([100, 0, double.NaN], [125, 1, double.NaN]));
    }

    [TestMethod]
    public void Mape_refuses_what_has_no_meaning()
    {
        Assert.ThrowsExactly<ArgumentException>(() => ErrorMetrics.Mape([1], [1, 2]));
        Assert.ThrowsExactly<ArgumentException>(() => ErrorMetrics.Mape([1], [double.NaN]));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => ErrorMetrics.Mape([0, 0], [1, 2])).Message, "2 are 0");
        Assert.ThrowsExactly<ArgumentException>(() => ErrorMetrics.Mape([], []));
    }
}
