using System.Globalization;

namespace MlNetRnn;

/// <summary>Values that name classes, as text. Classes are compared by it: 3 is one class whether it came as Single or Int32.</summary>
internal static class ClassName
{
    public static string Of<T>(T value) => value switch
    {
        float number => (number + 0f).ToString(CultureInfo.InvariantCulture), // -0 is 0
        double number => (number + 0d).ToString(CultureInfo.InvariantCulture),
        DateTime or DateTimeOffset => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture), // the default drops fractions
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    /// <summary>Names of classes whose order nobody gave: by number where all are numbers, else by code point.</summary>
    public static IEnumerable<string> Sort(IReadOnlyCollection<string> names)
        => names.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? names.OrderBy(name => double.Parse(name, CultureInfo.InvariantCulture)).ThenBy(name => name, StringComparer.Ordinal)
            : names.Order(StringComparer.Ordinal);
}
