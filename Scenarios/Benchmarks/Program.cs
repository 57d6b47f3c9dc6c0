using System.CommandLine;
using MlNetRnn.Scenarios;
using MlNetRnn.Scenarios.Benchmarks;

if (args is [FirstPrediction.Argument, var model])
    return FirstPrediction.Run(model); // before anything else is loaded: its time is measured

var quick = new Option<bool>("--quick") { Description = "A few shapes and rounds: under a minute." };
var output = new Option<DirectoryInfo>("--out", "-o")
{
    Description = "Folder for the results as JSON.",
    HelpName = "DIR",
    DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("out", "Benchmarks")),
};
return ScenarioHost.Run(args, new RootCommand("Measures MlNetRnn beside what one would do without it, side by side in one process.")
{
    TrainingReport.Command(quick, output),
    Benchmark("inference", InferenceReport.Run, "Time per sequence of every way to score a model: raw OnnxRuntime, SequencePredictor, Transform, ApplyOnnxModel, TorchSharp; a "
        + "step of a series; reduced precisions."),
    Benchmark("generation", GenerationReport.Run, "Tokens per second of a language model beside a loop by hand, and beside scoring the text anew for each token."),
    Benchmark("windowing", WindowingReport.Run, "Rows per second of SlidingWindow beside enumerating its source alone."),
    Benchmark("engine", EngineReport.Run, "Microseconds per raw row of a sequence engine beside SequencePredictor and PredictionEngine on whole windows."),
});

Command Benchmark(string name, Func<OutputFolder, bool, CancellationToken, int> run, string description)
{
    var command = new Command(name, description) { quick, output };
    command.Runs((result, cancellation) => run(new OutputFolder(result.GetRequiredValue(output).FullName), result.GetValue(quick), cancellation));
    return command;
}
