using System.CommandLine;

namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>The command line.</summary>
internal sealed class MemoryLabOptions
{
    private readonly CommonOptions _common = new("MemoryLab", epochs: 40);

    private readonly Option<bool> _long = new("--long") { Description = "The adding problem over 200 steps, too." };

    private readonly Option<int> _sequences = new Option<int>("--sequences")
    {
        Description = "Sequences to learn from in each task.",
        HelpName = "N",
        DefaultValueFactory = _ => 8000,
    }.AtLeast(100);

    public MemoryLabOptions()
    {
        Command = new RootCommand("Measures what textbooks say of recurrent cells: how far back their gradients reach, and which tasks they solve. Many small "
            + "networks are trained, so that there is none to save or to score with.")
        {
            _long, _sequences,
        };
        Command.Options.Add(_common.Out);
        Command.Options.Add(_common.Seed);
        Command.Options.Add(_common.Epochs);
    }

    public RootCommand Command { get; }

    public MemoryLabSettings Read(ParseResult result) => new(
        result.GetRequiredValue(_common.Out).FullName, result.GetRequiredValue(_common.Seed), result.GetRequiredValue(_common.Epochs), result.GetValue(_long),
        result.GetValue(_sequences));
}

/// <summary>What the user asked for.</summary>
internal sealed record MemoryLabSettings(string Out, int Seed, int Epochs, bool Long, int Sequences);
