namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Runs the training benchmark over its shapes, prints a table and writes <c>training.json</c>.</summary>
internal static class TrainingReport
{
    private static readonly string[] Headers = ["cell", "hidden", "batch", "steps", "features", "plain windows/s", "Fit windows/s", "ratio"];

    public static int Run(OutputFolder folder, bool quick, CancellationToken cancellation)
    {
        List<TrainingBenchmark.Row> results = [];
        foreach (var shape in TrainingBenchmark.Cases(quick))
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(TrainingBenchmark.Run(shape, quick));
            Console.Error.WriteLine($"measured {shape.Cell} {shape.Hidden} x batch {shape.Batch}");
        }
        ResultTable.Write(Headers, [.. results.Select(Cells)]);
        ResultFile.Write(folder, "training.json", results);
        return 0;
    }

    private static string[] Cells(TrainingBenchmark.Row r) =>
        [r.Cell, $"{r.Hidden}", $"{r.Batch}", $"{r.Steps}", $"{r.Features}", $"{r.PlainWindowsPerSecond:n0}", $"{r.WindowsPerSecond:n0}", $"{r.Ratio:f2}"];
}
