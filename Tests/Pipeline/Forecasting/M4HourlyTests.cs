using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>The benchmarks as the M4 competition published them (Makridakis, Spiliotis and Assimakopoulos, 2020).</summary>
[TestClass]
public sealed class M4HourlyTests
{
    private static readonly double[] Levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    private readonly MLContext _ml = new(seed: 1);

    public TestContext TestContext { get; set; } = null!;

    private static BaselineOptions Options => new()
    {
        SeasonLength = M4Hourly.SeasonLength,
        ConfidenceLowerBoundColumn = "LowerBound",
        ConfidenceUpperBoundColumn = "UpperBound",
        Quantiles = [.. Levels],
    };

    private static ForecastEvaluationOptions Evaluation => new()
    {
        SeasonLength = M4Hourly.SeasonLength,
        GroupColumnName = "Series",
        LowerBoundColumnName = "LowerBound",
        UpperBoundColumnName = "UpperBound",
        QuantilesColumnName = "Quantiles",
        InSampleColumnName = "Window",
    };

    [TestMethod]
    public void The_official_hourly_rows_of_the_benchmarks_come_out()
    {
        var data = M4Hourly.ReadOrSkip();
        var windows = data.Windows(_ml);

        var naive2 = Evaluate("Naive2", _ml.Forecasting.ForecastByNaive2(options: Options), windows);
        var seasonal = Evaluate("Seasonal naive", _ml.Forecasting.ForecastBySeasonalNaive(options: Options), windows);
        var theta = Evaluate("Theta", _ml.Forecasting.ForecastByTheta(options: Options), windows);
        Evaluate("Naive", _ml.Forecasting.ForecastByNaive(options: Options), windows);
        Evaluate("Drift", _ml.Forecasting.ForecastByDrift(options: Options), windows);
        Evaluate("Moving average", _ml.Forecasting.ForecastByMovingAverage(options: Options), windows);

        AreOfficial(18.383, 2.395, 1, naive2);
        AreOfficial(13.912, 1.193, 0.627, seasonal);
        Assert.AreEqual(18.138, theta.SymmetricMeanAbsolutePercentageError!.Value, 0.02); // smoothing is fitted by another search
        Assert.AreEqual(2.455, theta.MeanAbsoluteScaledError!.Value, 0.005);
        Assert.HasCount(414, seasonal.PerSeries);
        Assert.HasCount(M4Hourly.Horizon, seasonal.PerStep);

        var points = Evaluation with { Quantiles = [0.5], QuantilesColumnName = "Forecast" };
        var scored = _ml.Forecasting.ForecastBySeasonalNaive(options: Options).Fit(windows).Transform(windows);
        var loss = _ml.Forecasting.Evaluate(scored, points).WeightedQuantileLoss!.Value; // every quantile is the forecast itself
        TestContext.WriteLine($"Seasonal naive without a distribution: WQL {loss:F4}");
        Assert.AreEqual(0.0483, loss, 5e-5);
    }

    [TestMethod]
    public void A_history_gives_what_windows_of_the_whole_history_give()
    {
        var data = M4Hourly.ReadOrSkip();
        var windows = data.Windows(_ml);
        var scored = _ml.Forecasting.ForecastBySeasonalNaive(options: Options).Fit(windows).Transform(windows);
        var byWindow = _ml.Forecasting.Evaluate(scored, Evaluation);

        var byHistory = _ml.Forecasting.Evaluate(scored,
            Evaluation with { InSampleColumnName = null, History = data.Long(_ml), HistoryValueColumnName = "Value" });

        var withSameLists = byWindow with
        {
            PerSeries = byHistory.PerSeries,
            PerStep = byHistory.PerStep,
            MeanAbsoluteErrorPerStep = byHistory.MeanAbsoluteErrorPerStep,
            RootMeanSquaredErrorPerStep = byHistory.RootMeanSquaredErrorPerStep,
        };
        Assert.AreEqual(withSameLists, byHistory); // lists compare by reference
        Assert.AreSequenceEqual(byWindow.PerStep, byHistory.PerStep);
        Assert.AreSequenceEqual(byWindow.PerSeries, byHistory.PerSeries);
    }

    private ForecastingMetrics Evaluate(string name, ForecastBaselineEstimator baseline, IDataView windows)
    {
        var metrics = _ml.Forecasting.Evaluate(baseline.Fit(windows).Transform(windows), Evaluation);
        TestContext.WriteLine($"{name}: sMAPE {metrics.SymmetricMeanAbsolutePercentageError:F3}, MASE {metrics.MeanAbsoluteScaledError:F3}, "
            + $"OWA {metrics.OverallWeightedAverage:F3}, WQL {metrics.WeightedQuantileLoss:F4}, MSIS {metrics.MeanScaledIntervalScore:F2}, "
            + $"coverage {metrics.Coverage:F3}, RMSSE {metrics.RootMeanSquaredScaledError:F3}, MAPE {metrics.MeanAbsolutePercentageError:F2}, "
            + $"unscaled {metrics.UnscaledSeries}");
        return metrics;
    }

    private static void AreOfficial(double smape, double mase, double owa, ForecastingMetrics metrics)
    {
        Assert.AreEqual(smape, metrics.SymmetricMeanAbsolutePercentageError!.Value, 5.5e-4);
        Assert.AreEqual(mase, metrics.MeanAbsoluteScaledError!.Value, 5.5e-4);
        Assert.AreEqual(owa, metrics.OverallWeightedAverage!.Value, 5.5e-4);
    }
}
