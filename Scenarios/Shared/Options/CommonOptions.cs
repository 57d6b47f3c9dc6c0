using System.CommandLine;

namespace MlNetRnn.Scenarios;

/// <summary>The options that every scenario has.</summary>
public sealed class CommonOptions
{
    /// <summary>Describes the options; <see cref="AddTo"/> adds them to a command.</summary>
    /// <param name="name">Name of the scenario: the default output folder is <c>out/name</c>.</param>
    /// <param name="epochs">Default of <c>--epochs</c>.</param>
    public CommonOptions(string name, int epochs)
    {
        Out = new Option<DirectoryInfo>("--out", "-o")
        {
            Description = "Folder for the pictures, the models and report.json.",
            HelpName = "DIR",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("out", name)),
        };
        Seed = new Option<int>("--seed")
        {
            Description = "Seed of everything random: the same seed gives the same result.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        Epochs = new Option<int>("--epochs")
        {
            Description = "Largest number of passes over the training data; early stopping may end before.",
            HelpName = "N",
            DefaultValueFactory = _ => epochs,
        };
        Epochs.AtLeast(1);
        Model = new Option<FileInfo?>("--model")
        {
            Description = "Score with this saved model (model.zip) instead of training.",
            HelpName = "FILE",
        };
        Model.Validators.Add(result =>
        {
            if (result.Tokens is [var file] && !File.Exists(file.Value))
                result.AddError($"The file given with --model does not exist: '{file.Value}'.");
        });
    }

    /// <summary><c>--out DIR</c>.</summary>
    public Option<DirectoryInfo> Out { get; }

    /// <summary><c>--seed N</c>.</summary>
    public Option<int> Seed { get; }

    /// <summary><c>--epochs N</c>.</summary>
    public Option<int> Epochs { get; }

    /// <summary><c>--model FILE</c>.</summary>
    public Option<FileInfo?> Model { get; }

    /// <summary>Adds the four options to a command.</summary>
    public void AddTo(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Options.Add(Out);
        command.Options.Add(Seed);
        command.Options.Add(Epochs);
        command.Options.Add(Model);
    }

    /// <summary>What the user gave, or the defaults.</summary>
    public CommonValues Read(ParseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new CommonValues(
            result.GetRequiredValue(Out).FullName, result.GetRequiredValue(Seed), result.GetRequiredValue(Epochs), result.GetValue(Model)?.FullName);
    }
}

/// <summary>The values of the options that every scenario has.</summary>
/// <param name="Out">Full path of the output folder, not yet created.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Epochs">Largest number of epochs.</param>
/// <param name="Model">Full path of the model to score with; null to train one.</param>
public sealed record CommonValues(string Out, int Seed, int Epochs, string? Model);
