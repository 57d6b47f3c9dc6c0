using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Some columns of rows in the schema of other rows: the others are missing values (NaN, else the type's default).</summary>
/// <param name="rows">The rows.</param>
/// <param name="schema">The schema to have.</param>
/// <param name="taken">The names of the columns to take from the rows, which have them in the types of the schema.</param>
internal sealed class CompletedRows(IDataView rows, DataViewSchema schema, string[] taken) : IDataView
{
    public DataViewSchema Schema => schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => rows.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        var own = columns.Where(column => taken.Contains(column.Name)).Select(column => rows.Schema[column.Name]);
        return new Cursor(rows.GetRowCursor([.. own.DistinctBy(column => column.Index)]), schema, LinkedCursor.ActiveColumns(schema, columns), taken);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor input, DataViewSchema schema, bool[] active, string[] taken)
        : LinkedCursor(input, schema, active)
    {
        private static readonly MethodInfo s_vector = typeof(Cursor).GetMethod(nameof(MissingVector), BindingFlags.Static
            | BindingFlags.NonPublic)!;

        protected override bool MoveNextCore() => Input.MoveNext();

        public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            CheckActive(column);
            if (taken.Contains(column.Name))
                return Input.GetGetter<TValue>(Input.Schema[column.Name]);
            if (column.Type is VectorDataViewType vector)
                return CheckedGetter<TValue>((Delegate)s_vector.MakeGenericMethod(vector.ItemType.RawType).Invoke(null, [vector.Size])!, column);
            var missing = Missing<TValue>();
            return (ref TValue value) => value = missing;
        }

        private static ValueGetter<VBuffer<T>> MissingVector<T>(int size)
        {
            var values = new T[size];
            Array.Fill(values, Missing<T>());
            return (ref VBuffer<T> value) => VBuffer<T>.Copy(values, 0, ref value, size);
        }

        private static T Missing<T>() => default(T) switch
        {
            float => (T)(object)float.NaN,
            double => (T)(object)double.NaN,
            _ => default!,
        };
    }
}
