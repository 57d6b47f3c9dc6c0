using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class RowBufferTests
{
    [TestMethod]
    public void Rows_are_read_back_by_slot_whatever_their_types()
    {
        var view = new RandomSeries(3, 20, 3, "text").View;
        var expected = ViewText.Rows(view);
        using var cursor = view.GetRowCursor(view.Schema);
        var buffer = new RowBuffer(cursor, view.Schema, 4);
        var slot = 0;
        var row = new BufferedRow(buffer, view.Schema, () => slot);
        var read = ViewText.Reader(row, ViewText.Visible(view.Schema));
        for (var i = 0; cursor.MoveNext(); i++)
        {
            buffer.Store(i % 4);
            for (var back = 0; back <= Math.Min(i, 3); back++)
            {
                slot = (i - back) % 4;
                Assert.AreEqual(expected[i - back], read());
            }
        }
    }

    [TestMethod]
    public void Ids_are_those_of_the_rows()
    {
        var view = new RandomSeries(3, 8, 3, "text").View;
        using var cursor = view.GetRowCursor([]);
        var buffer = new RowBuffer(cursor, [], 8);
        var getId = cursor.GetIdGetter();
        var ids = new DataViewRowId[8];
        while (cursor.MoveNext())
        {
            getId(ref ids[cursor.Position]);
            buffer.Store((int)cursor.Position);
        }
        Assert.AreSequenceEqual(ids, Enumerable.Range(0, 8).Select(buffer.GetId));
    }

    [TestMethod]
    public void A_vector_that_was_handed_out_is_not_overwritten()
    {
        var view = new RandomSeries(3, 2, 1, "text").View;
        using var cursor = view.GetRowCursor(view.Schema);
        var buffer = new RowBuffer(cursor, [view.Schema["Vector"]], 1);
        var get = buffer.GetGetter<VBuffer<float>>(view.Schema["Vector"], () => 0);
        cursor.MoveNext();
        buffer.Store(0);
        var first = default(VBuffer<float>);
        get(ref first);
        var before = first.DenseValues().ToArray();
        cursor.MoveNext();
        buffer.Store(0);
        Assert.AreSequenceEqual(before, first.DenseValues());
    }

    [TestMethod]
    public void Wrong_types_and_columns_are_refused()
    {
        var view = new RandomSeries(3, 2, 1, "text").View;
        using var cursor = view.GetRowCursor(view.Schema);
        var buffer = new RowBuffer(cursor, [view.Schema["Single"]], 1);
        var e = Assert.Throws<InvalidOperationException>(() => buffer.GetGetter<int>(view.Schema["Single"], () => 0));
        Assert.Contains("'Single'", e.Message);
        Assert.Contains("System.Single", e.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetGetter<double>(view.Schema["Double"], () => 0));
    }

    private sealed class BufferedRow(RowBuffer buffer, DataViewSchema schema, Func<int> slot) : DataViewRow
    {
        public override long Position => 0;

        public override long Batch => 0;

        public override DataViewSchema Schema => schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<DataViewRowId> GetIdGetter() => throw new NotSupportedException();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => buffer.GetGetter<TValue>(column, slot);
    }
}
