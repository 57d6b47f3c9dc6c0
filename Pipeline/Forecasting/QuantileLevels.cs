using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>The levels of quantiles.</summary>
internal static class QuantileLevels
{
    /// <summary>Finds levels that are not between 0 and 1, and levels that repeat.</summary>
    public static void Check(string setting, ImmutableArray<double> levels, Problems problems)
    {
        foreach (var level in levels)
            problems.AddIf(!(level > 0 && level < 1), $"{setting} holds {level}, expected levels between 0 and 1, such as 0.1, 0.5 and 0.9.");
        foreach (var (level, count) in levels.CountBy(level => level))
            problems.AddIf(count > 1, $"{setting} holds {level} {count} times: give each level once.");
    }

    /// <summary>Finds a confidence level that is not between 0 and 1.</summary>
    public static void CheckConfidence(double level, Problems problems)
        => problems.AddIf(!(level > 0 && level < 1), $"ConfidenceLevel is {level}, expected a number between 0 and 1: the share of values that "
            + "the bounds are to hold, such as 0.95.");

    /// <summary>A level kept as Single, as the number that was meant: 0.1 for 0.1f, not 0.10000000149.</summary>
    public static double FromSingle(float level) => (double)(decimal)level;
}
