using System.CommandLine;
using System.CommandLine.Parsing;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>The command line.</summary>
internal sealed class SequenceClassificationOptions
{
    private readonly CommonOptions _common = new("SequenceClassification", Recipe.MostEpochs);

    private readonly Option<FileInfo?> _train = DataFile("--train", "Training sequences in the .ts format of the UCR and UEA archives.");

    private readonly Option<FileInfo?> _test = DataFile("--test", "Test sequences in the .ts format.");

    private readonly Option<bool> _text = new("--text") { Description = "Generated reviews of restaurants instead of digits." };

    private readonly Option<FileInfo?> _textTrain = DataFile("--text-train", "Training texts: a class, a tab and a text on each line, in UTF-8.");

    private readonly Option<FileInfo?> _textTest = DataFile("--text-test", "Test texts in the same form.");

    private readonly Option<string> _cell = new Option<string>("--cell")
    {
        Description = "The recurrent cell; 'bi' reads in both directions.",
        DefaultValueFactory = _ => "bigru",
    }.AcceptOnlyFromAmong(CellChoice.Names);

    public SequenceClassificationOptions()
    {
        Command = new RootCommand("Tells the class of sequences with a recurrent network: handwritten digits read row by row, any data set of the UCR "
            + "and UEA archives, or texts.")
        {
            _train, _test, _text, _textTrain, _textTest, _cell,
        };
        _common.AddTo(Command);
        Command.Validators.Add(CheckSource);
    }

    public RootCommand Command { get; }

    public SequenceClassificationSettings Read(ParseResult result) => new(
        _common.Read(result),
        result.GetValue(_train)?.FullName,
        result.GetValue(_test)?.FullName,
        result.GetValue(_text),
        result.GetValue(_textTrain)?.FullName,
        result.GetValue(_textTest)?.FullName,
        result.GetRequiredValue(_cell));

    private void CheckSource(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        bool isScored = Given(_common.Model);
        CheckPair(_train, _test);
        CheckPair(_textTrain, _textTest);
        if ((Given(_train) || Given(_test)) && (Given(_text) || Given(_textTrain) || Given(_textTest)))
            result.AddError("Give either sequences of numbers (--train and --test) or texts (--text, or --text-train and --text-test).");

        void CheckPair(Option<FileInfo?> train, Option<FileInfo?> test)
        {
            if (Given(train) && !Given(test))
                result.AddError($"{train.Name} goes with {test.Name}: a file to test with.");
            if (Given(test) && !Given(train) && !isScored)
                result.AddError($"{test.Name} goes with {train.Name}, a file to train with, or with --model.");
        }
    }

    private static Option<FileInfo?> DataFile(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}

/// <summary>What the user asked for. With a model to score with, the files to train with may be null; without any file, data is shipped or generated.</summary>
internal sealed record SequenceClassificationSettings(
    CommonValues Common, string? Train, string? Test, bool Text, string? TextTrain, string? TextTest, string Cell)
{
    public bool IsText => Text || TextTest is not null;
}
