namespace MlNetRnn.Scenarios;

/// <summary>Splits examples at random so that each class has the same share in both parts.</summary>
public static class StratifiedSplit
{
    /// <summary>
    /// Splits; both parts keep the order of the items. Of a class of n items, n · <paramref name="testFraction"/> are taken for the test,
    /// rounded, but never all of them.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="label">The class of an item.</param>
    /// <param name="testFraction">Share of the test part, between 0 and 1.</param>
    /// <param name="seed">The same seed gives the same split on every machine.</param>
    public static (IReadOnlyList<T> Train, IReadOnlyList<T> Test) Split<T>(
        IReadOnlyList<T> items, Func<T, string> label, double testFraction, int seed)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(label);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(testFraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(testFraction, 1);
        var random = new StableRandom(seed);
        var isTest = new bool[items.Count];
        foreach (var group in Enumerable.Range(0, items.Count).GroupBy(i => label(items[i])).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            int[] members = [.. group];
            random.Shuffle<int>(members);
            int count = Math.Min((int)Math.Round(members.Length * testFraction, MidpointRounding.AwayFromZero), members.Length - 1);
            foreach (int i in members[..count])
                isTest[i] = true;
        }
        return ([.. items.Where((_, i) => !isTest[i])], [.. items.Where((_, i) => isTest[i])]);
    }
}
