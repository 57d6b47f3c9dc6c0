using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class ForecastEvaluationTests
{
    private const float None = float.NaN;

    private readonly MLContext _ml = new(seed: 1);

    internal static ForecastEvaluationOptions All { get; } = new()
    {
        LowerBoundColumnName = "Lower",
        UpperBoundColumnName = "Upper",
        ConfidenceLevel = 0.9,
        QuantilesColumnName = "Quantiles",
        Quantiles = [0.25, 0.75],
        GroupColumnName = "Series",
        InSampleColumnName = "Window",
    };

    // A: scale (1 + 2) / 2, squared (1 + 4) / 2; errors 1, -2. B is constant; error -2. C has no label.
    internal static Row[] Rows() =>
    [
        new()
        {
            Series = "A", Window = [None, 1, 2, 4], Label = [5, 8], Forecast = [6, 6], Lower = [4, 4], Upper = [6, 7], Quantiles = [4, 6, 6, 9],
        },
        new()
        {
            Series = "B", Window = [None, 10, 10, 10], Label = [10, None], Forecast = [8, 0], Lower = [7, 7], Upper = [9, 9],
            Quantiles = [8, 12, 0, 0],
        },
        new()
        {
            Series = "C", Window = [None, 1, 2, 3], Label = [None, None], Forecast = [None, None], Lower = [None, None], Upper = [None, None],
            Quantiles = [None, None, None, None],
        },
    ];

    private ForecastingMetrics Evaluate(ForecastEvaluationOptions options, params Row[] rows)
        => _ml.Forecasting.Evaluate(_ml.Data.LoadFromEnumerable(rows), options);

    [TestMethod]
    public void Every_measure_is_as_computed_by_hand()
    {
        var metrics = Evaluate(All, Rows());

        var (smapeA, naive2SmapeA) = (((200 / 11.0) + (400 / 14.0)) / 2, ((200 / 9.0) + (800 / 12.0)) / 2);
        Assert.AreEqual(5 / 3.0, metrics.MeanAbsoluteError, 1e-12);
        Assert.AreEqual(Math.Sqrt(9 / 3.0), metrics.RootMeanSquaredError, 1e-12);
        Near(((20 + 25) / 2.0 + 20) / 2, metrics.MeanAbsolutePercentageError);
        Near((smapeA + (400 / 18.0)) / 2, metrics.SymmetricMeanAbsolutePercentageError);
        Near(1, metrics.MeanAbsoluteScaledError);
        Near(1, metrics.RootMeanSquaredScaledError);
        Near(((smapeA / naive2SmapeA) + (1 / (2.5 / 1.5))) / 2, metrics.OverallWeightedAverage);
        Near(2 * (0.5 + 0.75 + 1) / 2 / 23, metrics.WeightedQuantileLoss);
        Near((2 + 3 + (20 * 1)) / 2.0 / 1.5, metrics.MeanScaledIntervalScore);
        Near(1 / 3.0, metrics.Coverage);
        Assert.AreEqual((2, 1, 1, 0), (metrics.LabelledRows, metrics.UnscaledRows, metrics.UnscaledSeries, metrics.ZeroLabels));
    }

    [TestMethod]
    public void Steps_and_series_are_measured_by_themselves()
    {
        var metrics = Evaluate(All, Rows());

        Assert.AreSequenceEqual(["A", "B"], metrics.PerSeries.Keys); // C has no label
        var (a, b) = (metrics.PerSeries["A"], metrics.PerSeries["B"]);
        Assert.AreEqual((2, 1), (a.LabelledValues, b.LabelledValues));
        Near(1.5, a.MeanAbsoluteError);
        Near(Math.Sqrt(2.5), a.RootMeanSquaredError);
        Near(metrics.OverallWeightedAverage!.Value, a.OverallWeightedAverage);
        Near(0.5, a.Coverage);
        Near(2, b.MeanAbsoluteError);
        Near(20, b.MeanAbsolutePercentageError);
        Near(0, b.Coverage);
        Near(2 * 1 / 2.0 / 10, b.WeightedQuantileLoss);
        Assert.IsNull(b.MeanAbsoluteScaledError);
        Assert.IsNull(b.OverallWeightedAverage);
        Assert.IsNull(b.MeanScaledIntervalScore);

        Assert.HasCount(2, metrics.PerStep);
        Near(1.5, metrics.PerStep[0].MeanAbsoluteError);
        Near(1 / 1.5, metrics.PerStep[0].MeanAbsoluteScaledError); // of A alone
        Near(2 / 1.5, metrics.PerStep[1].MeanAbsoluteScaledError);
        Near(2 / 1.5, metrics.PerStep[0].MeanScaledIntervalScore);
        Near(0.5, metrics.PerStep[0].Coverage);
        Near(0, metrics.PerStep[1].Coverage);
        Assert.AreEqual((2, 1), (metrics.PerStep[0].LabelledValues, metrics.PerStep[1].LabelledValues));
    }

    [TestMethod]
    public void Scaled_errors_are_means_over_the_series_and_not_over_the_rows()
    {
        Row[] rows =
        [
            new() { Series = "A", Window = [0, 1, 2, 3], Label = [4, 4], Forecast = [5, 5] },
            new() { Series = "A", Window = [0, 1, 2, 3], Label = [4, 4], Forecast = [5, 5] },
            new() { Series = "A", Window = [0, 1, 2, 3], Label = [4, 4], Forecast = [5, 5] },
            new() { Series = "B", Window = [0, 1, 2, 3], Label = [4, 4], Forecast = [9, 9] },
        ];
        var options = new ForecastEvaluationOptions { InSampleColumnName = "Window", GroupColumnName = "Series" };
        var metrics = Evaluate(options, rows);
        Near(3, metrics.MeanAbsoluteScaledError);
        Near(3, metrics.RootMeanSquaredScaledError);
        Near((25 + 125) / 2, metrics.MeanAbsolutePercentageError);
        Assert.AreEqual(2, metrics.MeanAbsoluteError, 1e-12);
        Near(2, metrics.PerStep[0].MeanAbsoluteScaledError); // of a step over all values
        Near(2, Evaluate(options with { GroupColumnName = null }, rows).MeanAbsoluteScaledError); // one series
    }

    [TestMethod]
    public void What_was_not_given_is_null()
    {
        var metrics = Evaluate(new(), Rows());
        Assert.IsNull(metrics.MeanAbsoluteScaledError);
        Assert.IsNull(metrics.RootMeanSquaredScaledError);
        Assert.IsNull(metrics.OverallWeightedAverage);
        Assert.IsNull(metrics.WeightedQuantileLoss);
        Assert.IsNull(metrics.MeanScaledIntervalScore);
        Assert.IsNull(metrics.Coverage);
        Assert.IsEmpty(metrics.PerSeries);
        Assert.AreEqual((0L, 0), (metrics.UnscaledRows, metrics.UnscaledSeries));
        var bounded = Evaluate(All with { InSampleColumnName = null }, Rows());
        Assert.IsNotNull(bounded.Coverage);
        Assert.IsNull(bounded.MeanScaledIntervalScore);
    }

    [TestMethod]
    public void Zeros_and_constant_series_give_null_and_a_count_and_never_infinity()
    {
        var options = new ForecastEvaluationOptions { InSampleColumnName = "Window", GroupColumnName = "Series" };
        var metrics = Evaluate(options, new Row { Series = "A", Window = [7, 7, 7, 7], Label = [0, 0], Forecast = [0, 3] });
        Assert.IsNull(metrics.MeanAbsolutePercentageError);
        Assert.IsNull(metrics.MeanAbsoluteScaledError);
        Assert.IsNull(metrics.RootMeanSquaredScaledError);
        Assert.IsNull(metrics.OverallWeightedAverage);
        Near(100, metrics.SymmetricMeanAbsolutePercentageError); // 0 and 200
        Assert.AreEqual((2L, 1L, 1), (metrics.ZeroLabels, metrics.UnscaledRows, metrics.UnscaledSeries));

        var quantiles = Evaluate(All, new Row { Label = [0, 0], Forecast = [1, 1], Lower = [0, 0], Upper = [2, 2], Quantiles = [0, 1, 0, 1] });
        Assert.IsNull(quantiles.WeightedQuantileLoss);
    }

    [TestMethod]
    public void A_history_scales_the_series_of_the_same_name()
    {
        var history = _ml.Data.LoadFromEnumerable<Past>( // interleaved, and a series that is not evaluated
            [new("A", None), new("B", 10), new("A", 1), new("B", 10), new("D", 0), new("A", 2), new("A", 4), new("D", 5), new("B", 10)]);
        var metrics = Evaluate(All with { InSampleColumnName = null, History = history, HistoryValueColumnName = "Value" }, Rows());
        var expected = Evaluate(All, Rows());
        Assert.AreEqual(expected.MeanAbsoluteScaledError, metrics.MeanAbsoluteScaledError);
        Assert.AreEqual(expected.OverallWeightedAverage, metrics.OverallWeightedAverage);
        Assert.AreEqual(expected.MeanScaledIntervalScore, metrics.MeanScaledIntervalScore);
        Assert.AreSequenceEqual(expected.PerSeries, metrics.PerSeries);
        Assert.AreEqual(1, metrics.UnscaledSeries);
    }

    [TestMethod]
    public void A_history_of_keys_matches_text()
    {
        var history = _ml.Data.LoadFromEnumerable<Past>([new("B", 10), new("B", 10), new("A", 1), new("A", 2), new("A", 4)]);
        var keys = _ml.Transforms.Conversion.MapValueToKey("Series").Fit(history).Transform(history);
        var metrics = Evaluate(All with { InSampleColumnName = null, History = keys, HistoryValueColumnName = "Value" }, Rows());
        Assert.AreSequenceEqual(Evaluate(All, Rows()).PerSeries, metrics.PerSeries);
    }

    [TestMethod]
    public void A_history_has_one_origin_so_that_several_rows_of_a_series_have_no_Naive2()
    {
        var history = _ml.Data.LoadFromEnumerable<Past>([new("A", 1), new("A", 2), new("A", 4), new("B", 3), new("B", 4)]);
        var rows = Rows();
        var options = All with { InSampleColumnName = null, History = history, HistoryValueColumnName = "Value" };
        var metrics = Evaluate(options, rows[0], rows[0], rows[1]);
        Near((1 + 2) / 2.0, metrics.MeanAbsoluteScaledError); // A 1, B 2 over 1
        Assert.IsNull(metrics.OverallWeightedAverage);
        Assert.IsNull(metrics.PerStep[0].OverallWeightedAverage);
        Assert.IsNull(metrics.PerSeries["A"].OverallWeightedAverage);
        Assert.IsNotNull(metrics.PerSeries["B"].OverallWeightedAverage);
    }

    [TestMethod]
    public void One_series_needs_no_group()
    {
        var history = _ml.Data.LoadFromEnumerable<Past>([new("?", 1), new("?", 2), new("?", 4)]);
        var options = new ForecastEvaluationOptions { History = history, HistoryValueColumnName = "Value" };
        Near(1, Evaluate(options, Rows()[0]).MeanAbsoluteScaledError);
    }

    [TestMethod]
    public void The_levels_on_the_column_are_read()
    {
        var windows = _ml.Data.LoadFromEnumerable(Rows()[..1]);
        var scored = _ml.Forecasting.ForecastByNaive("Naive", options: new() { Quantiles = [0.1, 0.35], QuantilesColumnName = "Levels" })
            .Fit(windows).Transform(windows);
        var options = new ForecastEvaluationOptions { ForecastColumnName = "Naive", QuantilesColumnName = "Levels" };
        Assert.AreEqual(_ml.Forecasting.Evaluate(scored, options with { Quantiles = [0.1, 0.35] }).WeightedQuantileLoss,
            _ml.Forecasting.Evaluate(scored, options).WeightedQuantileLoss);
    }

    [TestMethod]
    public void Several_targets_keep_their_errors_and_intervals()
    {
        var data = _ml.Data.LoadFromEnumerable([new TwoTargets { Label = [1, 10, 2, None], Forecast = [2, 12, 5, 0], Upper = [2, 9, 5, 0] }]);
        var metrics = _ml.Forecasting.Evaluate(data, new ForecastEvaluationOptions { LowerBoundColumnName = "Label2", UpperBoundColumnName = "Upper" });
        Assert.AreEqual(2, metrics.MeanAbsoluteError, 1e-12);
        Assert.AreSequenceEqual([1.5, 3], metrics.MeanAbsoluteErrorPerStep);
        Assert.HasCount(2, metrics.PerStep);
        Near(2 / 3.0, metrics.Coverage);
    }

    [TestMethod]
    public void A_row_with_a_shorter_history_than_a_season_is_left_out_and_counted()
    {
        var rows = Rows();
        rows[1].Window = [None, None, 3, 9];
        var metrics = Evaluate(All with { SeasonLength = 2 }, rows);
        Near(1.5 / 3, metrics.PerSeries["A"].MeanAbsoluteScaledError); // |4 - 1|
        Assert.IsNull(metrics.PerSeries["B"].MeanAbsoluteScaledError);
        Assert.AreEqual((1L, 1), (metrics.UnscaledRows, metrics.UnscaledSeries));
    }

    private static void Near(double expected, double? actual) => Assert.AreEqual(expected, actual!.Value, 1e-12);

    internal sealed class Row
    {
        public string Series { get; set; } = "";

        [VectorType(4, 1)]
        public float[] Window { get; set; } = new float[4];

        [VectorType(2)]
        public float[] Label { get; set; } = new float[2];

        [VectorType(2)]
        public float[] Forecast { get; set; } = new float[2];

        [VectorType(2)]
        public float[] Lower { get; set; } = new float[2];

        [VectorType(2)]
        public float[] Upper { get; set; } = new float[2];

        [VectorType(2, 2)]
        public float[] Quantiles { get; set; } = new float[4];
    }

    internal sealed class Past(string series, float value)
    {
        public string Series { get; set; } = series;

        public float Value { get; set; } = value;
    }

    private sealed class TwoTargets
    {
        [VectorType(2, 2)]
        public float[] Label { get; set; } = [];

        [VectorType(2, 2)]
        public float[] Label2 { get; set; } = [0, 0, 0, 0];

        [VectorType(2, 2)]
        public float[] Forecast { get; set; } = [];

        [VectorType(2, 2)]
        public float[] Upper { get; set; } = [];
    }
}
