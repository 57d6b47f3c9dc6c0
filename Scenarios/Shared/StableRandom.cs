namespace MlNetRnn.Scenarios;

/// <summary>
/// Random numbers that stay the same (SplitMix64). Not <see cref="Random"/>, whose sequence may change from one .NET version to the next
/// and with it every figure reported on data that was generated or split.
/// </summary>
internal sealed class StableRandom(int seed)
{
    private ulong _state = unchecked((ulong)seed);

    /// <summary>A number of at least 0 and below 1.</summary>
    public double Uniform()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A whole number of at least 0 and below <paramref name="count"/>.</summary>
    public int Below(int count) => (int)(Uniform() * count);

    public bool Chance(double probability) => Uniform() < probability;

    public T OneOf<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Puts the items into a random order (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
