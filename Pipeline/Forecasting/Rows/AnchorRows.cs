using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Of the windows of a <see cref="ForecastSource"/>, those that end at the last row of a series' history.</summary>
internal sealed class AnchorRows(IDataView windows, SeriesEnds ends) : IDataView
{
    public DataViewSchema Schema => windows.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        return new Cursor(windows.GetRowCursor(columns), ends, LinkedCursor.ActiveColumns(Schema, columns));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    /// <summary>The series whose last row has an id; -1 for any other row.</summary>
    public static int SeriesOf(SeriesEnds ends, DataViewRowId id) => id.High == 0 ? ends.SeriesEndedBy((long)id.Low) : -1;

    private sealed class Cursor(DataViewRowCursor input, SeriesEnds ends, bool[] active) : LinkedCursor(input, input.Schema, active)
    {
        private readonly ValueGetter<DataViewRowId> _getId = input.GetIdGetter();

        protected override bool MoveNextCore()
        {
            var id = default(DataViewRowId);
            while (Input.MoveNext())
            {
                _getId(ref id);
                if (SeriesOf(ends, id) >= 0)
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
