namespace MlNetRnn;

/// <summary>
/// Simple exponential smoothing, level = level + alpha (value - level), whose alpha and first level make the sum of squared errors one step
/// ahead smallest. The first level follows from alpha in closed form, so that the search is over one number.
/// </summary>
/// <param name="Alpha">How much of an error the level takes over.</param>
/// <param name="Level">The last level, which is the forecast of every step.</param>
/// <param name="SquaredErrors">The sum of squared errors.</param>
internal readonly record struct ExponentialSmoothing(double Alpha, double Level, double SquaredErrors)
{
    private const double Smallest = 1e-4;
    private const double Largest = 1 - 1e-4;
    private const int Parts = 20; // of the range: the sum may have several minima
    private const int Steps = 28; // of golden section: 1e-7 of the range

    /// <summary>Fits one value at least.</summary>
    public static ExponentialSmoothing Fit(ReadOnlySpan<double> values)
    {
        var (width, best) = ((Largest - Smallest) / Parts, 0);
        var fit = Smooth(values, Smallest);
        for (var part = 1; part <= Parts; part++)
            if (Smooth(values, Smallest + (part * width)) is var other && other.SquaredErrors < fit.SquaredErrors)
                (fit, best) = (other, part);
        var (from, to) = (Math.Max(best - 1, 0), Math.Min(best + 1, Parts));
        var narrowed = Narrow(values, Smallest + (from * width), Smallest + (to * width));
        return narrowed.SquaredErrors < fit.SquaredErrors ? narrowed : fit;
    }

    private static ExponentialSmoothing Narrow(ReadOnlySpan<double> values, double from, double to)
    {
        var golden = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Smooth(values, to - (golden * (to - from))), Smooth(values, from + (golden * (to - from))));
        for (var step = 0; step < Steps; step++)
        {
            if (low.SquaredErrors <= high.SquaredErrors)
            {
                (to, high) = (high.Alpha, low);
                low = Smooth(values, to - (golden * (to - from)));
            }
            else
            {
                (from, low) = (low.Alpha, high);
                high = Smooth(values, from + (golden * (to - from)));
            }
        }
        return low.SquaredErrors <= high.SquaredErrors ? low : high;
    }

    // From the first value as level, error t is a[t]; from a level higher by d it is a[t] - (1 - alpha)^t d: the best d is a quotient of
    // sums.
    private static ExponentialSmoothing Smooth(ReadOnlySpan<double> values, double alpha)
    {
        var (level, rest) = (values[0], 1.0);
        var (errors, products, rests) = (0.0, 0.0, 0.0);
        foreach (var value in values)
        {
            var error = value - level;
            errors += error * error;
            products += error * rest;
            rests += rest * rest;
            level += alpha * error;
            rest *= 1 - alpha;
        }
        var shift = products / rests;
        return new(alpha, level + (rest * shift), Math.Max(errors - (products * shift), 0));
    }
}
