using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Windows, labels, carried and pass-through columns against a reference that indexes into the whole series.</summary>
[TestClass]
public class SlidingWindowPropertyTests
{
    private sealed record Case(int Seed, int Rows, int Groups, string GroupType, double Missing, SlidingWindowOptions Options,
        bool[] Columns)
    {
        public RandomSeries Series(int? rows = null)
            => new(Seed, rows ?? Rows, Groups, GroupType, Options.Groups == SeriesGroups.Interleaved, Missing);
    }

    // The simple overload's part of the options.
    private static readonly Gen<Case> s_simple =
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
        from columns in Gen.Bool.Array[9]
        select new Case(seed, rows, groups, groupType, 0, new SlidingWindowOptions
        {
            InputColumns = [first, .. more.Where(name => name != first)],
            TargetColumns = target is null ? [] : [target],
            GroupColumn = grouped ? "Group" : null,
            WindowLength = window,
            Horizon = horizon,
            Stride = stride,
        }, columns);

    private static readonly Gen<Case> s_all =
        from simple in s_simple
        from missing in Pick(0, 0.1, 0.6)
        from targets in Pick(RandomSeries.Scalars).HashSet[0, 3]
        from futures in Pick(RandomSeries.Numbers).HashSet[0, 2]
        from statics in Pick("", "Size", "Place", "Place Size")
        from interleaved in Gen.Bool
        from padding in Gen.Enum<WindowPadding>()
        from policy in Gen.Enum<MissingValuePolicy>()
        from time in Pick(RandomSeries.TimeColumns).Null()
        from gaps in Pick(TimeGaps.NewSeries, TimeGaps.Ignore)
        from largest in Gen.Int[2, 7].Nullable()
        let o = simple.Options
        select simple with
        {
            Missing = policy == MissingValuePolicy.Error ? 0 : missing,
            Options = o with
            {
                TargetColumns = [.. targets],
                FutureColumns = [.. futures.Where(name => !(targets.Count == 0 ? [o.InputColumns[0]] : targets).Contains(name))],
                StaticColumns = o.GroupColumn is null ? [] : [.. statics.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
                Groups = interleaved && o.GroupColumn is not null ? SeriesGroups.Interleaved : SeriesGroups.Contiguous,
                Padding = padding,
                MissingValues = policy,
                TimeColumn = o.GroupColumn is null ? null : time,
                TimeGaps = o.GroupColumn is null || time is null ? TimeGaps.Error : gaps,
                LargestTimeStep = o.GroupColumn is not null && time == "DateTime" && gaps == TimeGaps.NewSeries && largest is { } days
                    ? TimeSpan.FromDays(days)
                    : null,
            },
        };

    private static Gen<T> Pick<T>(params T[] from) => Gen.Int[0, from.Length - 1].Select(i => from[i]);

    [TestMethod]
    public void Windows_labels_and_columns_are_those_of_the_reference() => s_simple.Sample(c =>
    {
        var (series, o) = (c.Series(), c.Options);
        var view = new MLContext().Transforms.SlidingWindow("Window", [.. o.InputColumns], o.WindowLength, o.Horizon,
            targetColumnName: o.TargetColumns.FirstOrDefault(), groupColumnName: o.GroupColumn, stride: o.Stride)
            .Fit(series.View).Transform(series.View);
        Check(c, series, view);
    }, iter: 300, threads: 1);

    [TestMethod]
    public void Everything_that_options_make_is_that_of_the_reference() => s_all.Sample(c =>
    {
        var series = c.Series();
        Check(c, series, new MLContext().Transforms.SlidingWindow(c.Options).Fit(series.View).Transform(series.View));
    }, iter: 1500, threads: 1);

    private static void Check(Case c, RandomSeries series, IDataView view)
    {
        string[] made = [.. new[] { "Window", "Label", "Future", "Static", "WindowMask" }
            .Where(name => view.Schema.GetColumnOrNull(name) is not null)];
        Assert.AreSequenceEqual(new WindowReference(c.Options, series).Rows(), ViewText.Rows(view, [.. made, "Row"]));

        // Any subset of the columns reads what all of them read, in the same order with the same ids.
        var all = ViewText.Visible(view.Schema)
            .Where(column => made.Contains(column.Name) || column.Name is "Row" or "Group" or "Vector" or "DateTime").ToArray();
        var some = all.Where((_, i) => c.Columns[i % c.Columns.Length]).ToArray();
        Assert.AreSequenceEqual(RowsWithIds(view, all, some), RowsWithIds(view, some, some));
    }

    private static List<string> RowsWithIds(IDataView view, DataViewSchema.Column[] active, DataViewSchema.Column[] read)
    {
        using var cursor = view.GetRowCursor(active);
        var (text, getId, id, rows) = (ViewText.Reader(cursor, read), cursor.GetIdGetter(), default(DataViewRowId), new List<string>());
        while (cursor.MoveNext())
        {
            getId(ref id);
            rows.Add($"{id}: {text()}");
        }
        return rows;
    }

    [TestMethod]
    public void Promised_schema_is_the_actual_schema() => s_all.Sample(c =>
    {
        var series = c.Series(rows: 1).View;
        var estimator = new MLContext().Transforms.SlidingWindow(c.Options);
        var promised = estimator.GetOutputSchema(SchemaShape.Create(series.Schema));
        var actual = SchemaShape.Create(estimator.Fit(series).GetOutputSchema(series.Schema));
        Assert.AreSequenceEqual(ComponentContract.Describe(actual), ComponentContract.Describe(promised));
    }, iter: 200, threads: 1);

    [TestMethod]
    public void Every_made_vector_has_a_name_for_each_value() => s_all.Sample(c =>
    {
        var schema = new MLContext().Transforms.SlidingWindow(c.Options).Fit(c.Series(1).View).GetOutputSchema(c.Series(1).View.Schema);
        foreach (var column in schema.Where(column => column.Index > schema["Window"].Index && column.Type is VectorDataViewType))
        {
            var names = default(VBuffer<ReadOnlyMemory<char>>);
            column.GetSlotNames(ref names);
            Assert.AreEqual(((VectorDataViewType)column.Type).Size, names.DenseValues().Select(name => name.ToString()).Distinct().Count());
        }
    }, iter: 100, threads: 1);
}
