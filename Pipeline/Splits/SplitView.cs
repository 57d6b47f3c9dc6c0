using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>One side of a split: a lazy filter by each row's position within its group.</summary>
internal sealed class SplitView(IDataView source, SplitPlan plan, bool test) : IDataView
{
    public DataViewSchema Schema => source.Schema;

    /// <summary>Positions within groups make sense in the source's own order only.</summary>
    public bool CanShuffle => false;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = LinkedCursor.ActiveColumns(Schema, columnsNeeded);
        var needed = Schema.Where(column => active[column.Index] || column.Index == plan.Group?.Index);
        return new Cursor(source.GetRowCursor(needed.ToArray()), plan, test, active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor input, SplitPlan plan, bool test, bool[] active)
        : LinkedCursor(input, input.Schema, active)
    {
        private readonly Func<int> _group = plan.Numbers.Finding(input);
        private readonly long[] _next = new long[plan.TestStart.Length]; // per group: the position of its next row

        protected override bool MoveNextCore()
        {
            while (Input.MoveNext())
            {
                var group = _group();
                if (group < 0)
                    throw new InvalidOperationException($"ChronologicalSplit: a value of the group column '{plan.Group?.Name}' was not "
                        + "there when the rows were "
                        + "counted: the data changed since. Use ml.Data.Cache, or a source that gives the same rows each time.");
                var position = _next[group]++;
                if (test ? position >= plan.TestStart[group] : position < plan.TrainEnd[group])
                    return true;
            }
            return false;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            CheckActive(column);
            return Input.GetGetter<TValue>(column);
        }
    }
}
