namespace MlNetRnn;

/// <summary>
/// Seasonal indices by classical decomposition, of a series that passes the M4 competition's test of seasonality: the autocorrelation of
/// one season's lag beyond Bartlett's 90 % bounds. Multiplicative where all values are positive, else additive; none (1 or 0) for a
/// series that fails the test or is shorter than three seasons.
/// </summary>
internal sealed class SeasonalIndices(int seasonLength)
{
    private const double Critical = 1.645; // 90 % of the normal distribution, both sides

    private double[] _indices = []; // by step modulo the season; made for the first series that has one
    private int[] _counts = [];
    private bool _isSeasonal, _isMultiplicative;

    /// <summary>Takes in a series, oldest first.</summary>
    public void Fit(ReadOnlySpan<double> values)
    {
        _isSeasonal = IsSeasonal(values);
        if (!_isSeasonal)
            return;
        _isMultiplicative = !HasNonPositive(values);
        Average(values);
        Normalise();
    }

    /// <summary>A value of step t without its season.</summary>
    public double Remove(double value, int t) => !_isSeasonal ? value
        : _isMultiplicative ? value / _indices[t % seasonLength] : value - _indices[t % seasonLength];

    /// <summary>A value of step t with its season.</summary>
    public double Restore(double value, int t) => !_isSeasonal ? value
        : _isMultiplicative ? value * _indices[t % seasonLength] : value + _indices[t % seasonLength];

    /// <summary>What the deviation of step t is multiplied by.</summary>
    public double Factor(int t) => _isSeasonal && _isMultiplicative ? _indices[t % seasonLength] : 1;

    private bool IsSeasonal(ReadOnlySpan<double> values)
    {
        if (seasonLength == 1 || values.Length < 3L * seasonLength || IsConstant(values))
            return false;
        var mean = Mean(values);
        var (variance, squares) = (Covariance(values, mean, 0), 0.0);
        for (var lag = 1; lag < seasonLength; lag++)
        {
            var correlation = Covariance(values, mean, lag) / variance;
            squares += correlation * correlation;
        }
        var limit = Critical * Math.Sqrt((1 + (2 * squares)) / values.Length);
        return Math.Abs(Covariance(values, mean, seasonLength) / variance) > limit;
    }

    // The mean over all seasons of what a step is to the trend, a centred moving average of one season.
    private void Average(ReadOnlySpan<double> values)
    {
        if (_indices.Length == 0)
            (_indices, _counts) = (new double[seasonLength], new int[seasonLength]);
        Array.Clear(_indices);
        Array.Clear(_counts);
        var half = seasonLength / 2;
        for (var t = half; t < values.Length - half; t++)
        {
            var trend = Trend(values, t, half);
            _indices[t % seasonLength] += _isMultiplicative ? values[t] / trend : values[t] - trend;
            _counts[t % seasonLength]++;
        }
        for (var i = 0; i < seasonLength; i++)
            _indices[i] /= _counts[i];
    }

    // An even season has its middle between two steps: both ends count half.
    private double Trend(ReadOnlySpan<double> values, int t, int half)
    {
        var sum = 0.0;
        for (var i = t - half; i <= t + half; i++)
            sum += values[i];
        if (seasonLength % 2 == 0)
            sum -= (values[t - half] + values[t + half]) / 2;
        return sum / seasonLength;
    }

    private void Normalise()
    {
        var mean = Mean(_indices);
        for (var i = 0; i < seasonLength; i++)
            _indices[i] = _isMultiplicative ? _indices[i] / mean : _indices[i] - mean;
    }

    private static double Covariance(ReadOnlySpan<double> values, double mean, int lag)
    {
        var sum = 0.0;
        for (var t = lag; t < values.Length; t++)
            sum += (values[t] - mean) * (values[t - lag] - mean);
        return sum;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }

    // By comparison: the mean of equal values may differ from them by rounding.
    private static bool IsConstant(ReadOnlySpan<double> values) => !values.ContainsAnyExcept(values[0]);

    private static bool HasNonPositive(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            if (!(value > 0))
                return true;
        return false;
    }
}
