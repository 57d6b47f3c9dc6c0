using System.Diagnostics;

namespace MlNetRnn;

/// <summary>Times several ways of doing the same work in turn, A B C A B C, so that the machine's swings hit all alike.</summary>
internal static class PrecisionTimer
{
    private const int MostRounds = 15, LeastRounds = 3;

    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(2); // of one way: shorter times are lost in the clock's
    private static readonly TimeSpan s_all = TimeSpan.FromSeconds(2);

    /// <summary>The median seconds of each.</summary>
    public static double[] Measure(Action[] ways)
    {
        double once = ways.Max(Warm);
        int calls = (int)Math.Clamp(s_round.TotalSeconds / once, 1, 1000);
        int rounds = (int)Math.Clamp(s_all.TotalSeconds / (once * calls * ways.Length), LeastRounds, MostRounds);
        double[][] seconds = [.. ways.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            for (int way = 0; way < ways.Length; way++)
                seconds[way][round] = Seconds(ways[way], calls);
        }
        return [.. seconds.Select(s => s.Order().ElementAt(rounds / 2))];
    }

    // The first calls make buffers and are compiled.
    private static double Warm(Action way)
    {
        Seconds(way, 3);
        return Seconds(way, 1);
    }

    private static double Seconds(Action way, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
            way();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }
}
