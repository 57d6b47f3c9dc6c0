using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The rows of a history, then the rows of the future that forecasts need, each row with its position as its id. A future row has its own
/// values in the columns that are known ahead and those of its series' last row in the others: nothing else of the future is seen.
/// </summary>
/// <param name="history">The rows up to where forecasts begin.</param>
/// <param name="ends">Their series.</param>
/// <param name="future">The rows of the future, or null.</param>
/// <param name="isKnown">By column: whether it is known ahead.</param>
internal sealed class ForecastSource(IDataView history, SeriesEnds ends, FutureRows? future, bool[] isKnown) : IDataView
{
    public DataViewSchema Schema => history.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        var active = LinkedCursor.ActiveColumns(Schema, columns);
        var input = OneCursor.Open(history, columns);
        if (future is null)
            return new Cursor(input, Schema, active, ends, [], null, []);
        var known = columns.Where(column => isKnown[column.Index]).Select(column => future.View.Schema[column.Index]);
        return new Cursor(input, Schema, active, ends, future.Series, OneCursor.Open(future.View, known), isKnown);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : LinkedCursor
    {
        private readonly SeriesEnds _ends;
        private readonly IReadOnlyList<int> _seriesAhead;
        private readonly DataViewRowCursor? _ahead;
        private readonly bool[] _isKnown;
        private readonly RowBuffer? _last; // by series
        private bool _isAhead;
        private long _row = -1;
        private int _series;

        public Cursor(DataViewRowCursor input, DataViewSchema schema, bool[] active, SeriesEnds ends, IReadOnlyList<int> seriesAhead,
            DataViewRowCursor? ahead, bool[] isKnown)
            : base(input, schema, active)
        {
            (_ends, _seriesAhead, _ahead, _isKnown) = (ends, seriesAhead, ahead, isKnown);
            if (ahead is not null)
                _last = new(input, schema.Where(column => active[column.Index] && !isKnown[column.Index]), capacity: 1);
        }

        protected override bool MoveNextCore()
        {
            if (!_isAhead && Input.MoveNext())
            {
                _row++;
                if (_last is not null && _ends.SeriesEndedBy(_row) is >= 0 and var series)
                    _last.Store(series);
                return true;
            }
            _isAhead = true;
            while (_ahead?.MoveNext() == true)
            {
                _series = _seriesAhead[(int)_ahead.Position];
                if (_series >= 0)
                {
                    _row++;
                    return true;
                }
            }
            return false;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
        {
            CheckOnRow();
            value = new DataViewRowId((ulong)_row, 0);
        };

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            CheckActive(column);
            var get = Input.GetGetter<TValue>(Input.Schema[column.Index]);
            if (_ahead is null)
                return get;
            var ahead = _isKnown[column.Index]
                ? _ahead.GetGetter<TValue>(_ahead.Schema[column.Index])
                : _last!.GetGetter<TValue>(Input.Schema[column.Index], () => _series);
            return (ref TValue value) =>
            {
                if (_isAhead)
                    ahead(ref value);
                else
                    get(ref value);
            };
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _ahead?.Dispose();
            base.Dispose(disposing);
        }
    }
}
