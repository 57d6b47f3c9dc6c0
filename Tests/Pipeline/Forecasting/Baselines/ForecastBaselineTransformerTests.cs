using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class ForecastBaselineTransformerTests
{
    private const float None = float.NaN;

    private readonly MLContext _ml = new(seed: 1);

    private static BaselineOptions All => new()
    {
        SeasonLength = 2,
        MovingAverageLength = 3,
        ConfidenceLowerBoundColumn = "LowerBound",
        ConfidenceUpperBoundColumn = "UpperBound",
        ConfidenceLevel = 0.8,
        Quantiles = [0.1, 0.5, 0.9],
        QuantilesColumnName = "Levels",
    };

    private Func<BaselineOptions?, ForecastBaselineEstimator>[] Methods() =>
    [
        options => _ml.Forecasting.ForecastByNaive(options: options), options => _ml.Forecasting.ForecastBySeasonalNaive(options: options),
        options => _ml.Forecasting.ForecastByDrift(options: options), options => _ml.Forecasting.ForecastByMovingAverage(options: options),
        options => _ml.Forecasting.ForecastByTheta(options: options), options => _ml.Forecasting.ForecastByNaive2(options: options),
    ];

    private IDataView Windows(int horizon = 3)
    {
        var rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(t => new Row
        {
            Series = t < 25 ? "A" : "B",
            Value = 20 + (t % 2 * 5) + (t % 7),
        }));
        return _ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = ["Value"],
            GroupColumn = "Series",
            WindowLength = 8,
            Horizon = horizon,
            Padding = WindowPadding.Start,
        }).Fit(rows).Transform(rows);
    }

    [TestMethod]
    public void Every_method_keeps_the_contract_of_components()
    {
        foreach (var method in Methods())
        {
            ComponentContract.Check(_ml, method(All), Windows());
            ComponentContract.Check(_ml, method(null), Windows(horizon: 1));
        }
    }

    [TestMethod]
    public void Windows_of_varying_length_and_without_a_dimension_of_one_are_forecast_alike()
    {
        float[][] windows = [[None, None, 4, 6], [None, 1, 2, 3], [None, None, None, None], [5, 1, 5, 2]];
        var fixedLength = _ml.Data.LoadFromEnumerable(windows.Select(window => new Fixed { Window = window }));
        var ragged = _ml.Data.LoadFromEnumerable(windows.Select(window => new Ragged { Window = [.. window.SkipWhile(float.IsNaN)] }));
        foreach (var method in Methods())
        {
            var rows = ViewText.Rows(method(All).Fit(fixedLength).Transform(fixedLength), "Forecast", "LowerBound", "UpperBound", "Levels");
            Assert.AreSequenceEqual(rows, ViewText.Rows(method(All).Fit(ragged).Transform(ragged), "Forecast", "LowerBound", "UpperBound",
                "Levels"));
            Assert.Contains("NaN", rows[2]);
            Assert.DoesNotContain("NaN", rows[0] + rows[1] + rows[3]);
            ComponentContract.Check(_ml, method(All), ragged);
        }
    }

    [TestMethod]
    public void Bounds_and_quantiles_are_those_of_normal_errors()
    {
        var data = _ml.Data.LoadFromEnumerable([new Fixed { Window = [1, 2, 4, 7] }]);
        var scored = _ml.Forecasting.ForecastByNaive(options: All).Fit(data).Transform(data);
        var row = _ml.Data.CreateEnumerable<Scored>(scored, reuseRowObject: false).Single();
        double[] deviation = [Math.Sqrt(14 / 3.0), Math.Sqrt(28 / 3.0)];
        const double tenth = 1.2815515655446004;
        for (var h = 0; h < 2; h++)
        {
            Assert.AreEqual(7, row.Forecast[h]);
            Assert.AreEqual(7 - (tenth * deviation[h]), row.LowerBound[h], 1e-5);
            Assert.AreEqual(7 + (tenth * deviation[h]), row.UpperBound[h], 1e-5);
            Assert.AreSequenceEqual([row.LowerBound[h], 7, row.UpperBound[h]], row.Levels[(3 * h)..((3 * h) + 3)]);
        }
        var levels = scored.Schema["Levels"];
        Assert.AreEqual("Vector<Single, 2, 3>", levels.Type.ToString());
        Assert.AreSequenceEqual([0.1f, 0.5f, 0.9f], WindowAnnotations.GetSingles(levels, WindowAnnotations.Quantiles)!);
        Assert.AreEqual("Vector<Single, 2>", scored.Schema["Forecast"].Type.ToString());
    }

    [TestMethod]
    public void It_serves_in_a_prediction_engine()
    {
        var data = _ml.Data.LoadFromEnumerable([new Fixed { Window = [1, 2, 4, 7] }]);
        var model = _ml.Forecasting.ForecastByDrift(options: All).Fit(data);
        using var engine = _ml.Model.CreatePredictionEngine<Fixed, Scored>(model);
        Assert.AreSequenceEqual([9, 11], engine.Predict(new() { Window = [1, 2, 4, 7] }).Forecast);
        Assert.AreSequenceEqual([2, 2], engine.Predict(new() { Window = [None, None, None, 2] }).Forecast);
    }

    [TestMethod]
    public void A_forecast_is_for_the_steps_after_the_anchor_row()
    {
        var rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(t => new Row { Series = "A", Value = t }));
        var windows = _ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 5, horizon: 3).Fit(rows).Transform(rows);
        var scored = _ml.Forecasting.ForecastByDrift().Fit(windows).Transform(windows);
        Assert.AreEqual(0, _ml.Forecasting.Evaluate(scored).MeanAbsoluteError, 1e-6); // the value of each row is its number
        var naive = _ml.Forecasting.ForecastByNaive().Fit(windows).Transform(windows);
        Assert.AreSequenceEqual([1, 2, 3], _ml.Forecasting.Evaluate(naive).MeanAbsoluteErrorPerStep);
    }

    [TestMethod]
    public void It_tells_what_it_was_made_with()
    {
        var transformer = _ml.Forecasting.ForecastByTheta("Said", "Window", "Label", All).Fit(Windows());
        var loaded = (ForecastBaselineTransformer)ComponentContract.Reload(_ml, transformer, Windows().Schema);
        Assert.AreEqual(("Said", "Window", 3, true), (loaded.OutputColumnName, loaded.InputColumnName, loaded.Horizon, loaded.IsRowToRowMapper));
        Assert.AreEqual(All with { Quantiles = [] }, loaded.Options with { Quantiles = [] });
        Assert.AreSequenceEqual([0.1, 0.5, 0.9], loaded.Options.Quantiles);
    }

    [TestMethod]
    public void All_wrong_options_are_named_at_once()
    {
        Fails.With<ArgumentException>(() => _ml.Forecasting.ForecastByTheta("", "Window", "Label", new BaselineOptions
        {
            SeasonLength = 0,
            MovingAverageLength = -1,
            ConfidenceLowerBoundColumn = "Window",
            ConfidenceLevel = double.NaN,
            Quantiles = [1.5],
            QuantilesColumnName = "",
        }), "ForecastByTheta, 8 problems", "outputColumnName is empty", "inputColumnName and ConfidenceLowerBoundColumn are both 'Window'",
            "QuantilesColumnName is empty", "SeasonLength is 0", "MovingAverageLength is -1", "ConfidenceUpperBoundColumn '': name both",
            "ConfidenceLevel is NaN", "Quantiles holds 1.5");
        Assert.Throws<ArgumentException>(() => _ml.Forecasting.ForecastByNaive(labelColumnName: ""));
        Assert.Throws<ArgumentNullException>(() => ((ForecastingCatalog)null!).ForecastByNaive());
    }

    [TestMethod]
    public void Columns_of_other_types_are_refused()
    {
        var windows = Windows();
        void Refused(ForecastBaselineEstimator estimator, params string[] parts)
        {
            Fails.With<ArgumentException>(() => estimator.Fit(windows), parts);
            Fails.With<ArgumentException>(() => estimator.GetOutputSchema(SchemaShape.Create(windows.Schema)), parts[..1]);
        }

        Refused(_ml.Forecasting.ForecastByNaive(inputColumnName: "Rows"), "Window column 'Rows' is not in the data", "Series, Value");
        Refused(_ml.Forecasting.ForecastByNaive(inputColumnName: "Value"), "Window column 'Value' is");
        Refused(_ml.Forecasting.ForecastByNaive(inputColumnName: "Series"), "Window column 'Series' is");
        Refused(_ml.Forecasting.ForecastByNaive(labelColumnName: "Next"), "Label column 'Next' is not in the data");
        Refused(_ml.Forecasting.ForecastByNaive(labelColumnName: "Series"), "Label column 'Series' is");

        var rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 9).Select(t => new Row { Value = t }));
        var two = _ml.Transforms.CopyColumns("Other", "Value").Append(_ml.Transforms.SlidingWindow("Window", ["Value", "Other"], 3))
            .Fit(rows).Transform(rows);
        Fails.With<ArgumentException>(() => _ml.Forecasting.ForecastByNaive().Fit(two), "Window column 'Window' is Vector<Single, 3, 2>");
        var targets = _ml.Data.LoadFromEnumerable([new Targets()]);
        Fails.With<ArgumentException>(() => _ml.Forecasting.ForecastByNaive().Fit(targets), "Label column 'Label' is Vector<Single, 2, 2>");
        var model = _ml.Forecasting.ForecastByNaive().Fit(windows);
        Fails.With<ArgumentException>(() => model.Transform(rows), "Window column 'Window' is not in the data, which has: Series, Value");
        Fails.With<ArgumentException>(() => model.GetOutputSchema(rows.Schema), "Window column 'Window' is not in the data");
        Fails.With<ArgumentException>(() => model.GetRowToRowMapper(rows.Schema), "Window column 'Window' is not in the data");
    }

    [TestMethod]
    public void A_payload_that_is_damaged_or_newer_is_reported()
    {
        var json = """{"Kind":"Naive","OutputColumnName":"Forecast","InputColumnName":"Window","Horizon":3,"Options":{"SeasonLength":7}}""";
        Assert.AreEqual(7, Read(1, json).Options.SeasonLength);
        Assert.AreEqual(0.95, Read(1, json.Replace("{\"S", "{\"Later\":[1],\"S", StringComparison.Ordinal)).Options.ConfidenceLevel);
        Fails.With<InvalidDataException>(() => Read(2, json), "has format 2", "reads formats up to 1");
        Fails.With<InvalidDataException>(() => Read(1, json[..40]), "cannot be read");
        Fails.With<InvalidDataException>(() => Read(1, json.Replace("Naive", "Oracle", StringComparison.Ordinal)), "cannot be read", "Kind");
        Fails.With<InvalidDataException>(() => Read(1, json.Replace("3", "0", StringComparison.Ordinal)), "horizon is 0");
        Fails.With<InvalidDataException>(() => Read(1, json, length: 500), "damaged", "of 500 bytes");
        Fails.With<InvalidDataException>(() => Read(1, json, length: int.MaxValue), "0 of 2147483647 bytes");
    }

    private static BaselineSettings Read(int format, string json, int? length = null)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(format);
        writer.Write(length ?? json.Length);
        writer.Write(Encoding.UTF8.GetBytes(json));
        stream.Position = 0;
        return ForecastBaselineTransformer.ReadPayload(new BinaryReader(stream));
    }

    private sealed class Row
    {
        public string Series { get; set; } = "";

        public float Value { get; set; }
    }

    private sealed class Fixed
    {
        [VectorType(4)]
        public float[] Window { get; set; } = [];

        [VectorType(2)]
        public float[] Label { get; set; } = [0, 0];
    }

    private sealed class Ragged
    {
        public float[] Window { get; set; } = [];

        [VectorType(2)]
        public float[] Label { get; set; } = [0, 0];
    }

    private sealed class Targets
    {
        [VectorType(3)]
        public float[] Window { get; set; } = [1, 2, 3];

        [VectorType(2, 2)]
        public float[] Label { get; set; } = [1, 2, 3, 4];
    }

    private sealed class Scored
    {
        public float[] Forecast { get; set; } = [];

        public float[] LowerBound { get; set; } = [];

        public float[] UpperBound { get; set; } = [];

        public float[] Levels { get; set; } = [];
    }
}
