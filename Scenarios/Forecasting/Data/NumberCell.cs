using System.Globalization;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Numbers in files of text.</summary>
internal static class NumberCell
{
    /// <summary>A number; NaN for an empty cell, NA or NaN; null for what is none.</summary>
    public static float? Parse(ReadOnlySpan<char> cell)
    {
        var text = cell.Trim().Trim('"').Trim();
        if (text.IsEmpty || text.Equals("NA", StringComparison.OrdinalIgnoreCase) || text.Equals("NaN", StringComparison.OrdinalIgnoreCase))
            return float.NaN;
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value) ? value : null;
    }
}
