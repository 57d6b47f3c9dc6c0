namespace MlNetRnn;

/// <summary>The quantiles that a forecasting model computes.</summary>
/// <param name="All">All of them, ascending: the median, those asked for, the bounds.</param>
/// <param name="Asked">Those asked for as a column, by their places in <paramref name="All"/>.</param>
/// <param name="Lower">The place of the lower bound; the median's where there is none.</param>
/// <param name="Upper">The place of the upper bound.</param>
internal sealed record ForecastLevels(double[] All, int[] Asked, int Lower, int Upper)
{
    public static ForecastLevels Of(ForecastOptions options)
    {
        double[] asked = options.QuantilesColumnName is null || options.Quantiles.IsDefault ? [] : [.. options.Quantiles];
        double outside = options.HasBounds ? Math.Round((1 - options.ConfidenceLevel) / 2, 9) : 0.5; // 0.025, not 0.02500…02
        double[] all = [.. asked.Append(0.5).Append(outside).Append(1 - outside).Distinct().Order()];
        return new(all, Array.ConvertAll(asked, level => Array.IndexOf(all, level)), Array.IndexOf(all, outside), Array.IndexOf(all, 1 - outside));
    }
}
