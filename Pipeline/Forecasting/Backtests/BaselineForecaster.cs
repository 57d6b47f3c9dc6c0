namespace MlNetRnn;

/// <summary>A baseline's forecasts with the bounds and quantiles of normal errors, into memory that is used again.</summary>
internal sealed class BaselineForecaster
{
    private readonly ForecastBaseline _baseline;
    private readonly double _width; // deviations from the forecast to a bound
    private readonly double[] _levels; // deviations from the forecast to each quantile
    private readonly float[] _forecast, _deviation, _lower, _upper, _quantiles;

    public BaselineForecaster(ForecastBaseline baseline, int horizon, double confidenceLevel, double[] levels)
    {
        (_baseline, _width) = (baseline, NormalQuantile.Of((1 + confidenceLevel) / 2));
        _levels = [.. levels.Select(NormalQuantile.Of)];
        (_forecast, _deviation) = (new float[horizon], new float[horizon]);
        (_lower, _upper, _quantiles) = (new float[horizon], new float[horizon], new float[horizon * levels.Length]);
    }

    /// <summary>Forecasts what follows the values of a series, at least one of them known; valid until the next call.</summary>
    public ForecastRow Forecast(ReadOnlySpan<float> values, ReadOnlySpan<float> actual, InSample inSample)
    {
        _baseline.Forecast(values, _forecast, _deviation);
        for (var h = 0; h < _forecast.Length; h++)
        {
            (_lower[h], _upper[h]) = (Off(h, -_width), Off(h, _width));
            for (var q = 0; q < _levels.Length; q++)
                _quantiles[(h * _levels.Length) + q] = Off(h, _levels[q]);
        }
        return new() { Label = actual, Forecast = _forecast, Lower = _lower, Upper = _upper, Quantiles = _quantiles, InSample = inSample };
    }

    private float Off(int h, double deviations) => (float)(_forecast[h] + (deviations * _deviation[h]));
}
