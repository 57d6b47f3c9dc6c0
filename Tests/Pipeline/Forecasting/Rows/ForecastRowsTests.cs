using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Forecasts beyond the data: never off by one, whatever the series, the windows and the order of rows.</summary>
[TestClass]
public class ForecastRowsTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static IEnumerable<CountedRow> Rows(string series, int count, float first) => CountedSeries.Rows(series, count, first);

    [TestMethod]
    public void A_series_whose_value_is_its_index_goes_on_counting()
    {
        var history = CountedSeries.View(_ml, Rows("A", 10, 0), Rows("B", 6, 100));
        var forecast = CountedSeries.Pipeline(_ml).Fit(history).Forecast(history);

        Assert.AreEqual("Series, Time, Step, Forecast, LowerBound, UpperBound", string.Join(", ", forecast.Schema.Select(c => c.Name)));
        Assert.AreSequenceEqual(
        [
            "A | 01/11/2024 00:00:00 | 1 | 10 | 0 | 20",
            "A | 01/12/2024 00:00:00 | 2 | 11 | 1 | 21",
            "A | 01/13/2024 00:00:00 | 3 | 12 | 2 | 22",
            "B | 01/07/2024 00:00:00 | 1 | 106 | 96 | 116",
            "B | 01/08/2024 00:00:00 | 2 | 107 | 97 | 117",
            "B | 01/09/2024 00:00:00 | 3 | 108 | 98 | 118",
        ], ViewText.Rows(forecast));
        Assert.AreEqual(6, forecast.GetRowCount());
        Assert.AreSequenceEqual(ViewText.Rows(forecast), ViewText.Rows(forecast), "a second enumeration differs");
    }

    [TestMethod]
    public void One_series_without_group_and_time_has_steps_and_forecasts_alone()
    {
        var history = CountedSeries.View(_ml, Rows("A", 5, 7));
        var model = CountedSeries.Pipeline(_ml, CountedSeries.Options with { GroupColumn = null, TimeColumn = null }).Fit(history);

        Assert.AreSequenceEqual(["1 | 12 | 2 | 22", "2 | 13 | 3 | 23", "3 | 14 | 4 | 24"], ViewText.Rows(model.Forecast(history)));
        var timed = model.Forecast(history, new() { TimeColumnName = "Time" });
        Assert.AreSequenceEqual(["01/06/2024 00:00:00 | 1", "01/07/2024 00:00:00 | 2", "01/08/2024 00:00:00 | 3"], ViewText.Rows(timed, "Time", "Step"));
    }

    [TestMethod]
    public void Any_number_of_series_in_any_order_with_any_stride_goes_on_counting() => Gen.Select(Gen.Int[0, 1000], Gen.Int[1, 6], Gen.Int[1, 7], Gen.Bool)
        .Sample((seed, series, stride, padded) =>
        {
            var random = new Random(seed);
            var parts = Enumerable.Range(0, series).Select(s => Rows($"S{s}", random.Next(padded ? 2 : 4, 30), 1000 * s).ToArray()).ToArray();
            var rows = parts.SelectMany(r => r).OrderBy(_ => random.Next()).GroupBy(r => r.Series).SelectMany(g => g).ToArray();
            var next = parts.ToDictionary(p => p[0].Series, p => new Queue<CountedRow>(p));
            CountedRow[] shuffled = [.. rows.OrderBy(_ => random.Next()).Select(r => next[r.Series].Dequeue())]; // each series in order
            var history = _ml.Data.LoadFromEnumerable(shuffled);
            var options = CountedSeries.Options with
            {
                Stride = stride,
                Groups = SeriesGroups.Interleaved,
                Padding = padded ? WindowPadding.Start : WindowPadding.None,
            };
            var forecast = CountedSeries.Pipeline(_ml, options).Fit(history).Forecast(history);

            var names = shuffled.Select(r => r.Series).Distinct().ToArray();
            var expected = names.SelectMany(name => Enumerable.Range(1, 3).Select(k => parts.Single(p => p[0].Series == name)[^1] is var last
                ? $"{name} | {last.Time.AddDays(k)} | {k} | {last.Value + k}"
                : ""));
            Assert.AreSequenceEqual(expected, ViewText.Rows(forecast, "Series", "Time", "Step", "Forecast"));
        }, iter: 40);

    [TestMethod]
    public void Keys_keep_their_names_and_steps_before_the_windows_are_run()
    {
        var history = CountedSeries.View(_ml, Rows("A", 10, 0), Rows("B", 6, 100));
        var chain = _ml.Transforms.Conversion.MapValueToKey("Key", "Series")
            .Append(_ml.Transforms.Conversion.ConvertType("Number", "Value", DataKind.Double))
            .Append(_ml.Transforms.SelectColumns("Key", "Number"))
            .Append(CountedSeries.Pipeline(_ml, CountedSeries.Options with { InputColumns = ["Number"], GroupColumn = "Key", TimeColumn = null }))
            .Append(_ml.Transforms.SelectColumns("Forecast"));
        var forecast = chain.Fit(history).Forecast(history);

        Assert.AreEqual("Key, Step, Forecast", string.Join(", ", forecast.Schema.Select(c => c.Name)));
        var named = _ml.Transforms.Conversion.MapKeyToValue("Name", "Key").Fit(forecast).Transform(forecast);
        Assert.AreSequenceEqual(["A | 10", "A | 11", "A | 12", "B | 106", "B | 107", "B | 108"], ViewText.Rows(named, "Name", "Forecast"));
    }

    [TestMethod]
    public void A_model_that_was_saved_and_loaded_forecasts_alike()
    {
        var history = TinyModel.Series(_ml, 60);
        var model = TinyModel.Chain(_ml, TinyModel.Forecasting);
        var loaded = ComponentContract.Reload(_ml, model, history.Schema);

        var rows = ViewText.Rows(model.Forecast(history));
        Assert.HasCount(3, rows);
        Assert.AreSequenceEqual(rows, ViewText.Rows(loaded.Forecast(history)));
    }

    [TestMethod]
    public void A_trained_network_that_counts_is_not_off_by_one()
    {
        var history = CountedSeries.View(_ml, Rows("A", 200, 0));
        var model = _ml.Transforms.SlidingWindow(CountedSeries.Options).Append(_ml.Forecasting.ForecastByRecurrent(options: new()
        {
            HiddenSizes = [8],
            DenseSizes = [],
            Dropout = 0,
            Scaling = new() { Difference = true },
            Training = new() { Epochs = 20, LearningRate = 0.02, Seed = 1 },
        })).Fit(history);

        float[] forecast = [.. model.Forecast(history).GetColumn<float>("Forecast")];
        for (int k = 0; k < 3; k++)
            Assert.AreEqual(200 + k, forecast[k], 0.4f);
        // What Transform gives for the last row of the data.
        Assert.AreSequenceEqual(model.Transform(history).GetColumn<float[]>("Forecast").Last(), forecast);
    }

    [TestMethod]
    public void Several_targets_are_a_vector_for_each_step()
    {
        var history = TinyModel.Series(_ml, 80);
        var options = new SlidingWindowOptions
        {
            InputColumns = ["Value", "Other"],
            TargetColumns = ["Value", "Other"],
            WindowLength = 6,
            Horizon = 2,
        };
        var model = _ml.Transforms.SlidingWindow(options).Append(_ml.Forecasting.ForecastByRecurrent(options: Networks.Tiny)).Fit(history);
        var forecast = model.Forecast(history);

        float[] flat = model.Transform(history).GetColumn<float[]>("Forecast").Last();
        float[][] steps = [.. forecast.GetColumn<float[]>("Forecast")];
        Assert.AreSequenceEqual(flat[..2], steps[0]);
        Assert.AreSequenceEqual(flat[2..], steps[1]);
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        forecast.Schema["Forecast"].GetSlotNames(ref names);
        Assert.AreEqual("Value Other", string.Join(" ", names.DenseValues()));
    }

    [TestMethod]
    public void A_horizon_of_one_takes_any_column_of_single()
    {
        var history = TinyModel.Series(_ml, 60);
        var model = TinyModel.Chain(_ml, TinyModel.Regression);

        float[] forecast = [.. model.Forecast(history, new() { ForecastColumnName = "Score" }).GetColumn<float>("Forecast")];
        Assert.AreSequenceEqual([model.Transform(history).GetColumn<float>("Score").Last()], forecast);
    }

    [TestMethod]
    public void The_result_can_be_cached_filtered_and_saved()
    {
        var history = CountedSeries.View(_ml, Rows("A", 10, 0), Rows("B", 6, 100));
        var forecast = CountedSeries.Pipeline(_ml).Fit(history).Forecast(history);

        Assert.AreSequenceEqual(ViewText.Rows(forecast), ViewText.Rows(_ml.Data.Cache(forecast)));
        Assert.HasCount(2, ViewText.Rows(_ml.Data.FilterRowsByColumn(forecast, "Forecast", 100, 108)));
        using var folder = new Scenarios.TemporaryFolder();
        using (var stream = File.Create(folder["forecast.idv"]))
            _ml.Data.SaveAsBinary(forecast, stream);
        Assert.AreSequenceEqual(ViewText.Rows(forecast), ViewText.Rows(_ml.Data.LoadFromBinary(folder["forecast.idv"])));
    }

    [TestMethod]
    public void Text_that_its_source_overwrites_names_its_series_all_the_same()
    {
        var history = new ReusedTextView(_ml, [.. "AAAAABBBBB"], new char[1]);
        var options = CountedSeries.Options with { GroupColumn = "Name", TimeColumn = null };
        var forecast = CountedSeries.Pipeline(_ml, options).Fit(history).Forecast(history);

        Assert.AreSequenceEqual(["A | 5", "A | 6", "A | 7", "B | 10", "B | 11", "B | 12"], ViewText.Rows(forecast, "Name", "Forecast"));
    }
}
