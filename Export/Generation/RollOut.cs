using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>How a model of numbers goes on with its own forecasts: the next step of each feature is one of its targets.</summary>
/// <param name="Features">Values of a step.</param>
/// <param name="Targets">Values of the model's first output for each step of its horizon, as many as there are features.</param>
/// <param name="TargetOf">For each feature the target that is its next value.</param>
internal sealed record RollOut(int Features, int Targets, ImmutableArray<int> TargetOf)
{
    /// <exception cref="ArgumentException">The model does not forecast what it reads; the message says what it does.</exception>
    public static RollOut Of(SequenceModelManifest manifest)
    {
        string Refused(string why) => $"The model cannot go on with its own forecasts: {why}";
        if (manifest.Language is not null)
            throw new ArgumentException(Refused("it is a language model. Give Generate a prompt of text."));
        if (manifest.Classes is not null || manifest.Task == SequenceModelManifest.BinaryTask)
            throw new ArgumentException(Refused($"it is for {manifest.Task}, and classes are no values of a series. Train a regression or forecasting model."));
        if (manifest.Tokens > 0 || manifest.Inputs.Length > 0 || manifest.Folded is not null)
            throw new ArgumentException(Refused("it does not take windows of numbers alone. Give the model that was fitted, not a file of the whole pipeline."));
        if (manifest.Forecast is { Covariates.Length: > 0 } forecast)
        {
            throw new ArgumentException(Refused($"it reads columns beside the window, {string.Join(", ", forecast.Covariates.Select(c => $"'{c.ColumnName}'"))}, whose "
                + "next values it does not forecast. Use model.Forecast(history), or train without them."));
        }
        int targets = manifest.Outputs[0].Targets;
        var known = TargetFeatures(manifest, targets);
        int[] targetOf = [.. Enumerable.Range(0, manifest.Features).Select(feature => known.IndexOf(feature))];
        int missing = Array.IndexOf(targetOf, -1);
        return missing < 0
            ? new(manifest.Features, targets, [.. targetOf])
            : throw new ArgumentException(Refused($"each step of '{manifest.FeatureColumnName}' has {manifest.Features} features, and feature {missing + 1} is "
                + $"not among the {targets} targets of '{manifest.LabelColumnName}'. Window with every input as a target "
                + "(SlidingWindowOptions.TargetColumns), or without that input, and give the trainer windows as they were cut: what is normalised behind "
                + "the windowing is in other units than the label."));
    }

    // Files of earlier versions do not tell: a single series forecasts itself.
    private static ImmutableArray<int> TargetFeatures(SequenceModelManifest manifest, int targets) =>
        manifest.TargetFeatures ?? (manifest.Features == 1 && targets == 1 ? [0] : []);
}
