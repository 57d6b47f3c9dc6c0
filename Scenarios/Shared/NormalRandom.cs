namespace MlNetRnn.Scenarios;

/// <summary>Standard normal numbers (Box-Muller).</summary>
internal sealed class NormalRandom(int seed)
{
    private readonly StableRandom _random = new(seed);

    public double Next()
    {
        // 1 - u lies in (0, 1], where the logarithm is finite.
        var radius = Math.Sqrt(-2 * Math.Log(1 - _random.Uniform()));
        return radius * Math.Cos(2 * Math.PI * _random.Uniform());
    }
}
