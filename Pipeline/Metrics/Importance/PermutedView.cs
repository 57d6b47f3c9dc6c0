using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Held rows, in whose sequences one feature's course is that of another row; all else is the row's own.</summary>
/// <param name="rows">The rows.</param>
/// <param name="feature">The value of a step that is taken from elsewhere.</param>
/// <param name="donors">For each row the one it takes the feature from; null: each its own.</param>
internal sealed class PermutedView(HeldSequences rows, int feature, int[]? donors) : IDataView
{
    public DataViewSchema Schema => rows.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => rows.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => new Cursor(this, rows, LinkedCursor.ActiveColumns(Schema, columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    /// <summary>Writes a row's sequence.</summary>
    private void Write(int row, ref VBuffer<float> value)
    {
        var own = rows.Padded(row);
        var values = VectorGetter.Values(ref value, own.Length);
        own.CopyTo(values);
        if (donors is null)
            return;
        var width = rows.Sequences.Features;
        var from = rows.Sequence(donors[row]);
        var to = values[^rows.Sequence(row).Length..];
        var (fromSteps, toSteps) = (from.Length / width, to.Length / width);
        for (var step = 0; step < toSteps; step++)
            to[(step * width) + feature] = from[(Step(step, toSteps, fromSteps) * width) + feature];
    }

    /// <summary>
    /// The step of another sequence that is as far along it: first to first, last to last, the nearest one between, so that every value is
    /// one that was seen. A sequence of one step gets the other's last.
    /// </summary>
    internal static int Step(int step, int steps, int otherSteps) => steps == 1
        ? otherSteps - 1
        : (int)(((2L * step * (otherSteps - 1)) + steps - 1) / (2L * (steps - 1)));

    private sealed class Cursor(PermutedView view, HeldSequences rows, bool[] active) : DataViewRowCursor
    {
        private int _row = -1;
        private bool _ended;

        public override DataViewSchema Schema => rows.Schema;

        public override long Position => _row;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override bool MoveNext()
        {
            _row = _row < rows.Count - 1 && !_ended ? _row + 1 : -1;
            _ended |= _row < 0;
            return !_ended;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = rows.GetId(Row());

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
                throw new ArgumentOutOfRangeException(nameof(column), column.Name, "The requested column is not active.");
            if (column.Index != rows.Sequences.Column.Index)
                return rows.GetGetter<TValue>(column, Row);
            ValueGetter<VBuffer<float>> get = (ref VBuffer<float> value) => view.Write(Row(), ref value);
            return LinkedCursor.CheckedGetter<TValue>(get, column);
        }

        private int Row() => _row >= 0
            ? _row
            : throw new InvalidOperationException("The cursor is not on a row. Call MoveNext first, and read values only while it returns true.");
    }
}
