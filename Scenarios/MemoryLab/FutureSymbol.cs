namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>A task whose answer lies in the future: which symbol comes some steps later, asked at every step that has one.</summary>
internal static class FutureSymbol
{
    public const int Symbols = 8, Steps = 30, Ahead = 3;

    /// <summary>Steps of a sequence that have an answer.</summary>
    public const int Answered = Steps - Ahead;

    public static double Chance => 1.0 / Symbols;

    /// <summary>Draws sequences of symbols, <c>[count, Steps]</c>, each from 0 to <see cref="Symbols"/> - 1 and independent of the others.</summary>
    public static int[][] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Steps).Select(_ => random.Next(Symbols)).ToArray())];
    }
}
