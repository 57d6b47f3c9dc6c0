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
var inference = new Command("inference", "Time per sequence of every way to score a model: raw "
    + "OnnxRuntime, SequencePredictor, Transform, ApplyOnnxModel, TorchSharp; a step of a series; reduced precisions.") { quick, output };
inference.Runs((result, cancellation) => InferenceReport.Run(Folder(result), result.GetValue(quick), cancellation));
var windowing = new Command("windowing", "Rows per second of SlidingWindow beside enumerating its source alone.") { quick, output };
windowing.Runs((result, cancellation) => WindowingReport.Run(Folder(result), result.GetValue(quick), cancellation));
return ScenarioHost.Run(args, new RootCommand("Measures MlNetRnn beside what one would do without it, side by side in one "
    + "process.") { TrainingReport.Command(quick, output), inference, windowing, EngineReport.Command(quick, output), GenerationReport.Command(quick, output) });

OutputFolder Folder(ParseResult result) => new(result.GetRequiredValue(output).FullName);
