namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Runs the inference benchmark, prints a table and writes <c>inference.json</c>.</summary>
internal static class InferenceReport
{
    private const int Hidden = 64;
    private const int Steps = 24;
    private const int StreamedSteps = 240;

    private static readonly string[] Headers = ["cell", "hidden", "batch", "steps", "what", "µs", "ratio"];
    private static readonly string[] Cells = ["rnn", "lstm", "gru", "bilstm"];

    public static int Run(OutputFolder folder, bool quick, CancellationToken cancellation)
    {
        int rounds = quick ? 5 : 15;
        List<InferenceRow> results = [];
        void Add(string cell, int steps, params ReadOnlySpan<Func<InferenceModel, IEnumerable<InferenceRow>>> measurements)
        {
            using var model = new InferenceModel(cell, Hidden, steps);
            foreach (var measurement in measurements)
            {
                cancellation.ThrowIfCancellationRequested();
                results.AddRange(measurement(model));
            }
            Console.Error.WriteLine($"measured {cell}, {steps} steps");
        }

        foreach (string cell in Cells)
            Add(cell, Steps, m => InferenceBenchmark.Single(m, rounds), m => InferenceBenchmark.Batched(m, rounds));
        foreach (string cell in Cells.Where(c => c != "bilstm")) // its second direction starts at the end
            Add(cell, StreamedSteps, m => InferenceBenchmark.Streaming(m, rounds));
        Add("lstm", Steps, m => [FirstPrediction.Measure(m, rounds)]);

        ResultTable.Write(Headers, [.. results.Select(Texts)]);
        ResultFile.Write(folder, "inference.json", results);
        return 0;
    }

    private static string[] Texts(InferenceRow r) =>
        [r.Cell, $"{r.Hidden}", $"{r.Batch}", $"{r.Steps}", r.What, $"{r.Microseconds:n2}", $"{r.Ratio:f2}"];
}
