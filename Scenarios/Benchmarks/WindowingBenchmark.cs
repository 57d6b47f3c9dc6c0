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
        string[] read = shape.Options.GroupColumn is { } group ? [.. Inputs, group] : Inputs;
        var rates = Interleaved.Run(quick ? 3 : 9, () => Rate(source, read, rows.Length), () => Rate(windows, shape.Made, rows.Length));
        // What opening a cursor costs goes out in the difference between many rows and few.
        var few = ml.Data.TakeRows(source, rows.Length / 2);
        var fewWindows = ml.Transforms.SlidingWindow(shape.Options).Fit(few).Transform(few);
        long bytes = Allocated(windows, shape.Made) - Allocated(fewWindows, shape.Made);
        long sourceBytes = Allocated(source, read) - Allocated(few, read);
        return new(shape.Name, rows.Length, rates[0].Median, rates[1].Median, Math.Max(0, bytes - sourceBytes) / (rows.Length / 2.0),
            rates[1].Median / rates[0].Median);
    }

    private static double Rate(IDataView view, string[] columns, int rows)
    {
        long start = Stopwatch.GetTimestamp();
        Read(view, columns);
        return rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static long Allocated(IDataView view, string[] columns)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(view, columns);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Read(IDataView view, string[] names)
    {
        DataViewSchema.Column[] columns = [.. names.Select(name => view.Schema[name])];
        using var cursor = view.GetRowCursor(columns);
        Action[] readers = [.. columns.Select(column => Reader(cursor, column))];
        while (cursor.MoveNext())
        {
            foreach (var read in readers)
                read();
        }
    }

    private static Action Reader(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        VectorDataViewType => Reader<VBuffer<float>>(row, column),
        TextDataViewType => Reader<ReadOnlyMemory<char>>(row, column),
        _ => Reader<float>(row, column),
    };

    private static Action Reader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () => getter(ref value);
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
            prices[i] = new() { Share = names[share], Open = random.NextSingle(), High = close + 1, Low = close - 1, Close = i % 10 == 0 ? float.NaN : close };
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
