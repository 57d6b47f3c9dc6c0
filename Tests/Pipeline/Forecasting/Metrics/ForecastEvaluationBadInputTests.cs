using Microsoft.ML;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class ForecastEvaluationBadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static ForecastEvaluationOptions All => ForecastEvaluationTests.All;

    private void Refused<T>(ForecastEvaluationOptions options, Action<ForecastEvaluationTests.Row[]>? spoil, params string[] parts)
        where T : Exception
    {
        var rows = ForecastEvaluationTests.Rows();
        spoil?.Invoke(rows);
        Fails.With<T>(() => _ml.Forecasting.Evaluate(_ml.Data.LoadFromEnumerable(rows), options), parts);
    }

    [TestMethod]
    public void All_wrong_options_are_named_at_once()
    {
        var history = _ml.Data.LoadFromEnumerable<ForecastEvaluationTests.Past>([new("A", 1)]);
        Refused<ArgumentException>(new()
        {
            LabelColumnName = "",
            ForecastColumnName = null!,
            LowerBoundColumnName = "Lower",
            ConfidenceLevel = 1,
            Quantiles = [0, 0.5, 0.5],
            GroupColumnName = "",
            SeasonLength = 0,
            InSampleColumnName = "Window",
            History = history,
        }, null,
            "LabelColumnName is empty", "ForecastColumnName is empty", "UpperBoundColumnName '': give both", "ConfidenceLevel is 1",
            "Quantiles holds 0, expected", "Quantiles holds 0.5 2 times", "no QuantilesColumnName", "GroupColumnName is empty",
            "SeasonLength is 0", "History is given, too", "no HistoryValueColumnName");
        Refused<ArgumentException>(new() { HistoryValueColumnName = "Value" }, null, "there is no History");
    }

    [TestMethod]
    public void All_wrong_columns_are_named_at_once()
    {
        Refused<ArgumentException>(All with { ForecastColumnName = "Said", LowerBoundColumnName = "Series", GroupColumnName = "Shop" }, null,
            "Forecast column 'Said' is not in the data, which has: Series", "Lower bound column 'Series' is String", "Group column 'Shop'");
        Refused<ArgumentException>(All with { GroupColumnName = "Window" }, null, "Group column 'Window' of the data is Vector<Single, 4, 1>");
        Refused<ArgumentException>(All with { Quantiles = [] }, null, "'Quantiles' does not tell its levels");
        Refused<ArgumentException>(All with { Quantiles = [0.5] }, null, "quantiles column 'Quantiles' is Vector<Single, 2, 2>", "1 values per label");
        Refused<ArgumentException>(All with { UpperBoundColumnName = "Window" }, null, "upper bound column 'Window' is Vector<Single, 4, 1>");
        Refused<ArgumentException>(All with { SeasonLength = 4 }, null, "no longer than SeasonLength, 4");
        Refused<ArgumentException>(All with { InSampleColumnName = "Quantiles" }, null, "expected a window of one value per step");
        Refused<ArgumentException>(All with { LabelColumnName = "Quantiles", ForecastColumnName = "Quantiles" }, null, "of 2 targets");
    }

    [TestMethod]
    public void Rows_that_cannot_be_evaluated_are_named()
    {
        Refused<InvalidOperationException>(All, rows => rows[1].Lower[1] = float.NaN, "Row 2, step 2: the lower bound is NaN");
        Refused<InvalidOperationException>(All, rows => rows[0].Upper[0] = float.PositiveInfinity, "Row 1, step 1: the upper bound is");
        Refused<InvalidOperationException>(All, rows => rows[0].Quantiles[3] = float.NaN, "Row 1, step 2: the quantile is NaN");
        Refused<InvalidOperationException>(All, rows => rows[1].Window[2] = float.NegativeInfinity, "Row 2: a value of 'Window' is");
        Refused<InvalidOperationException>(All with { LowerBoundColumnName = "Upper", UpperBoundColumnName = "Lower" }, null,
            "Row 1, step 1: the lower bound 6 is above the upper bound 4", "interchanged");
        Refused<InvalidOperationException>(All, rows => rows[0].Label = rows[1].Label = [float.NaN, float.NaN], "No row has a label");
    }

    [TestMethod]
    public void A_history_that_does_not_fit_is_refused()
    {
        var history = _ml.Data.LoadFromEnumerable<ForecastEvaluationTests.Past>([new("A", 1), new("A", 2), new("D", 4)]);
        var options = All with { InSampleColumnName = null, History = history, HistoryValueColumnName = "Value" };
        Refused<InvalidOperationException>(options, null, "Series 'B' has no row in History, which has 2 series: 'D', 'A'");
        Refused<ArgumentException>(options with { HistoryValueColumnName = "Values" }, null, "History value column 'Values' is not in the data");
        Refused<ArgumentException>(options with { HistoryValueColumnName = "Series" }, null, "History value column 'Series' is String");
        var vectors = _ml.Data.LoadFromEnumerable(ForecastEvaluationTests.Rows());
        Refused<ArgumentException>(options with { History = vectors, HistoryValueColumnName = "Window" }, null, "expected a Single");
        var infinite = _ml.Data.LoadFromEnumerable<ForecastEvaluationTests.Past>([new("A", 1), new("A", float.PositiveInfinity)]);
        Refused<InvalidOperationException>(options with { History = infinite }, null, "Row 2 of History: 'Value' is");
        var noGroup = _ml.Transforms.DropColumns("Series").Fit(history).Transform(history);
        Refused<ArgumentException>(options with { History = noGroup }, null, "Group column 'Series' is not in History, which has: Value");
    }

    [TestMethod]
    public void Arguments_that_are_missing_are_named()
    {
        var data = _ml.Data.LoadFromEnumerable(ForecastEvaluationTests.Rows());
        Assert.Throws<ArgumentNullException>(() => _ml.Forecasting.Evaluate(data, (ForecastEvaluationOptions)null!));
        Assert.Throws<ArgumentNullException>(() => _ml.Forecasting.Evaluate(null!, All));
        Assert.Throws<ArgumentNullException>(() => ((ForecastingCatalog)null!).Evaluate(data, All));
    }

    [TestMethod]
    public void Rows_of_varying_sizes_must_agree()
    {
        var data = _ml.Data.LoadFromEnumerable(
            [new Ragged { Label = [1, 2], Forecast = [1, 2], Bound = [1, 2] }, new Ragged { Label = [1, 2], Forecast = [1, 2], Bound = [1] }]);
        var options = new ForecastEvaluationOptions { LowerBoundColumnName = "Bound", UpperBoundColumnName = "Bound" };
        Fails.With<InvalidOperationException>(() => _ml.Forecasting.Evaluate(data, options), "Row 2 has 1 lower bounds, expected 2");
    }

    private sealed class Ragged
    {
        public float[] Label { get; set; } = [];
        public float[] Forecast { get; set; } = [];
        public float[] Bound { get; set; } = [];
    }
}
