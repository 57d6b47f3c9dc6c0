using System.Globalization;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Times in files of text.</summary>
internal static class TimeCell
{
    // A time that tells its offset is taken as UTC: local time would have an hour twice in autumn.
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>A time, or a year alone; null for what is neither.</summary>
    public static DateTime? Parse(ReadOnlySpan<char> cell)
    {
        var text = cell.Trim().Trim('"').Trim();
        if (text.Length == 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int year) && year > 0)
            return new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time) ? time : null;
    }
}
