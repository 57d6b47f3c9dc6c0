using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Reads rows of any columns as text, so that they compare exactly (NaN equals NaN, sparse equals dense).</summary>
internal static class ViewText
{
    /// <summary>Rows as strings; all visible columns when none are named.</summary>
    public static List<string> Rows(IDataView view, params string[] columns)
    {
        var chosen = columns.Length == 0 ? Visible(view.Schema) : [.. columns.Select(name => view.Schema[name])];
        using var cursor = view.GetRowCursor(chosen);
        return Rest(cursor, chosen);
    }

    /// <summary>The rows that are left in a cursor.</summary>
    public static List<string> Rest(DataViewRowCursor cursor, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var read = Reader(cursor, columns);
        var rows = new List<string>();
        while (cursor.MoveNext())
            rows.Add(read());
        return rows;
    }

    /// <summary>A function that gives the current row as text.</summary>
    public static Func<string> Reader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var readers = columns.Select(column => Reader(row, column)).ToArray();
        return () => string.Join(" | ", readers.Select(read => read()));
    }

    public static DataViewSchema.Column[] Visible(DataViewSchema schema) => [.. schema.Where(column => !column.IsHidden)];

    public static Func<string> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        var (method, type) = column.Type is VectorDataViewType vector
            ? (nameof(Vector), vector.ItemType.RawType)
            : (nameof(Scalar), column.Type.RawType);
        return (Func<string>)typeof(ViewText).GetMethod(method,
            System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(type).Invoke(null, [row, column])!;
    }

    private static Func<string> Scalar<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var get = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            get(ref value);
            return $"{value}";
        };
    }

    private static Func<string> Vector<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var get = row.GetGetter<VBuffer<T>>(column);
        var value = default(VBuffer<T>);
        return () =>
        {
            get(ref value);
            return $"[{string.Join(",", value.DenseValues())}]";
        };
    }
}
