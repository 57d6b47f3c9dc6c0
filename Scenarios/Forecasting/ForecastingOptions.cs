using System.CommandLine;
using System.CommandLine.Parsing;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>The command line.</summary>
internal sealed class ForecastingOptions
{
    private readonly CommonOptions _common = new("Forecasting", Recipe.MostEpochs);

    private readonly Option<FileInfo?> _train = DataFile("--train", "Series in the format of the M4 competition: a name and values on each line.");

    private readonly Option<FileInfo?> _test = DataFile("--test", "What came after them, in the same format.");

    private readonly Option<FileInfo?> _data = DataFile("--data", "A wide table: the time in the first column, a series in each other one of numbers.");

    private readonly Option<FileInfo?> _long = DataFile("--long", "A long table: a row for each series and time; see --id, --time and --value.");

    private readonly Option<string?> _frequency = new("--frequency")
    {
        Description = "How often there is a value; by the times where it is not given.",
        HelpName = string.Join('|', Frequency.Names),
    };

    private readonly Option<int?> _horizon = new("--horizon") { Description = "Steps to forecast; without it, as many as --test has, 12 of the shipped series, else those of the M4 competition; of several rows an hour or a day, two days, at most 96.", HelpName = "N" };

    private readonly Option<string?> _columns = new("--columns") { Description = "Columns of the wide table, with commas between; all of numbers where it is not given.", HelpName = "A,B" };

    private readonly Option<string?> _split = new("--split")
    {
        Description = "Rows of the wide table that train, validate and test. Without it, 12, 4 and 4 months (of hours 8640,2880,2880) where there are as many, several a day, else 60, 20 and 20 %.",
        HelpName = "N,N,N",
    };

    private readonly Option<string> _id = Column("--id", "The long table's column of names.", "id");

    private readonly Option<string> _time = Column("--time", "The long table's column of times.", "time");

    private readonly Option<string> _value = Column("--value", "The long table's column of values.", "value");

    private readonly Option<int> _folds = new("--folds")
    {
        Description = "Origins of a rolling backtest, besides the forecast of the last steps; 0 for none. Without it, up to 5 for up to 20 series.",
        HelpName = "N",
        DefaultValueFactory = _ => -1,
    };

    private readonly Option<bool> _refit = new("--refit") { Description = "Train anew at each origin of the backtest, rather than before the first one alone." };

    public ForecastingOptions()
    {
        _frequency.AcceptOnlyFromAmong(Frequency.Names);
        _folds.Validators.Add(result =>
        {
            if (result is { Implicit: false } && result.GetValueOrDefault<int>() < 0)
                result.AddError("--folds must be at least 0.");
        });
        _horizon.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--horizon must be at least 1.");
        });
        _split.Validators.Add(result =>
        {
            if (Numbers(result.GetValueOrDefault<string?>()) is not { Length: 0 or 3 })
                result.AddError("--split takes three numbers of rows above 0 with commas between, such as 8640,2880,2880.");
        });
        Command = new RootCommand("Forecasts many series with one ensemble of recurrent networks, with intervals, beside the usual baselines: monthly sunspots "
            + "and air passengers, files of the M4 competition, wide and long tables.")
        {
            _train, _test, _data, _long, _frequency, _horizon, _columns, _split, _id, _time, _value, _folds, _refit,
        };
        _common.AddTo(Command);
        Command.Validators.Add(CheckSource);
    }

    public RootCommand Command { get; }

    public ForecastingSettings Read(ParseResult result) => new(_common.Read(result), result.GetValue(_folds), result.GetValue(_refit))
    {
        Train = result.GetValue(_train)?.FullName,
        Test = result.GetValue(_test)?.FullName,
        Data = result.GetValue(_data)?.FullName,
        Long = result.GetValue(_long)?.FullName,
        Frequency = result.GetValue(_frequency) is { } name ? Frequency.Named(name) : null,
        Horizon = result.GetValue(_horizon),
        Columns = result.GetValue(_columns)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
        Split = Numbers(result.GetValue(_split)) ?? [],
        Id = result.GetRequiredValue(_id),
        Time = result.GetRequiredValue(_time),
        Value = result.GetRequiredValue(_value),
    };

    private void CheckSource(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        if (new Option[] { _train, _data, _long }.Count(Given) > 1)
            result.AddError("Give one of --train (with --test), --data and --long.");
        if (Given(_train) != Given(_test))
            result.AddError("--train and --test go together: the series, and what came after them.");
        if (Given(_train) && !Given(_frequency))
            result.AddError("--train needs --frequency: files of the M4 competition have no times.");
        if ((Given(_columns) || Given(_split)) && !Given(_data))
            result.AddError("--columns and --split are for --data.");
        if ((Given(_folds) || Given(_refit)) && Given(_data))
            result.AddError("--folds and --refit are not for --data: a wide table is forecast from every row of its test part.");
        if (Given(_frequency) && !(Given(_train) || Given(_data) || Given(_long)))
            result.AddError("--frequency is for files; the shipped series are monthly.");
        if ((Given(_id) || Given(_time) || Given(_value)) && !Given(_long))
            result.AddError("--id, --time and --value are for --long.");
    }

    // Null for what is no list of numbers above 0.
    private static int[]? Numbers(string? text)
    {
        if (text is null)
            return [];
        string[] parts = text.Split(',');
        int[] numbers = [.. parts.Select(p => int.TryParse(p, out int number) ? number : 0)];
        return numbers.Min() > 0 ? numbers : null;
    }

    private static Option<FileInfo?> DataFile(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    private static Option<string> Column(string name, string description, string standard) =>
        new(name) { Description = description, HelpName = "NAME", DefaultValueFactory = _ => standard };
}

/// <summary>What the user asked for; without any file, series are shipped.</summary>
internal sealed record ForecastingSettings(CommonValues Common, int Folds, bool Refit)
{
    public string? Train { get; init; }

    public string? Test { get; init; }

    public string? Data { get; init; }

    public string? Long { get; init; }

    public Frequency? Frequency { get; init; }

    public int? Horizon { get; init; }

    public string[] Columns { get; init; } = [];

    public int[] Split { get; init; } = [];

    public string Id { get; init; } = "id";

    public string Time { get; init; } = "time";

    public string Value { get; init; } = "value";
}
