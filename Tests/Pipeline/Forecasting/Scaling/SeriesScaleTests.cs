using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Location and scale of each series, learnt once and given to each row.</summary>
[TestClass]
public class SeriesScaleTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public string Series { get; set; } = "";
        public float Value { get; set; }
        public int Code { get; set; }
    }

    private IDataView Rows(params (string Series, float Value)[] rows)
        => _ml.Data.LoadFromEnumerable(rows.Select(row => new Row { Series = row.Series, Value = row.Value, Code = row.Series.Length }).ToArray());

    private IDataView Of(params float[] values) => Rows([.. values.Select(value => ("A", value))]);

    private SeriesScaleEstimator Estimator(SeriesScaling scaling = SeriesScaling.Standard, string? group = "Series",
        UnseenSeriesPolicy unseen = UnseenSeriesPolicy.Error) => _ml.Transforms.SeriesScale("Scale", "Value", group, scaling, unseen);

    private float[] Learn(SeriesScaling scaling, params float[] values)
        => Estimator(scaling).Fit(Of(values)).Transform(Of(values)).GetColumn<float[]>("Scale").First();

    [TestMethod]
    public void Each_kind_is_what_it_says()
    {
        float[] values = [1, 2, 3, 4, 100];
        var mean = 22f;
        Assert.AreSequenceEqual([mean, (float)Math.Sqrt(((21 * 21) + (20 * 20) + (19 * 19) + (18 * 18) + (78 * 78)) / 5.0)],
            Learn(SeriesScaling.Standard, values));
        Assert.AreSequenceEqual([3, (float)(2 / 1.349)], Learn(SeriesScaling.Robust, 100, 3, 1, 4, 2));
        Assert.AreSequenceEqual([2.5f, (float)(1.5 / 1.349)], Learn(SeriesScaling.Robust, 1, 2, 3, 4));
        Assert.AreSequenceEqual([0, 4], Learn(SeriesScaling.MeanAbsolute, -2, 6, float.NaN, 4));
    }

    [TestMethod]
    [DataRow(SeriesScaling.Standard, 7f)]
    [DataRow(SeriesScaling.Robust, 7f)]
    [DataRow(SeriesScaling.MeanAbsolute, 0f)]
    public void A_constant_series_has_the_scale_one(SeriesScaling scaling, float location)
    {
        Assert.AreSequenceEqual([location, scaling == SeriesScaling.MeanAbsolute ? 7 : 1], Learn(scaling, 7, 7, 7));
        Assert.AreSequenceEqual([0, 1], Learn(scaling, 0, 0));
        Assert.AreSequenceEqual([0, 1], Learn(scaling, float.NaN, float.NaN));
        Assert.AreEqual(location, Learn(scaling, 7)[0]);
    }

    [TestMethod]
    public void Where_half_of_the_values_are_equal_the_robust_scale_is_the_deviation()
        => Assert.AreSequenceEqual([0, Learn(SeriesScaling.Standard, 0, 0, 0, 0, 0, 9)[1]], Learn(SeriesScaling.Robust, 0, 0, 9, 0, 0, 0));

    [TestMethod]
    public void Series_in_any_order_have_their_own_and_unseen_ones_that_of_all() => Gen.Select(Gen.Int[0, 10_000], Gen.Enum<SeriesScaling>())
        .Sample((seed, scaling) =>
        {
            var random = new Random(seed);
            (string, float)[] rows = [.. Enumerable.Range(0, random.Next(4, 60)).Select(_ => $"S{random.Next(4)}")
                .Select(name => (name, (float)(((name[1] - '0') * 1e4) + random.NextDouble())))];
            var fitted = Estimator(scaling, unseen: UnseenSeriesPolicy.Pooled).Fit(Rows(rows));
            float[] Scale(string series) => fitted.Transform(Rows((series, 0))).GetColumn<float[]>("Scale").Single();

            foreach (var series in rows.GroupBy(row => row.Item1))
                Assert.AreSequenceEqual(Learn(scaling, [.. series.Select(row => row.Item2)]), Scale(series.Key));
            var (pooled, unseen) = (Learn(scaling, [.. rows.Select(row => row.Item2)]), Scale("New"));
            for (var i = 0; i < 2; i++)
                Assert.AreEqual(pooled[i], unseen[i], 1e-6 * Math.Abs(pooled[i]));
        }, iter: 100);

    [TestMethod]
    public void Large_values_lose_no_digits()
        => Assert.AreEqual(2f, Learn(SeriesScaling.Standard, 1_000_002, 1_000_006, 1_000_002, 1_000_006)[1]);

    [TestMethod]
    [DataRow("Series", SeriesScaling.Standard)]
    [DataRow("Series", SeriesScaling.Robust)]
    [DataRow("Code", SeriesScaling.MeanAbsolute)]
    [DataRow(null, SeriesScaling.Standard)]
    public void It_meets_what_ml_net_expects_of_a_component(string? group, SeriesScaling scaling)
    {
        var rows = Rows(("A", 1), ("BB", 20), ("A", 3), ("CCC", -5), ("BB", 25));
        var fitted = (SeriesScaleTransformer)ComponentContract.Check(_ml, Estimator(scaling, group), rows);

        var loaded = (SeriesScaleTransformer)ComponentContract.Reload(_ml, fitted, rows.Schema);
        Assert.AreEqual(("Scale", "Value", group, scaling, UnseenSeriesPolicy.Error),
            (loaded.OutputColumnName, loaded.InputColumnName, loaded.GroupColumnName, loaded.Scaling, loaded.UnseenSeries));
    }

    [TestMethod]
    public void Keys_are_series_by_their_values()
    {
        var rows = Rows(("A", 1), ("A", 3), ("B", 10));
        var key = _ml.Transforms.Conversion.MapValueToKey("Key", "Series");
        var fitted = Estimator(group: "Key").Fit(key.Fit(rows).Transform(rows));
        var turned = Rows(("B", 0), ("A", 0)); // other numbers of the keys

        Assert.AreSequenceEqual(["[10,1]", "[2,1]"], ViewText.Rows(fitted.Transform(key.Fit(turned).Transform(turned)), "Scale"));
    }

    [TestMethod]
    public void A_series_that_was_not_there_is_named()
    {
        var fitted = Estimator().Fit(Of(1, 2));

        Fails.With<InvalidOperationException>(() =>
        {
            using var cursor = fitted.Transform(Rows(("B", 1))).GetRowCursorSet(fitted.GetOutputSchema(Of(1).Schema), 1)[0];
            ViewText.Rest(cursor, cursor.Schema);
        }, "series 'B' was not among the 1", "UnseenSeriesPolicy.Pooled");
        Assert.HasCount(1, ViewText.Rows(fitted.Transform(Rows(("B", 1))), "Value"), "nothing asks for its scale");
    }

    [TestMethod]
    public void Windows_carry_it_beside_them()
    {
        var rows = CountedSeries.View(_ml, CountedSeries.Rows("A", 10, 0), CountedSeries.Rows("B", 6, 100));
        var chain = _ml.Transforms.SeriesScale("Scale", "Value", "Series", SeriesScaling.MeanAbsolute)
            .Append(_ml.Transforms.SlidingWindow(CountedSeries.Options with { StaticColumns = ["Scale"] })).Append(CountedSeries.Counting(_ml));
        var model = chain.Fit(rows);

        Assert.AreSequenceEqual(["[0,4.5]", "[0,102.5]"], ViewText.Rows(model.Transform(rows), "Static").Distinct());
        Assert.HasCount(6, ViewText.Rows(model.Forecast(rows)));
        Assert.AreEqual(0, _ml.Forecasting.Backtest(rows, chain, new() { Folds = 1, Step = 2 }).Metrics.PerSeries["A"].MeanAbsoluteError);
    }

    [TestMethod]
    public void Cursors_allocate_nothing_per_row()
    {
        var rows = Rows([.. Enumerable.Range(0, 20_000).Select(i => ($"S{i % 5}", (float)i))]);
        var view = Estimator().Fit(rows).Transform(rows);
        using var cursor = view.GetRowCursorSet([view.Schema["Scale"]], 1)[0];
        var get = cursor.GetGetter<VBuffer<float>>(view.Schema["Scale"]);
        var value = default(VBuffer<float>);
        for (var i = 0; i < 1000; i++)
            Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
            Read();

        Assert.IsLessThan(1000L, GC.GetAllocatedBytesForCurrentThread() - before);

        void Read()
        {
            cursor.MoveNext();
            get(ref value);
        }
    }

    [TestMethod]
    public void What_is_wrong_is_said()
    {
        Fails.With<ArgumentException>(() => _ml.Transforms.SeriesScale("", "", "", (SeriesScaling)9, (UnseenSeriesPolicy)9), "SeriesScale, 5 problems",
            "outputColumnName is empty", "inputColumnName is empty", "groupColumnName is empty", "scaling is 9", "unseenSeries is 9");
        Fails.With<ArgumentException>(() => _ml.Transforms.SeriesScale("S", "Series", "Group").Fit(Of(1)), "2 problems",
            "value column 'Series' is String", "group column 'Group' is not in the data, which has: Series, Value, Code");
        Fails.With<InvalidOperationException>(() => Estimator().Fit(Of()), "no rows");
        Fails.With<InvalidOperationException>(() => Estimator().Fit(Of(1, float.NegativeInfinity)), "row 2, series 'A': 'Value' is");
    }

    [TestMethod]
    public void A_damaged_or_later_file_says_so()
    {
        using var stream = new MemoryStream();
        SeriesScales.Learn(new("Scale", "Value", "Series", SeriesScaling.Robust, UnseenSeriesPolicy.Pooled), Of(1, 2, 4)).Save(new BinaryWriter(stream));
        byte[] saved = stream.ToArray();
        static SeriesScales Load(params byte[] bytes) => SeriesScales.Load(new BinaryReader(new MemoryStream(bytes)));

        Assert.AreEqual(2, Load(saved).Pooled.Location);
        for (var length = 4; length < saved.Length; length++)
            Fails.With<InvalidDataException>(() => Load(saved[..length]), "series scales (format 1) are damaged");
        Fails.With<InvalidDataException>(() => Load([9, .. saved[1..]]), "format 9");
        Fails.With<InvalidDataException>(() => Load([.. saved[..^4], 0, 0, 0, 0]), "A location and scale are 2 and 0");
    }
}
