using System.CommandLine;

namespace MlNetRnn.Scenarios.SequenceGeneration;

/// <summary>The command line.</summary>
internal sealed class SequenceGenerationOptions
{
    private readonly CommonOptions _common = new("SequenceGeneration", epochs: 60);

    private readonly Option<FileInfo?> _data = new("--data") { Description = "A CSV file with a header row, oldest row first; a noisy wave without it.", HelpName = "FILE" };

    private readonly Option<string?> _column = new("--column") { Description = "The column of values in the file; needed with --data.", HelpName = "NAME" };

    private readonly Option<string> _cell = new Option<string>("--cell") { Description = "The recurrent cell.", DefaultValueFactory = _ => "lstm" }
        .AcceptOnlyFromAmong([.. Cells.Keys]);

    private readonly Option<int?> _window = new("--window")
    {
        Description = "Values that the next one is predicted from; without it, twice the period that the series shows.",
        HelpName = "N",
    };

    private readonly Option<int> _length = new Option<int>("--length")
    {
        Description = "Steps to generate: they are held out, for comparison.",
        HelpName = "N",
        DefaultValueFactory = _ => 200,
    }.AtLeast(1);

    public SequenceGenerationOptions()
    {
        _window.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--window must be at least 1.");
        });
        Command = new RootCommand("Learns to predict the next value of a series, and goes on with it by its own predictions.")
        {
            _data, _column, _cell, _window, _length,
        };
        _common.AddTo(Command);
        Command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            if (Given(_data) != Given(_column))
                result.AddError("--data and --column go together: the file, and the column of values in it.");
        });
    }

    /// <summary>The cells by their names.</summary>
    public static IReadOnlyDictionary<string, RecurrentOptions> Cells { get; } = new Dictionary<string, RecurrentOptions>
    {
        ["rnn"] = new() { Cell = RecurrentCell.Rnn },
        ["lstm"] = new() { Cell = RecurrentCell.Lstm },
        ["gru"] = new() { Cell = RecurrentCell.Gru },
        ["bilstm"] = new() { Cell = RecurrentCell.Lstm, Bidirectional = true },
    };

    public RootCommand Command { get; }

    public SequenceGenerationSettings Read(ParseResult result) => new(
        _common.Read(result), result.GetValue(_data)?.FullName, result.GetValue(_column), result.GetRequiredValue(_cell), result.GetValue(_window),
        result.GetRequiredValue(_length));
}

/// <summary>What the user asked for.</summary>
internal sealed record SequenceGenerationSettings(CommonValues Common, string? Data, string? Column, string Cell, int? Window, int Length);
