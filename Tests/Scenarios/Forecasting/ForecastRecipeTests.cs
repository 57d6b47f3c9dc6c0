using CsCheck;
using Microsoft.ML;
using MlNetRnn.Scenarios.Forecasting;

namespace MlNetRnn.Tests.Scenarios.Forecasts;

/// <summary>What networks are made of given series.</summary>
[TestClass]
public sealed class ForecastRecipeTests
{
    private static readonly Gen<(Frequency Frequency, int Horizon, int[] Lengths)> Data =
        Gen.Select(Gen.Int[0, Frequency.All.Length - 1], Gen.Int[1, 120], Gen.Int[1, 5000].Array[1, 60]).Select((f, h, lengths) => (Frequency.All[f], h, lengths));

    [TestMethod]
    public void Any_series_give_a_recipe_that_can_be_used() => Data.Sample(d =>
    {
        var recipe = Recipe.For(d.Frequency, d.Horizon, d.Lengths, Recipe.MostEpochs);

        Assert.IsGreaterThanOrEqualTo(1, recipe.Window);
        Assert.IsInRange(1, Recipe.MostEpochs, recipe.Epochs);
        Assert.IsTrue(recipe.Padded || d.Lengths.Min() >= recipe.Window + (2 * d.Horizon), "every series has windows");
        Assert.IsTrue(d.Frequency.Season == 1 || recipe.Stride == 1 || Gcd(recipe.Stride, d.Frequency.Season) == 1, "windows begin at every step of a season");
        var ml = new MLContext();
        foreach (var network in Recipe.Networks) // refuses what is not usable
            _ = ml.Forecasting.ForecastByRecurrent(recipe.Forecast(network, d.Frequency.Season), recipe.Network(1, null, default));
    }, iter: 300, threads: 1);

    [TestMethod]
    public void A_week_of_hours_is_read_day_by_day_and_years_of_months_month_by_month()
    {
        var hourly = Recipe.For(Frequency.Named("hourly"), 48, [.. Enumerable.Repeat(900, 414)], Recipe.MostEpochs);
        Assert.AreEqual((168, 24, 256, false), (hourly.Window, hourly.StackedSteps, hourly.BatchSize, hourly.Padded));
        Assert.AreEqual(336, Recipe.For(Frequency.Named("hourly"), 96, [8640], Recipe.MostEpochs).Window);
        var quarters = Frequency.Of([.. Enumerable.Range(0, 9).Select(i => DateTime.UnixEpoch.AddMinutes(15 * i))])!;
        var ofQuarters = Recipe.For(quarters, 96, [34_560], Recipe.MostEpochs);
        Assert.AreEqual((672, 96), (ofQuarters.Window, ofQuarters.StackedSteps));
        var monthly = Recipe.For(Frequency.Monthly, 12, [144], Recipe.MostEpochs);
        Assert.AreEqual((36, 1), (monthly.Window, monthly.StackedSteps));
    }

    [TestMethod]
    public void Long_windows_are_read_in_no_more_than_some_dozens_of_steps() => Data.Sample(d =>
    {
        var recipe = Recipe.For(d.Frequency, d.Horizon, d.Lengths, Recipe.MostEpochs);
        Assert.IsLessThanOrEqualTo(100, (recipe.Window + recipe.StackedSteps - 1) / recipe.StackedSteps);
        Assert.IsTrue(recipe.StackedSteps == 1 || recipe.StackedSteps % d.Frequency.Season == 0, "whole seasons");
    }, iter: 300, threads: 1);

    [TestMethod]
    public void Far_horizons_train_on_fewer_windows_of_no_more_than_two_weeks()
    {
        var near = Recipe.For(Frequency.Named("hourly"), 96, [.. Enumerable.Repeat(8640, 7)], Recipe.MostEpochs);
        var far = Recipe.For(Frequency.Named("hourly"), 720, [.. Enumerable.Repeat(8640, 7)], Recipe.MostEpochs);
        Assert.AreEqual((336, 336, 1, 5), (near.Window, far.Window, near.Stride, far.Stride));
        Assert.AreEqual(365, Recipe.For(Frequency.Named("daily"), 180, [5000], Recipe.MostEpochs).Window);
    }

    [TestMethod]
    [DataRow(3600, "hourly", 24)]
    [DataRow(21600, "6-hourly", 4)]
    [DataRow(43200, "12-hourly", 2)]
    [DataRow(1800, "30-minute", 48)]
    [DataRow(600, "10-minute", 144)]
    [DataRow(60, "1-minute", 1440)]
    [DataRow(420, "7-minute", 1)] // no whole number a day
    [DataRow(10, "10-second", 1)]
    [DataRow(86400, "daily", 1)]
    public void Steps_within_a_day_have_the_day_for_a_season(int seconds, string name, int season)
    {
        var frequency = Frequency.Of([.. Enumerable.Range(0, 9).Select(i => DateTime.UnixEpoch.AddSeconds(seconds * i))])!;
        Assert.AreEqual((name, season), (frequency.Name, frequency.Season));
        Assert.IsInRange(2, 100, frequency.Horizon);
    }

    [TestMethod]
    public void Short_series_among_few_count_as_much_as_long_ones()
    {
        TimeSeries[] series = [new("long", new float[1000]), new("short", new float[100]), new("one", [1])];

        var counts = Recipe.Balanced(series).GroupBy(s => s.Values.Length).ToDictionary(g => g.Key, g => g.Count());

        Assert.AreEqual((1, 10, 30), (counts[1000], counts[100], counts[1]));
        Assert.HasCount(41, Recipe.Balanced(series).Select(s => s.Id).Distinct());
        Assert.HasCount(500, Recipe.Balanced([.. Enumerable.Range(0, 500).Select(i => new TimeSeries($"{i}", new float[i + 1]))]));
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
