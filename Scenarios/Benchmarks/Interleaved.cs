namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Measures several ways of doing the same work in turn, A B A B, so that the machine's swings hit all alike.</summary>
internal static class Interleaved
{
    // Threads of ONNX Runtime and OpenMP spin for a while after a run, which would slow the next measurement.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs each measurement <paramref name="rounds"/> times after one warm-up round.</summary>
    /// <param name="rounds">Rounds that count.</param>
    /// <param name="measurements">Each gives a rate (work per second).</param>
    /// <returns>The rates of each measurement.</returns>
    public static Rates[] Run(int rounds, params ReadOnlySpan<Func<double>> measurements)
    {
        var rates = new double[measurements.Length][];
        for (int m = 0; m < measurements.Length; m++)
        {
            rates[m] = new double[rounds];
            measurements[m]();
        }
        for (int round = 0; round < rounds; round++)
        {
            for (int m = 0; m < measurements.Length; m++)
            {
                Thread.Sleep(Pause);
                rates[m][round] = measurements[m]();
            }
        }
        return [.. rates.Select(r => new Rates(r))];
    }
}

/// <summary>Rates of one measurement over the rounds; their median stands for it.</summary>
internal sealed class Rates(double[] values)
{
    private readonly double[] _values = values; // by round
    private readonly double[] _sorted = [.. values.Order()];

    /// <summary>The rates as they were measured, round by round, divided by those of another measurement in the same rounds.</summary>
    public Rates Over(Rates other) => new([.. _values.Zip(other._values, (own, others) => own / others)]);

    /// <summary>The value that a share of the rounds stay below.</summary>
    public double Quantile(double share)
    {
        double at = share * (_sorted.Length - 1);
        int below = (int)at;
        return below + 1 < _sorted.Length ? _sorted[below] + (at - below) * (_sorted[below + 1] - _sorted[below]) : _sorted[below];
    }

    public double Median => (_sorted[(_sorted.Length - 1) / 2] + _sorted[_sorted.Length / 2]) / 2;
}
