using CsCheck;
using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Windows, labels and pass-through columns against a reference that indexes into the whole series.</summary>
[TestClass]
public class SlidingWindowPropertyTests
{
    private sealed record Case(int Seed, int Rows, int Groups, string GroupType, bool Grouped, int Window, int Horizon, int Stride,
        string[] Inputs, string? Target, bool[] Columns);

    private static readonly Gen<Case> s_cases =
        from seed in Gen.Int[0, 1_000_000]
        from rows in Gen.Int[1, 60]
        from groups in Gen.Int[1, 4]
        from groupType in Pick(RandomSeries.GroupTypes)
        from grouped in Gen.Bool
        from window in Gen.Int[1, 9]
        from horizon in Gen.Int[1, 6]
        from stride in Gen.Int[1, 5]
        from first in Pick(RandomSeries.Scalars)
        from more in Pick(RandomSeries.Numbers).HashSet[0, 4]
        from target in Pick(RandomSeries.Scalars).Null()
        from columns in Gen.Bool.Array[5]
        select new Case(seed, rows, groups, groupType, grouped, window, horizon, stride, [first, .. more.Where(name => name != first)],
            target, columns);

    private static Gen<string> Pick(string[] from) => Gen.Int[0, from.Length - 1].Select(i => from[i]);

    [TestMethod]
    public void Windows_labels_and_columns_are_those_of_the_reference() => s_cases.Sample(c =>
    {
        var series = new RandomSeries(c.Seed, c.Rows, c.Groups, c.GroupType);
        var view = Windowed(c, series.View);
        var names = new[] { "Window", "Label", "Row", "Group", c.Inputs[^1] };
        Assert.AreSequenceEqual(Reference(c, series).Select(row => string.Join(" | ", row)), ViewText.Rows(view, "Window", "Label", "Row"));

        // Any subset of the columns reads what all of them read.
        var all = ViewText.Visible(view.Schema).Where(column => names.Contains(column.Name)).ToArray();
        var some = all.Where((_, i) => c.Columns[i % c.Columns.Length]).ToArray();
        using var allCursor = view.GetRowCursor(all);
        using var someCursor = view.GetRowCursor(some);
        Assert.AreSequenceEqual(ViewText.Rest(allCursor, some), ViewText.Rest(someCursor, some));
    }, iter: 400, threads: 1);

    [TestMethod]
    public void Promised_schema_is_the_actual_schema() => s_cases.Sample(c =>
    {
        var series = new RandomSeries(c.Seed, 1, c.Groups, c.GroupType).View;
        var estimator = Estimator(c);
        var promised = estimator.GetOutputSchema(SchemaShape.Create(series.Schema));
        var actual = SchemaShape.Create(estimator.Fit(series).GetOutputSchema(series.Schema));
        Assert.AreSequenceEqual(ComponentContract.Describe(actual), ComponentContract.Describe(promised));
    }, iter: 100, threads: 1);

    private static SlidingWindowEstimator Estimator(Case c) => new MLContext().Transforms.SlidingWindow("Window", c.Inputs, c.Window,
        c.Horizon,
        targetColumnName: c.Target, groupColumnName: c.Grouped ? "Group" : null, stride: c.Stride);

    private static IDataView Windowed(Case c, IDataView data) => Estimator(c).Fit(data).Transform(data);

    // Window, label and row number per anchor, straight from the definition.
    private static IEnumerable<string[]> Reference(Case c, RandomSeries series)
    {
        var start = 0;
        for (var t = 0; t < series.Rows; t++)
        {
            if (c.Grouped && t > 0 && series.Group[t] != series.Group[t - 1])
                start = t;
            var first = t - c.Window + 1;
            if (first < start || (first - start) % c.Stride != 0)
                continue;
            var end = t + 1;
            while (end < series.Rows && (!c.Grouped || series.Group[end] == series.Group[t]))
                end++;
            var window = Enumerable.Range(first, c.Window).SelectMany(row => c.Inputs.SelectMany(name => series.Values(name, row)));
            var label = Enumerable.Range(t + 1, c.Horizon)
                .Select(row => row < end ? series.Values(c.Target ?? c.Inputs[0], row)[0] : float.NaN);
            yield return [$"[{string.Join(",", window)}]", c.Horizon == 1 ? $"{label.First()}" : $"[{string.Join(",", label)}]", $"{t}"];
        }
    }
}
