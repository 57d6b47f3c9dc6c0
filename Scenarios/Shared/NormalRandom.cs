namespace MlNetRnn.Scenarios;

/// <summary>
/// Standard normal numbers (Box-Muller over SplitMix64). Not <see cref="Random"/>, whose sequence may change from one .NET version to
/// the next and with it every figure reported on generated data.
/// </summary>
internal sealed class NormalRandom(int seed)
{
    private ulong _state = unchecked((ulong)seed);

    public double Next()
    {
        // 1 - u lies in (0, 1], where the logarithm is finite.
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        return radius * Math.Cos(2 * Math.PI * Uniform());
    }

    private double Uniform()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
