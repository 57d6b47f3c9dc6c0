using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>How tokens are drawn from a language model's probabilities. The defaults draw from them as they are.</summary>
public sealed record SamplingOptions
{
    internal static SamplingOptions Default { get; } = new();

    /// <summary>
    /// What the logarithms of probabilities are divided by: below 1 likely tokens become more likely, above 1 all more alike; 0 takes the
    /// likeliest token each time (greedy decoding). At least 0. Default: 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draws from the so many likeliest tokens alone (Fan, Lewis and Dauphin, 2018); at least 1. Null (default): from all.</summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Draws from the fewest likeliest tokens whose probabilities add up to this alone (nucleus sampling; Holtzman et al., 2020), after
    /// <see cref="TopK"/>; above 0 and at most 1. Null (default): from all.
    /// </summary>
    public double? TopP { get; init; }

    /// <summary>The seed: the same seed, model and prompt give the same tokens. Null (default): different ones each time.</summary>
    public int? Seed { get; init; }

    /// <summary>Tokens that end the text where one is drawn; it is not given, like the end symbol. Default: none.</summary>
    public ImmutableArray<string> Stop
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>Checks the options, as generating does before it draws anything.</summary>
    /// <exception cref="ArgumentException">Some are wrong; the message names all of them.</exception>
    public void Validate()
    {
        var problems = new Problems();
        problems.AddIf(!(Temperature >= 0) || double.IsInfinity(Temperature),
            $"Temperature is {Temperature}; it must be a finite number of at least 0, which takes the likeliest token.");
        problems.AddIf(TopK < 1, $"TopK is {TopK}; it must be at least 1, or null to draw from all tokens.");
        problems.AddIf(TopP is { } p && !(p is > 0 and <= 1), $"TopP is {TopP}; it must be above 0 and at most 1, or null to draw from all tokens.");
        problems.ThrowIfAny("The sampling options are not usable");
    }
}
