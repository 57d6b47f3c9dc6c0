using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>
/// Rows per second of <c>SlidingWindow</c> with the vectors it makes read, beside enumerating the same columns of the source alone, and
/// the bytes it allocates per row.
/// </summary>
internal static class WindowingBenchmark
{
    private const int WindowLength = 20;
    private const int Groups = 100;
    private const int MostRows = 1_000_000;
    private const int FewRows = 100_000;

    private static readonly string[] Inputs = [nameof(Price.Open), nameof(Price.High), nameof(Price.Low), nameof(Price.Close)];

    /// <summary>A row of the results; <paramref name="Ratio"/> is the share of the source's rate.</summary>
    public sealed record Row(
        string Case, int Rows, double SourceRowsPerSecond, double RowsPerSecond, double BytesPerRow, double Ratio);

    /// <summary>What is measured.</summary>
    /// <param name="Name">Its name in the results.</param>
    /// <param name="Options">The windowing.</param>
    /// <param name="TakeTurns">Whether the groups of the source take turns.</param>
    /// <param name="Made">The columns that are read.</param>
    public sealed record Case(string Name, SlidingWindowOptions Options, bool TakeTurns, params string[] Made);

    public static IEnumerable<Case> Cases()
    {
        var simple = new SlidingWindowOptions { InputColumns = [.. Inputs], WindowLength = WindowLength };
        yield return new("simple", simple, false, "Window");
        yield return new("label", simple with { Horizon = 5 }, false, "Window", "Label");
        var grouped = simple with { GroupColumn = nameof(Price.Share) };
        yield return new("contiguous groups", grouped, false, "Window");
        yield return new("interleaved groups", grouped with { Groups = SeriesGroups.Interleaved }, true, "Window");
        yield return new("forward fill", simple with { MissingValues = MissingValuePolicy.ForwardFill }, false, "Window");
    }

    public static Row Run(Case shape, bool quick)
    {
        var ml = new MLContext(seed: 1);
        var rows = Prices(quick ? FewRows : MostRows, shape.TakeTurns);
        var source = ml.Data.LoadFromEnumerable(rows);
        var windows = ml.Transforms.SlidingWindow(shape.Options).Fit(source).Transform(source);
        string? group = shape.Options.GroupColumn;
        WarmUp(ml, ml.Data.LoadFromEnumerable(rows[..2000]), shape);
        var rates = Interleaved.Run(
            quick ? 3 : 15,
            () => Rate(rows.Length, () => ReadSource(source, group)),
            () => Rate(rows.Length, () => ReadWindows(windows, shape.Made)));
        // What opening a cursor costs goes out in the difference between many rows and half of them.
        var half = ml.Data.TakeRows(source, rows.Length / 2);
        var halfWindows = ml.Transforms.SlidingWindow(shape.Options).Fit(half).Transform(half);
        long bytes = Allocated(() => ReadWindows(windows, shape.Made)) - Allocated(() => ReadWindows(halfWindows, shape.Made))
            - (Allocated(() => ReadSource(source, group)) - Allocated(() => ReadSource(half, group)));
        return new(shape.Name, rows.Length, rates[0].Median, rates[1].Median, Math.Max(0, bytes) / (rows.Length / 2.0),
            rates[1].Median / rates[0].Median);
    }

    // Both loops are compiled to their final form first, so that the order of the cases does not matter.
    // Few rows of the same kind of source: the compiler must meet no other cursors than those that are measured.
    private static void WarmUp(MLContext ml, IDataView few, Case shape)
    {
        var windows = ml.Transforms.SlidingWindow(shape.Options).Fit(few).Transform(few);
        for (int round = 0; round < 4; round++)
        {
            for (int pass = 0; pass < 20; pass++)
            {
                ReadSource(few, shape.Options.GroupColumn);
                ReadWindows(windows, shape.Made);
            }
            Thread.Sleep(150); // the compiler works in the background
        }
    }

    private static double Rate(int rows, Action read)
    {
        long start = Stopwatch.GetTimestamp();
        read();
        return rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static long Allocated(Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        read();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // The two loops are methods of their own, so that the just-in-time compiler optimises each for the cursors it meets.
    private static void ReadSource(IDataView source, string? group)
    {
        string[] names = group is null ? Inputs : [.. Inputs, group];
        using var cursor = source.GetRowCursor(names.Select(name => source.Schema[name]));
        ValueGetter<float>[] getters = [.. Inputs.Select(name => cursor.GetGetter<float>(source.Schema[name]))];
        var getGroup = group is null ? null : cursor.GetGetter<ReadOnlyMemory<char>>(source.Schema[group]);
        float value = 0;
        ReadOnlyMemory<char> text = default;
        while (cursor.MoveNext())
        {
            foreach (var get in getters)
                get(ref value);
            getGroup?.Invoke(ref text);
        }
    }

    private static void ReadWindows(IDataView windows, string[] made)
    {
        DataViewSchema.Column[] columns = [.. made.Select(name => windows.Schema[name])];
        using var cursor = windows.GetRowCursor(columns);
        ValueGetter<VBuffer<float>>[] getters = [.. columns.Select(cursor.GetGetter<VBuffer<float>>)];
        var buffers = new VBuffer<float>[getters.Length];
        while (cursor.MoveNext())
        {
            for (int i = 0; i < getters.Length; i++)
                getters[i](ref buffers[i]);
        }
    }

    private static Price[] Prices(int count, bool takeTurns)
    {
        var random = new Random(1);
        string[] names = [.. Enumerable.Range(0, Groups).Select(i => $"share {i}")];
        var prices = new Price[count];
        for (int i = 0; i < count; i++)
        {
            int share = takeTurns ? i % Groups : (int)((long)i * Groups / count);
            float close = random.NextSingle();
            prices[i] = new()
            {
                Share = names[share],
                Open = random.NextSingle(),
                High = close + 1,
                Low = close - 1,
                Close = i % 10 == 0 ? float.NaN : close,
            };
        }
        return prices;
    }

    private sealed class Price
    {
        public string Share { get; set; } = "";

        public float Open { get; set; }

        public float High { get; set; }

        public float Low { get; set; }

        public float Close { get; set; }
    }
}
