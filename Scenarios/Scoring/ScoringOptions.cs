using System.CommandLine;

namespace MlNetRnn.Scenarios.Scoring;

/// <summary>The command line.</summary>
internal sealed class ScoringOptions
{
    private readonly Option<string> _model = new("--model")
    {
        Description = "The model: a .zip written by ml.Model.Save, or an .onnx written by ml.Model.SaveAsOnnx.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "The rows to score, in order of time: a CSV file with a header row.",
        HelpName = "FILE.csv",
        Required = true,
    };

    private readonly Option<string?> _out = new("--out", "-o")
    {
        Description = "Where the scores go, with the number of the row that each is for. Default: standard output.",
        HelpName = "FILE.csv",
    };

    private readonly Option<string[]> _columns = new("--column")
    {
        Description = "The CSV columns to take as the model's inputs, in their order. Default: those of the names it was trained with.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _comparePrecisions = new("--compare-precisions")
    {
        Description = "Instead of scores, tells what the model in .onnx files of each precision gives and costs: size, time, and what it does "
            + "to the predictions of these rows. Of a .zip model.",
    };

    public RootCommand Command => new("Scores the rows of a CSV file with a trained sequence model, by ONNX Runtime alone.")
    {
        _model, _data, _out, _columns, _comparePrecisions,
    };

    public ScoringRequest Read(ParseResult result) => new(
        result.GetRequiredValue(_model), result.GetRequiredValue(_data), result.GetValue(_out), result.GetRequiredValue(_columns),
        result.GetValue(_comparePrecisions));
}

/// <summary>What was asked for.</summary>
/// <param name="Model">The model file.</param>
/// <param name="Data">The CSV file.</param>
/// <param name="Out">The file for the scores, or for the comparison; null for standard output.</param>
/// <param name="Columns">CSV columns for the model's inputs; none when they have the inputs' names.</param>
/// <param name="ComparePrecisions">Whether precisions are compared, in place of scoring.</param>
internal sealed record ScoringRequest(string Model, string Data, string? Out, string[] Columns, bool ComparePrecisions);
