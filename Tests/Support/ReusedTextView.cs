using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Rows of Name (text) and Value (the row number), where every row's text is the same memory, written anew.</summary>
internal sealed class ReusedTextView : IDataView
{
    private readonly IDataView _numbers;
    private readonly char[] _groups;
    private readonly char[] _memory;

    public ReusedTextView(MLContext ml, char[] groups, char[] memory)
    {
        (_groups, _memory) = (groups, memory);
        var builder = new ArrayDataViewBuilder(ml);
        builder.AddColumn("Value", NumberDataViewType.Single, Enumerable.Range(0, groups.Length).Select(i => (float)i).ToArray());
        _numbers = builder.GetDataView();
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(_numbers.Schema);
        schema.AddColumn("Name", TextDataViewType.Instance);
        Schema = schema.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _groups.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => new Cursor(this, LinkedCursor.ActiveColumns(Schema, columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(ReusedTextView view, bool[] active)
        : LinkedCursor(view._numbers.GetRowCursor(view._numbers.Schema), view.Schema, active)
    {
        protected override bool MoveNextCore() => Input.MoveNext();

        public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            CheckActive(column);
            if (column.Name != "Name")
                return Input.GetGetter<TValue>(Input.Schema[column.Name]);
            ValueGetter<ReadOnlyMemory<char>> get = (ref ReadOnlyMemory<char> value) =>
            {
                view._memory[0] = view._groups[Input.Position];
                value = view._memory;
            };
            return CheckedGetter<TValue>(get, column);
        }
    }
}
