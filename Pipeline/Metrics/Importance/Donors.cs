namespace MlNetRnn;

/// <summary>
/// Draws for each sequence another one of like length. Sequences are sorted by length and cut into groups where the length changes, of at
/// least <see cref="FewestInGroup"/> sequences; those of the same length are never apart. Sequences of one length are one group.
/// </summary>
internal sealed class Donors
{
    private const int FewestInGroup = 32;

    private readonly List<int[]> _groups = [];
    private readonly int _count;

    /// <param name="steps">The length of each sequence.</param>
    /// <exception cref="InvalidOperationException">There are fewer than two sequences.</exception>
    public Donors(int[] steps)
    {
        _count = steps.Length;
        var sorted = Enumerable.Range(0, steps.Length).OrderBy(row => steps[row]).ToArray(); // stable
        if (sorted.Length < 2)
            throw new InvalidOperationException($"The data has {sorted.Length} sequence(s) with steps, expected at least two, better "
                + "hundreds: a feature's values are taken from another sequence.");
        var start = 0;
        for (var i = FewestInGroup; i <= sorted.Length - FewestInGroup; i++)
        {
            if (i - start < FewestInGroup || steps[sorted[i]] == steps[sorted[i - 1]])
                continue;
            _groups.Add(sorted[start..i]);
            start = i;
        }
        _groups.Add(sorted[start..]);
    }

    /// <summary>For each sequence another one, each taken once.</summary>
    public int[] Draw(Random random)
    {
        int[] donors = [.. Enumerable.Range(0, _count)];
        foreach (var group in _groups)
            Cycle(group, donors, random);
        return donors;
    }

    // Sattolo, An algorithm to generate a random cyclic permutation (1986): all in one cycle, so that none gets itself.
    private static void Cycle(int[] group, int[] donors, Random random)
    {
        for (var i = group.Length - 1; i > 0; i--)
        {
            var j = random.Next(i);
            (donors[group[i]], donors[group[j]]) = (donors[group[j]], donors[group[i]]);
        }
    }
}
