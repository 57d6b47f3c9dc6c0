namespace MlNetRnn.Scenarios;

/// <summary>A mean absolute percentage error and the rows it stands on.</summary>
/// <param name="Percent">The error in percent.</param>
/// <param name="Rows">Rows counted.</param>
/// <param name="ZeroRows">Rows left out because their actual value is 0, where a percentage means nothing.</param>
public sealed record MapeResult(double Percent, int Rows, int ZeroRows);

/// <summary>Errors that ML.NET's evaluators do not report.</summary>
public static class ErrorMetrics
{
    /// <summary>
    /// Mean absolute percentage error, 100 · mean(|actual - predicted| / |actual|). Rows whose actual value is NaN are skipped, as ML.NET's
    /// evaluators do; rows whose actual value is 0 are left out and counted in <see cref="MapeResult.ZeroRows"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ, a prediction is not finite, or no row is left.</exception>
    public static MapeResult Mape(IReadOnlyList<double> actual, IReadOnlyList<double> predicted)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(predicted);
        if (actual.Count != predicted.Count)
            throw new ArgumentException($"There are {predicted.Count} predictions for {actual.Count} actual values.", nameof(predicted));

        var (sum, rows, zeros) = (0.0, 0, 0);
        for (var i = 0; i < actual.Count; i++)
        {
            if (double.IsNaN(actual[i]))
                continue;
            if (!double.IsFinite(predicted[i]))
                throw new ArgumentException($"The prediction of row {i + 1} is {predicted[i]}; "
                    + "expected a finite number.", nameof(predicted));
            if (actual[i] == 0)
            {
                zeros++;
                continue;
            }

            sum += Math.Abs((actual[i] - predicted[i]) / actual[i]);
            rows++;
        }

        return rows > 0
            ? new MapeResult(100 * sum / rows, rows, zeros)
            : throw new ArgumentException($"No row has an actual value other than 0 (of {actual.Count}, {zeros} are 0, the rest "
                + "NaN).", nameof(actual));
    }
}
