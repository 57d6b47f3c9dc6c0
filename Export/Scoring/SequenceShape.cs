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

    public static string Describe(SequenceModelManifest manifest) => manifest switch
    {
        { Steps: 0 } => $"any number of steps × {manifest.Features} features",
        { VariableLength: true } => $"up to {manifest.Steps} steps × {manifest.Features} features = {manifest.Steps * manifest.Features}",
        _ => $"{manifest.Steps} steps × {manifest.Features} features = {manifest.Steps * manifest.Features}",
    };
}
