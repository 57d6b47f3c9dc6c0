using System.Reflection;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>What errors call the group of a row.</summary>
internal static class GroupName
{
    private static readonly MethodInfo s_create = typeof(GroupName).GetMethod(nameof(Create), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>
    /// A function that names the row's group at the time of the call, such as <c>, group 'A'</c>; it gives no text where there is no
    /// group column.
    /// </summary>
    public static Func<string> Of(DataViewRow row, DataViewSchema.Column? column) => column is { } group
        ? (Func<string>)s_create.MakeGenericMethod(group.Type.RawType).Invoke(null, [row, group])!
        : static () => "";

    private static Func<string> Create<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var get = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            get(ref value);
            return $", group '{KeyNames.Name(column, value) ?? $"{value}"}'";
        };
    }
}
