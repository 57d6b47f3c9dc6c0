using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Windows of rows pushed one at a time are those of Transform, whatever the windowing's options.</summary>
[TestClass]
public sealed class SequenceEngineWindowOptionsTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly Gen<(int Seed, int Rows, SlidingWindowOptions Options)> s_cases =
        from seed in Gen.Int[0, 1_000_000]
        from rows in Gen.Int[1, 50]
        from length in Gen.Int[1, 6]
        from padding in Gen.Enum<WindowPadding>()
        from missing in Gen.Enum<MissingValuePolicy>()
        from timed in Gen.Bool
        from statics in Gen.Bool
        select (seed, rows, new SlidingWindowOptions
        {
            InputColumns = ["Value", "Other"],
            GroupColumn = "Shop",
            Groups = SeriesGroups.Interleaved,
            WindowLength = length,
            Padding = padding,
            MissingValues = missing == MissingValuePolicy.Error ? MissingValuePolicy.Keep : missing,
            TimeColumn = timed ? "Time" : null,
            TimeGaps = timed ? TimeGaps.NewSeries : TimeGaps.Error,
            LargestNumericTimeStep = timed ? 1 : null,
            StaticColumns = statics ? ["Area"] : [],
        });

    [TestMethod]
    public void Windows_and_masks_are_those_of_Transform() => s_cases.Sample(c =>
    {
        var rows = Rows(c.Seed, c.Rows);
        var data = Ml.Data.LoadFromEnumerable(rows);
        var model = new TransformerChain<ITransformer>(
            Ml.Transforms.SlidingWindow(c.Options).Fit(data), Ml.Transforms.CopyColumns("Copy", "Window").Fit(Ml.Transforms.SlidingWindow(c.Options).Fit(data).Transform(data)));
        bool padded = c.Options.Padding == WindowPadding.Start;
        var expected = Ml.Data.CreateEnumerable<Windowed>(model.Transform(data), reuseRowObject: false, ignoreMissingColumns: true)
            .GroupBy(w => w.Number).ToDictionary(g => g.Key, g => g.Single());

        Dictionary<int, Windowed> pushed = [];
        if (padded)
            Push<Windowed>();
        else
            Push<Unmasked>();

        Assert.AreSequenceEqual(expected.Keys.Order(), pushed.Keys.Order());
        foreach (var (number, window) in expected)
        {
            Assert.AreSequenceEqual(window.Copy, pushed[number].Copy);
            Assert.AreSequenceEqual(window.WindowMask, pushed[number].WindowMask);
        }

        void Push<TOut>() where TOut : Unmasked, new()
        {
            using var engine = model.CreateSequenceEngine<Row, TOut>(Ml);
            foreach (var row in rows)
                if (engine.Push(row) is { } window)
                    pushed.Add(window.Number, window as Windowed ?? new() { Copy = window.Copy });
        }
    }, iter: 100, threads: 1);

    [TestMethod]
    public void Time_that_goes_back_is_refused_and_changes_nothing()
    {
        var options = new SlidingWindowOptions { InputColumns = ["Value"], WindowLength = 2, TimeColumn = "Time" };
        using var engine = Engine(options);
        engine.Push(new() { Time = 5, Value = 1 });

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => engine.Push(new() { Time = 4, Value = 9 }));

        Assert.Contains("row 2", error.Message);
        Assert.Contains("'Time' is 4 after 5", error.Message);
        Assert.AreSequenceEqual([1f, 2f], engine.Push(new() { Time = 6, Value = 2 })!.Window);
    }

    [TestMethod]
    public void A_time_that_is_no_number_makes_no_group()
    {
        var options = new SlidingWindowOptions { InputColumns = ["Value"], WindowLength = 1, TimeColumn = "Other", GroupColumn = "Shop" };
        using var engine = Engine(options);

        Fails.With<InvalidOperationException>(() => engine.Push(new() { Other = float.NaN, Shop = "new" }), "time column 'Other'");

        Assert.AreEqual(0, engine.GroupCount);
    }

    [TestMethod]
    public void Clocks_and_what_was_known_before_the_window_survive_a_checkpoint()
    {
        var options = new SlidingWindowOptions
        {
            InputColumns = ["Value"],
            WindowLength = 2,
            TimeColumn = "Time",
            TimeGaps = TimeGaps.NewSeries,
            MissingValues = MissingValuePolicy.ForwardFill,
        };
        using var before = Engine(options);
        for (int t = 0; t < 4; t++)
            before.Push(new() { Time = t, Value = t == 0 ? 7 : float.NaN });
        using var state = new MemoryStream();
        before.Checkpoint(state);
        state.Position = 0;
        using var after = Engine(options);
        after.Restore(state);

        Assert.AreSequenceEqual([7f, 7f], after.Push(new() { Time = 4, Value = float.NaN })!.Window);
        Assert.IsNull(after.Push(new() { Time = 9, Value = 1 }), "a gap begins a new series");
        Assert.ThrowsExactly<InvalidOperationException>(() => after.Push(new() { Time = 8, Value = 1 }));
    }

    [TestMethod]
    public void Values_of_the_rows_ahead_cannot_be_served()
    {
        var options = new SlidingWindowOptions { InputColumns = ["Value"], WindowLength = 2, FutureColumns = ["Other"] };

        var error = Assert.ThrowsExactly<NotSupportedException>(() => Model(options).CreateSequenceEngine<Row, Ahead>(Ml));

        Assert.Contains("'Future'", error.Message);
    }

    [TestMethod]
    public void A_missing_value_that_must_not_be_is_refused_and_changes_nothing()
    {
        var options = new SlidingWindowOptions { InputColumns = ["Value"], WindowLength = 2, MissingValues = MissingValuePolicy.Error };
        using var engine = Engine(options);
        engine.Push(new() { Value = 1 });

        Assert.Contains("MissingValues is Error", Assert.ThrowsExactly<InvalidOperationException>(() => engine.Push(new() { Value = float.NaN })).Message);
        Assert.AreSequenceEqual([1f, 2f], engine.Push(new() { Value = 2 })!.Window);
    }

    private static SequenceEngine<Row, Alone> Engine(SlidingWindowOptions options) => Model(options).CreateSequenceEngine<Row, Alone>(Ml);

    private static TransformerChain<ITransformer> Model(SlidingWindowOptions options) =>
        new(Ml.Transforms.SlidingWindow(options).Fit(Ml.Data.LoadFromEnumerable(Rows(1, 5))));

    // Two shops that take turns, with missing values, and hours that are left out here and there.
    private static Row[] Rows(int seed, int count)
    {
        var random = new Random(seed);
        int[] time = [0, 0];
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int shop = random.Next(2);
            time[shop] += random.Next(6) == 0 ? 3 : 1;
            float Value() => random.Next(4) == 0 ? float.NaN : random.NextSingle();
            return new Row { Number = i, Shop = $"s{shop}", Time = time[shop], Value = Value(), Other = Value(), Area = shop };
        })];
    }

    private sealed class Row
    {
        public int Number { get; set; }

        public string Shop { get; set; } = "";

        public int Time { get; set; }

        public float Value { get; set; }

        public float Other { get; set; }

        public float Area { get; set; }
    }

    private class Unmasked
    {
        public int Number { get; set; }

        public float[] Copy { get; set; } = [];
    }

    private sealed class Windowed : Unmasked
    {
        public float[] WindowMask { get; set; } = [];
    }

    private sealed class Alone
    {
        public float[] Window { get; set; } = [];
    }

    private sealed class Ahead
    {
        public float[] Future { get; set; } = [];
    }
}
