using Microsoft.ML;

namespace MlNetRnn;

/// <summary>What errors call the group of a row.</summary>
internal static class GroupName
{
    /// <summary>
    /// A function that names the row's group at the time of the call, such as <c>, group 'A'</c>; it gives no text where there is no
    /// group column.
    /// </summary>
    public static Func<string> Of(DataViewRow row, DataViewSchema.Column? column)
    {
        if (column is not { } group)
            return static () => "";
        var name = SeriesName.Of(row, group);
        return () => $", group '{name()}'";
    }
}
