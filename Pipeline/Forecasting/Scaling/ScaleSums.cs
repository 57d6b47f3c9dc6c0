using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>Takes in the values of one series.</summary>
internal sealed class ScaleSums(SeriesScaling scaling)
{
    private const double IqrOfNormal = 1.349;

    private readonly List<float> _values = []; // of the robust kind alone
    private long _count;
    private double _mean, _squares, _absolute; // squared differences from the mean, by Welford's updates

    /// <summary>Takes in a value; one that is missing does not count.</summary>
    public void Add(float value)
    {
        if (float.IsNaN(value))
            return;
        _count++;
        var difference = value - _mean;
        _mean += difference / _count;
        _squares += difference * (value - _mean);
        _absolute += Math.Abs(value);
        if (scaling == SeriesScaling.Robust)
            _values.Add(value);
    }

    /// <summary>The values of several series as one.</summary>
    public static LocationScale Pooled(SeriesScaling scaling, IEnumerable<ScaleSums> series)
    {
        var all = new ScaleSums(scaling);
        foreach (var sums in series)
            all.Add(sums);
        return all.Result();
    }

    /// <summary>Location and scale of the values so far.</summary>
    public LocationScale Result()
    {
        if (_count == 0)
            return LocationScale.None;
        var deviation = Math.Sqrt(_squares / _count);
        return scaling switch
        {
            SeriesScaling.Standard => LocationScale.Of(_mean, deviation),
            SeriesScaling.MeanAbsolute => LocationScale.Of(0, _absolute / _count),
            _ => Robust(deviation),
        };
    }

    private LocationScale Robust(double deviation)
    {
        var sorted = CollectionsMarshal.AsSpan(_values);
        sorted.Sort();
        var range = Quantile(sorted, 0.75) - Quantile(sorted, 0.25);
        return LocationScale.Of(Quantile(sorted, 0.5), range > 0 ? range / IqrOfNormal : deviation);
    }

    // Between the two values around the place, as most do (Hyndman and Fan's type 7).
    private static double Quantile(ReadOnlySpan<float> sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * ((double)sorted[above] - sorted[below]));
    }

    // Chan's rule for the sums of two parts.
    private void Add(ScaleSums other)
    {
        if (other._count == 0)
            return;
        var (count, difference) = (_count + other._count, other._mean - _mean);
        _squares += other._squares + (difference * difference * _count / count * other._count);
        _mean += difference * other._count / count;
        (_count, _absolute) = (count, _absolute + other._absolute);
        _values.AddRange(other._values);
    }
}
