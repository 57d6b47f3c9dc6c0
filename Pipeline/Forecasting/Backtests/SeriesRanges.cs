using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Of each series some of its rows, those from one position up to another: a lazy filter, by counters, of the source's own
/// rows.</summary>
/// <param name="source">Rows, those of each series in order.</param>
/// <param name="names">The series, all of them known.</param>
/// <param name="ranges">By series: the first position, counted from 0, and that after the last.</param>
internal sealed class SeriesRanges(IDataView source, SeriesNames names, (long From, long To)[] ranges) : IDataView
{
    public DataViewSchema Schema => source.Schema;

    /// <summary>Positions make sense in the source's own order only.</summary>
    public bool CanShuffle => false;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = LinkedCursor.ActiveColumns(Schema, columnsNeeded);
        var needed = Schema.Where(column => active[column.Index] || column.Index == names.Column?.Index);
        return new Cursor(OneCursor.Open(source, needed), names, ranges, active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor input, SeriesNames names, (long From, long To)[] ranges, bool[] active)
        : LinkedCursor(input, input.Schema, active)
    {
        private readonly Func<int> _series = names.Finding(input);
        private readonly long[] _next = new long[ranges.Length]; // by series: the position of its next row

        protected override bool MoveNextCore()
        {
            while (Input.MoveNext())
            {
                var series = _series();
                if (series < 0)
                    throw new InvalidOperationException($"Backtest: a value of the group column '{names.Column?.Name}' was not there when the rows "
                        + "were counted: the data changed since. Use ml.Data.Cache, or a source that gives the same rows each time.");
                var position = _next[series]++;
                if (position >= ranges[series].From && position < ranges[series].To)
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
