namespace MlNetRnn;

/// <summary>Which numbers of values make a sequence that a model takes.</summary>
internal static class SequenceShape
{
    public static bool Accepts(SequenceModelManifest manifest, int values) => manifest switch
    {
        { Steps: 0 } => values % manifest.Features == 0,
        { VariableLength: true } => values % manifest.Features == 0 && values <= manifest.Steps * manifest.Features,
        _ => values == manifest.Steps * manifest.Features,
    };

    /// <summary>The steps that a sequence of so many values is run with alone: at least one, and all where their number is fixed.</summary>
    public static int Steps(SequenceModelManifest manifest, int values) =>
        manifest.Steps > 0 ? manifest.Steps : Math.Max(1, values / manifest.Features);

    /// <summary>The steps that outputs per step have for a sequence of so many values: its own, and all where their number is fixed.</summary>
    public static int OutputSteps(SequenceModelManifest manifest, int values) => manifest.Steps > 0 ? manifest.Steps : values / manifest.Features;

    public static string Describe(SequenceModelManifest manifest) => manifest switch
    {
        { Steps: 0 } => $"any number of steps × {manifest.Features} features",
        { VariableLength: true } => $"up to {manifest.Steps} steps × {manifest.Features} features = {manifest.Steps * manifest.Features}",
        _ => $"{manifest.Steps} steps × {manifest.Features} features = {manifest.Steps * manifest.Features}",
    };
}
