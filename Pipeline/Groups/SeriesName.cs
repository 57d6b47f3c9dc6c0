using System.Globalization;
using System.Reflection;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>The name of the series that a row belongs to, by which series of different views are the same.</summary>
internal static class SeriesName
{
    private static readonly MethodInfo s_create = typeof(SeriesName).GetMethod(nameof(Create), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>A function that names the group of the row at the time of the call: a key by its value, times as ISO 8601.</summary>
    public static Func<string> Of(DataViewRow row, DataViewSchema.Column group)
        => (Func<string>)s_create.MakeGenericMethod(group.Type.RawType).Invoke(null, [row, group])!;

    private static Func<string> Create<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var get = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            get(ref value);
            return KeyNames.Name(column, value) ?? Text(value);
        };
    }

    private static string Text<T>(T value) => value switch
    {
        DateTime or DateTimeOffset => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };
}
