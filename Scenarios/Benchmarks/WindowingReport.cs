namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Runs the windowing benchmark, prints a table and writes <c>windowing.json</c>.</summary>
internal static class WindowingReport
{
    private static readonly string[] Headers = ["case", "rows", "source rows/s", "SlidingWindow rows/s", "bytes/row", "ratio"];

    public static int Run(OutputFolder folder, bool quick, CancellationToken cancellation)
    {
        List<WindowingBenchmark.Row> results = [];
        foreach (var shape in WindowingBenchmark.Cases())
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(WindowingBenchmark.Run(shape, quick));
        }
        ResultTable.Write(Headers, [.. results.Select(Cells)]);
        ResultFile.Write(folder, "windowing.json", results);
        return 0;
    }

    private static string[] Cells(WindowingBenchmark.Row r) =>
        [r.Case, $"{r.Rows:n0}", $"{r.SourceRowsPerSecond:n0}", $"{r.RowsPerSecond:n0}", $"{r.BytesPerRow:f2}", $"{r.Ratio:f2}"];
}
