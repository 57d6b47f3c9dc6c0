namespace MlNetRnn;

/// <summary>How a metric changes when a feature's values are taken from other sequences.</summary>
/// <param name="Baseline">The metric on the data as it is.</param>
/// <param name="Mean">The mean over permutations of the permuted metric minus the baseline: where the model relies on the
/// feature, accuracies have a negative change, losses and errors a positive one.</param>
/// <param name="StandardDeviation">The sample standard deviation of the change over permutations; 0 for a single permutation.</param>
public readonly record struct MetricChange(double Baseline, double Mean, double StandardDeviation)
{
    internal static MetricChange Of(double baseline, IEnumerable<double> permuted)
    {
        var changes = permuted.Select(value => value - baseline).ToArray();
        var mean = changes.Average();
        var squares = changes.Sum(change => (change - mean) * (change - mean));
        return new(baseline, mean, changes.Length == 1 ? 0 : Math.Sqrt(squares / (changes.Length - 1)));
    }
}
