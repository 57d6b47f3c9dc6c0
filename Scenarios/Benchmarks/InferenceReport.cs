namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Runs the inference benchmark, prints a table and writes <c>inference.json</c>.</summary>
internal static class InferenceReport
{
    private const int Hidden = 64;
    private const int Steps = 24;
    private const int StreamedSteps = 240;
    private const int PreciseHidden = 256; // where reduced precision is for

    private static readonly string[] Headers = ["cell", "hidden", "batch", "steps", "what", "µs", "ratio"];
    private static readonly string[] Cells = ["rnn", "lstm", "gru", "bilstm"];
    private static readonly string[] PreciseCells = ["lstm", "gru"];

    public static int Run(OutputFolder folder, bool quick, CancellationToken cancellation)
    {
        int rounds = quick ? 3 : 15;
        List<InferenceRow> results = [];
        void Add(string cell, int hidden, int steps, params ReadOnlySpan<Func<InferenceModel, IEnumerable<InferenceRow>>> measurements)
        {
            using var model = new InferenceModel(cell, hidden, steps);
            foreach (var measurement in measurements)
            {
                cancellation.ThrowIfCancellationRequested();
                results.AddRange(measurement(model));
            }
            Console.Error.WriteLine($"measured {cell} {hidden}, {steps} steps");
        }

        foreach (string cell in Cells)
            Add(cell, Hidden, Steps, m => InferenceBenchmark.Single(m, rounds), m => InferenceBenchmark.Batched(m, rounds));
        foreach (string cell in Cells.Where(c => c != "bilstm")) // its second direction starts at the end
            Add(cell, Hidden, StreamedSteps, m => InferenceBenchmark.Streaming(m, rounds));
        foreach (string cell in quick ? PreciseCells[..1] : PreciseCells)
            Add(cell, PreciseHidden, Steps, m => InferenceBenchmark.Precisions(m, rounds));
        Add("lstm", Hidden, Steps, m => [FirstPrediction.Measure(m, rounds)]);

        ResultTable.Write(Headers, [.. results.Select(Texts)]);
        ResultFile.Write(folder, "inference.json", results);
        return 0;
    }

    private static string[] Texts(InferenceRow r) =>
        [r.Cell, $"{r.Hidden}", $"{r.Batch}", $"{r.Steps}", r.What, $"{r.Microseconds:n2}", $"{r.Ratio:f2}"];
}
