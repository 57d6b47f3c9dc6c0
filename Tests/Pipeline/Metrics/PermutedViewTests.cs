using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Which sequences give their course to which, and what becomes of it.</summary>
[TestClass]
public class PermutedViewTests
{
    private static readonly Gen<(int Seed, int[] Steps)> s_case = Gen.Select(Gen.Int[0, 1000], Gen.Int[1, 12].Array[2, 200]);

    [TestMethod]
    public void Each_sequence_gives_its_course_once_and_to_another() => s_case.Sample(c =>
    {
        var (random, donors) = (new Random(c.Seed), new Donors(c.Steps));
        for (var draw = 0; draw < 3; draw++)
        {
            var drawn = donors.Draw(random);
            Assert.AreSequenceEqual(Enumerable.Range(0, c.Steps.Length), drawn.Order());
            for (var row = 0; row < drawn.Length; row++)
                Assert.AreNotEqual(row, drawn[row]);
        }
    }, iter: 100, threads: 1);

    [TestMethod]
    public void Courses_come_from_sequences_of_like_length()
    {
        var random = new Random(3);
        int[] steps = [.. Enumerable.Range(0, 2000).Select(_ => random.Next(1, 21))]; // about 100 of each length
        var drawn = new Donors(steps).Draw(random);
        Assert.IsTrue(drawn.Select((donor, row) => steps[donor] == steps[row]).All(same => same), "there are enough of every length");

        // Too few of each length: neighbours, 32 or more of them.
        steps = [.. Enumerable.Range(0, 1000).Select(i => i + 1)];
        var donors = new Donors(steps);
        for (var i = 0; i < 20; i++)
            Assert.IsLessThan(64, donors.Draw(random).Select((donor, row) => Math.Abs(steps[donor] - steps[row])).Max());
    }

    [TestMethod]
    public void Every_other_sequence_of_a_group_is_as_likely()
    {
        var (random, donors) = (new Random(1), new Donors([4, 4, 4, 4]));
        var counts = new int[4, 4];
        for (var i = 0; i < 3000; i++)
            foreach (var (row, donor) in donors.Draw(random).Index())
                counts[row, donor]++;
        for (var row = 0; row < 4; row++)
            for (var donor = 0; donor < 4; donor++)
                Assert.AreEqual(row == donor ? 0 : 1000, counts[row, donor], 120);
    }

    [TestMethod]
    [DataRow(1, 5, "4")]
    [DataRow(4, 4, "0 1 2 3")]
    [DataRow(2, 5, "0 4")]
    [DataRow(3, 5, "0 2 4")]
    [DataRow(5, 3, "0 1 1 2 2")]
    [DataRow(4, 1, "0 0 0 0")]
    public void A_course_of_another_length_is_stretched_or_shortened_by_whole_steps(int steps, int other, string expected)
        => Assert.AreEqual(expected, string.Join(' ', Enumerable.Range(0, steps).Select(step => PermutedView.Step(step, steps, other))));

    [TestMethod]
    public void Rows_are_their_own_but_for_one_feature() => s_case.Sample(c =>
    {
        var random = new Random(c.Seed);
        var data = new MLContext().Data.LoadFromEnumerable(c.Steps.Select((steps, i) => new Row
        {
            Features = [.. Enumerable.Range(0, steps * 3).Select(_ => random.NextSingle())],
            Number = i,
        }).ToArray());
        var held = new HeldSequences(data, StepColumn.Find(data.Schema, "Features", null), [data.Schema["Number"]]);
        var drawn = new Donors(c.Steps).Draw(random);

        var own = Read(data);
        var permuted = Read(new PermutedView(held, 1, drawn));

        Assert.AreSequenceEqual(own.Select(row => row.Number), permuted.Select(row => row.Number));
        for (var row = 0; row < own.Length; row++)
        {
            Assert.AreSequenceEqual(Others(own[row].Features), Others(permuted[row].Features));
            var (one, donor) = (One(permuted[row].Features), One(own[drawn[row]].Features));
            Assert.IsTrue(one.All(donor.Contains));
            if (one.Length == donor.Length)
                Assert.AreSequenceEqual(donor, one);
        }
        Assert.AreSequenceEqual(own.Select(Text), Read(new PermutedView(held, 1, null)).Select(Text));
    }, iter: 50, threads: 1);

    [TestMethod]
    public void Padding_stays_and_is_no_part_of_a_course()
    {
        var ml = new MLContext();
        var series = ml.Data.LoadFromEnumerable(Enumerable.Range(1, 5).Select(i => new Step { X = i, Y = 10 * i }));
        var windows = ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = ["X", "Y"],
            WindowLength = 3,
            Padding = WindowPadding.Start,
        }).Fit(series).Transform(series);
        var column = StepColumn.Find(windows.Schema, "Window", null);
        var held = new HeldSequences(windows, column, []);

        Assert.AreSequenceEqual(["X", "Y"], column.Names());
        Assert.AreSequenceEqual([1, 2, 3, 3, 3], held.Steps());
        // Windows of X: 1; 1 2; 1 2 3; 2 3 4; 3 4 5. Each takes the course of the next one, the last that of the first.
        var x = windows.Schema["Window"];
        var permuted = new PermutedView(held, 0, [1, 2, 3, 4, 0]).GetColumn<float[]>("Window").Select(values => string.Join(' ', values)).ToArray();
        Assert.AreSequenceEqual(
            ["NaN NaN NaN NaN 2 10", "NaN NaN 1 10 3 20", "2 10 3 20 4 30", "3 20 4 30 5 40", "1 30 1 40 1 50"], permuted);
    }

    [TestMethod]
    public void Sparse_rows_are_read_as_dense_and_the_cursor_keeps_ML_NETs_rules()
    {
        var builder = new ArrayDataViewBuilder(new MLContext());
        builder.AddColumn("Features", NumberDataViewType.Single, new VBuffer<float>(4, 1, [5], [2]), new VBuffer<float>(4, 1, [7], [0]));
        builder.AddColumn("Text", "a", "b");
        var data = builder.GetDataView();
        var held = new HeldSequences(data, StepColumn.Find(data.Schema, "Features", 2), data.Schema);
        var view = new PermutedView(held, 0, [1, 0]);

        Assert.AreSequenceEqual(["7 0 0 0", "0 0 5 0"], view.GetColumn<float[]>("Features").Select(values => string.Join(' ', values)));
        Assert.AreEqual(2, view.GetRowCount());
        using var cursor = view.GetRowCursor([view.Schema["Text"]]);
        Assert.Throws<ArgumentOutOfRangeException>(() => cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["Text"]));
        var get = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Text"]);
        var text = default(ReadOnlyMemory<char>);
        Assert.Throws<InvalidOperationException>(() => get(ref text));
        Assert.AreEqual(-1, cursor.Position);
        Assert.IsTrue(cursor.MoveNext() && cursor.MoveNext());
        get(ref text);
        Assert.AreEqual(("b", 1L), ($"{text}", cursor.Position));
        Assert.IsFalse(cursor.MoveNext() || cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
    }

    private static Row[] Read(IDataView view) => [.. new MLContext().Data.CreateEnumerable<Row>(view, reuseRowObject: false)];

    private static string Text(Row row) => $"{row.Number}: {string.Join(' ', row.Features)}";

    private static float[] One(float[] features) => [.. features.Where((_, i) => i % 3 == 1)];

    private static float[] Others(float[] features) => [.. features.Where((_, i) => i % 3 != 1)];

    private sealed class Row
    {
        [VectorType(0, 3)]
        public float[] Features { get; set; } = [];

        public int Number { get; set; }
    }

    private sealed class Step
    {
        public float X { get; set; }

        public float Y { get; set; }
    }
}
