using System.CommandLine;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>The command line.</summary>
internal sealed class StockPriceOptions
{
    private readonly CommonOptions _common = new("StockPrice", epochs: 60);

    private readonly Option<FileInfo?> _data = new("--data") { Description = "A CSV file with a header row, oldest row first.", HelpName = "FILE" };

    private readonly Option<string?> _column = new("--column") { Description = "The column of prices in the file. Default: DAX.", HelpName = "NAME" };

    private readonly Option<string> _source = new Option<string>("--source")
    {
        Description = "Without --data: daily closes of the DAX 1991-1998, or a noisy sine.",
        DefaultValueFactory = _ => "dax",
    }.AcceptOnlyFromAmong("dax", "synthetic");

    private readonly Option<string> _cell = new Option<string>("--cell")
    {
        Description = "The recurrent cell; 'all' compares them.",
        DefaultValueFactory = _ => "lstm",
    }.AcceptOnlyFromAmong([.. CellChoice.Names, "all"]);

    private readonly Option<int> _window = Number("--window", 20, "Rows that a prediction looks back on.");

    private readonly Option<int> _horizon = Number("--horizon", 1, "Rows that are predicted ahead.");

    private readonly Option<int> _batch = Number("--batch", 32, "Windows per training step.");

    public StockPriceOptions()
    {
        Command = new RootCommand("Predicts the next values of a series with a recurrent network, beside persistence and a linear model.")
        {
            _data, _column, _source, _cell, _window, _horizon, _batch,
        };
        _common.AddTo(Command);
    }

    public RootCommand Command { get; }

    public StockPriceSettings Read(ParseResult result) => new(
        _common.Read(result),
        result.GetValue(_data)?.FullName,
        result.GetValue(_column),
        result.GetRequiredValue(_source),
        result.GetRequiredValue(_cell),
        result.GetRequiredValue(_window),
        result.GetRequiredValue(_horizon),
        result.GetRequiredValue(_batch));

    private static Option<int> Number(string name, int value, string description) =>
        new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value }.AtLeast(1);
}

/// <summary>What the user asked for.</summary>
internal sealed record StockPriceSettings(
    CommonValues Common, string? Data, string? Column, string Source, string Cell, int Window, int Horizon, int Batch);
