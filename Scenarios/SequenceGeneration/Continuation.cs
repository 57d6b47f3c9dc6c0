namespace MlNetRnn.Scenarios.SequenceGeneration;

/// <summary>A way to go on with a series, measured by what came.</summary>
/// <param name="Name">What made it.</param>
/// <param name="Values">The steps.</param>
internal sealed record Continuation(string Name, float[] Values)
{
    /// <summary>The simplest ones: as the last value, as one period before, as the mean.</summary>
    public static IEnumerable<Continuation> Baselines(Series series, int? period)
    {
        int length = series.Truth.Length;
        yield return new("naive", [.. Enumerable.Repeat(series.Known[^1], length)]);
        if (period is { } p)
            yield return new("seasonal naive", [.. Enumerable.Range(0, length).Select(i => series.Known[^(p - (i % p))])]);
        yield return new("mean", [.. Enumerable.Repeat(series.Known.Average(), length)]);
    }

    /// <summary>Root mean squared error of some steps.</summary>
    public double Rmse(float[] truth, Range steps) =>
        Math.Sqrt(Values[steps].Zip(truth[steps], (v, t) => ((double)v - t) * (v - t)).Average());

    /// <summary>Mean absolute error.</summary>
    public double Mae(float[] truth) => Values.Zip(truth, (v, t) => Math.Abs((double)v - t)).Average();
}
