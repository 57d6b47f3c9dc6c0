using System.CommandLine;
using System.CommandLine.Parsing;

namespace MlNetRnn.Scenarios.TextGeneration;

/// <summary>The command line.</summary>
internal sealed class TextGenerationOptions
{
    private readonly CommonOptions _common = new("TextGeneration", Recipe.MostEpochs);

    private readonly Option<FileInfo?> _data = new("--data")
    {
        Description = "A text file in UTF-8 (may be compressed, .gz) to learn; a list of English words without it.",
        HelpName = "FILE",
    };

    private readonly Option<string> _unit = Choice("--unit", "What a token is.", "char", "word");

    private readonly Option<string> _by = Choice("--by", "What a text is: each line of the file, or the file as a whole.", "line", "stream");

    private readonly Option<int> _vocabulary = new Option<int>("--vocabulary")
    {
        Description = "Words that are told apart, the most frequent ones; the others are one unknown word.",
        HelpName = "N",
        DefaultValueFactory = _ => 10_000,
    }.AtLeast(1);

    private readonly Option<int?> _hidden = new("--hidden") { Description = "Hidden units; 384 for characters, 256 for words without it.", HelpName = "N" };

    private readonly Option<string> _prompt = new("--prompt") { Description = "What generated texts begin with.", HelpName = "TEXT", DefaultValueFactory = _ => "" };

    private readonly Option<string> _unknown = Choice("--unknown", "What becomes of tokens of the prompt that the model does not know.", "refuse", "map");

    private readonly Option<double> _temperature = new("--temperature")
    {
        Description = "Below 1 likely tokens become more likely, above 1 all more alike; 0 takes the likeliest.",
        HelpName = "T",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int?> _topK = new("--top-k") { Description = "Draw from the so many likeliest tokens alone.", HelpName = "K" };

    private readonly Option<double?> _topP = new("--top-p") { Description = "Draw from the likeliest tokens that hold this probability alone.", HelpName = "P" };

    private readonly Option<int?> _length = new("--length") { Description = "The most tokens of a generated text; 100 of lines, 500 of a stream without it.", HelpName = "N" };

    private readonly Option<int?> _samples = new("--samples") { Description = "Texts to print; 20 of lines, 1 of a stream without it.", HelpName = "N" };

    public TextGenerationOptions()
    {
        foreach (var (option, least) in new[] { (_length, 0), (_samples, 0), (_hidden, 1) })
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int?>() < least)
                    result.AddError($"{option.Name} must be at least {least}.");
            });
        }
        Command = new RootCommand("Learns to write texts, character by character or word by word, and invents new ones: English words, or any text file.")
        {
            _data, _unit, _by, _vocabulary, _hidden, _prompt, _unknown, _temperature, _topK, _topP, _length, _samples,
        };
        _common.AddTo(Command);
        Command.Validators.Add(CheckTogether);
    }

    public RootCommand Command { get; }

    public TextGenerationSettings Read(ParseResult result)
    {
        bool isStream = result.GetValue(_by) == "stream";
        return new(_common.Read(result))
        {
            Data = result.GetValue(_data)?.FullName,
            OfWords = result.GetValue(_unit) == "word",
            IsStream = isStream,
            Vocabulary = result.GetValue(_vocabulary),
            Hidden = result.GetValue(_hidden),
            Prompt = result.GetRequiredValue(_prompt),
            MapsUnknown = result.GetValue(_unknown) == "map",
            Sampling = new() { Temperature = result.GetValue(_temperature), TopK = result.GetValue(_topK), TopP = result.GetValue(_topP) },
            Length = result.GetValue(_length),
            Samples = result.GetValue(_samples),
        };
    }

    private void CheckTogether(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        if (Given(_vocabulary) && result.GetValue(_unit) != "word")
            result.AddError("--vocabulary is for --unit word; of characters all are told apart.");
        if (!Given(_data) && (Given(_unit) || Given(_by)))
            result.AddError("--unit and --by are for --data; the shipped list has a word on each line.");
    }

    private static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, HelpName = string.Join('|', values), DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}

/// <summary>What the user asked for.</summary>
internal sealed record TextGenerationSettings(CommonValues Common)
{
    /// <summary>The file to learn; null for the shipped list of words.</summary>
    public string? Data { get; init; }

    public bool OfWords { get; init; }

    public bool IsStream { get; init; }

    public int Vocabulary { get; init; } = 10_000;

    public int? Hidden { get; init; }

    public string Prompt { get; init; } = "";

    public bool MapsUnknown { get; init; }

    public SamplingOptions Sampling { get; init; } = new();

    public int? Length { get; init; }

    public int? Samples { get; init; }
}
