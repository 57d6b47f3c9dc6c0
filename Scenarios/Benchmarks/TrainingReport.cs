using System.CommandLine;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Runs the training benchmark over its shapes, prints tables and writes <c>training.json</c> and <c>fit.json</c>.</summary>
internal static class TrainingReport
{
    private static readonly string[] Headers =
        ["cell", "hidden", "batch", "steps", "features", "plain windows/s", "Fit windows/s", "ratio", "of 90 %", "plain share", "share"];

    private static readonly string[] FitHeaders = ["cell", "hidden", "batch", "steps", "features", "epochs s", "Fit s", "ratio"];

    /// <summary>The command, with the options that all benchmarks have.</summary>
    public static Command Command(Option<bool> quick, Option<DirectoryInfo> output)
    {
        var threads = new Option<int?>("--threads")
        {
            Description = "Threads to train with, on both sides (default: libtorch's own number).",
            HelpName = "N",
        };
        var command = new Command("training", "Windows per second of Fit beside a plain TorchSharp loop, and the time of Fit from end to end.")
        {
            quick, output, threads,
        };
        command.Runs((result, cancellation) => Run(
            new OutputFolder(result.GetRequiredValue(output).FullName), result.GetValue(quick), result.GetValue(threads), cancellation));
        return command;
    }

    private static int Run(OutputFolder folder, bool quick, int? threads, CancellationToken cancellation)
    {
        var ml = new MLContext(seed: 1);
        TrainingBenchmark.LoadTorch(ml);
        return RunLoaded(ml, folder, quick, threads, cancellation);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // torch's initialiser must not run before libtorch is loaded
    private static int RunLoaded(MLContext ml, OutputFolder folder, bool quick, int? given, CancellationToken cancellation)
    {
        int threads = given ?? torch.get_num_threads();
        double peak = ArithmeticPeak.Registers(threads);
        Console.WriteLine($"Peak of {threads} thread(s): {peak / 1e9:f0} GFLOP/s in registers; libtorch's matrix product: "
            + $"{ArithmeticPeak.MatrixProduct(threads) / 1e9:f0} GFLOP/s.");
        var benchmark = new TrainingBenchmark(ml, threads, peak);
        List<TrainingBenchmark.Row> results = [];
        foreach (var shape in TrainingBenchmark.Cases(quick))
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(benchmark.Run(shape, rounds: quick ? 3 : 5));
            Console.Error.WriteLine($"measured {shape.Cell} {shape.Hidden} x batch {shape.Batch}, {shape.Steps} steps x {shape.Features} features");
        }
        ResultTable.Write(Headers, [.. results.Select(Texts)]);
        foreach (var cell in results.GroupBy(r => r.Cell))
        {
            double mean = Math.Exp(cell.Average(r => Math.Log(r.Ratio)));
            Console.WriteLine($"{cell.Key}: {mean:f2} times the plain loop (geometric mean), at least {cell.Min(r => r.Ratio):f2}.");
        }
        var fits = FitBenchmark.Run(benchmark, quick, cancellation);
        ResultTable.Write(FitHeaders, [.. fits.Select(Texts)]);
        ResultFile.WriteOneOf(folder, "training.json", results);
        ResultFile.Write(folder, "fit.json", fits);
        return 0;
    }

    private static string[] Texts(TrainingBenchmark.Row r) =>
    [
        r.Cell, $"{r.Hidden}", $"{r.Batch}", $"{r.Steps}", $"{r.Features}", $"{r.PlainWindowsPerSecond:n0}", $"{r.WindowsPerSecond:n0}",
        $"{r.Ratio:f2}", $"{r.RatioLow:f2}–{r.RatioHigh:f2}", $"{r.PlainShareOfPeak:p0}", $"{r.ShareOfPeak:p0}",
    ];

    private static string[] Texts(FitBenchmark.Row r) =>
    [
        r.Cell, $"{r.Hidden}", $"{r.Batch}", $"{r.Steps}", $"{r.Features}", $"{r.EpochSeconds:f2}", $"{r.FitSeconds:f2}", $"{r.Ratio:f3}",
    ];
}
