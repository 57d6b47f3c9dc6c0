namespace MlNetRnn;

/// <summary>Whether training can go on from a model: its network must have the shape that the options and the data ask for.</summary>
internal static class WarmStart
{
    /// <exception cref="ArgumentException">It cannot; the message says which layers and columns differ.</exception>
    public static void Check(SequenceModel model, TrainingColumns columns, RecurrentOptions options, SequenceTask task)
    {
        var problems = new Problems();
        var (network, manifest) = (model.Manifest.Network, model.Manifest);
        problems.AddIf(manifest.Precision != OnnxPrecision.Float32, $"the initial model was exported in {manifest.Precision}: the weights that "
            + "were trained are not in it. Give the model that it was exported from, or an export in Float32.");
        problems.AddIf(network.Members > 1 || options.Members > 1, $"the initial model has {network.Members} networks and Members is "
            + $"{options.Members}: training goes on from one network, to one.");
        var (features, labelSize, targets) = Shape(manifest);
        Compare(problems, "the task", manifest.Task, task.Name);
        Compare(problems, "the cell", network.Cell, options.Cell.Name);
        Compare(problems, "Bidirectional", network.Bidirectional, options.Bidirectional);
        Compare(problems, "LayerNormalization", network.LayerNormalization, options.LayerNormalization);
        Compare(problems, "Readout", network.Readout, options.Readout);
        if (network.Readout == options.Readout)
            Compare(problems, "AttentionSize", network.AttentionSize, NetworkDescription.AttentionSize(options));
        CompareSizes(problems, "recurrent layer", "hidden size", network.HiddenSizes, options.HiddenSizes);
        CompareSizes(problems, "dense layer", "size", network.DenseSizes, options.DenseSizes);
        Compare(problems, "the number of features per step", features, columns.Features);
        Compare(problems, "Input.Deltas", network.Deltas, options.Input.Deltas);
        Compare(problems, "Input.StackedSteps", network.StackedSteps, options.Input.StackedSteps);
        Compare(problems, "the number of tokens", manifest.Tokens, columns.Tokens);
        if (columns.Tokens > 0)
            Compare(problems, "EmbeddingSize", network.EmbeddingSize, options.EmbeddingSize);
        Compare(problems, task.IsClassification ? "the number of classes" : "the number of values of a label", labelSize,
            task.IsClassification ? task.NetworkOutputs(columns) : columns.LabelSize);
        Compare(problems, "the number of targets", targets, columns.Targets);
        Compare(problems, "what it is to a language model", manifest.Language, columns.Language);
        CompareForecasts(problems, manifest.Forecast, task.Forecast(columns, []));
        if (manifest.Classes is { } known && columns.Classes is { } classes)
            Compare(problems, "the order of the classes", string.Join(", ", known.Values), string.Join(", ", classes.Values));
        Compare(problems, "Scaling.Difference", manifest.Scaling.DifferencedFeatures is not null, columns.TargetFeatures is not null);
        if (manifest.Scaling.DifferencedFeatures is { } theirs && columns.TargetFeatures is { } ours && theirs.Length == ours.Length)
            Compare(problems, "the differenced feature", string.Join(", ", theirs), string.Join(", ", ours));
        string folded = manifest.Folded is null ? "" : $"; it is a file with steps around the network, {string.Join(", ", manifest.Folded.Steps)}, "
            + "which are to be done to the training data, too";
        problems.ThrowIfAny($"Training cannot go on from the initial model (RecurrentOptions.ForModel gives options that suit it{folded})");
    }

    // Of the network, whatever a file around it takes and gives.
    private static (int Features, int LabelSize, int Targets) Shape(SequenceModelManifest manifest) => manifest.Folded is { } folded
        ? (folded.Features, folded.LabelSize, folded.Targets)
        : (manifest.Forecast?.Window?.Features ?? manifest.Features, manifest.Outputs[0].Length, manifest.Outputs[0].Targets);

    // Files of earlier versions say nothing of it: they predict means.
    private static void CompareForecasts(Problems problems, ForecastSummary? theirs, ForecastSummary? ours)
    {
        if (ours is null)
            return;
        theirs ??= new(ours.Horizon, ours.Targets, ForecastDistribution.Mean, ForecastDecoder.Direct);
        Compare(problems, "ForecastOptions.Distribution", theirs.Distribution, ours.Distribution);
        Compare(problems, "ForecastOptions.Decoder", theirs.Decoder, ours.Decoder);
        Compare(problems, "ForecastOptions.Normalization", theirs.Normalization, ours.Normalization);
        Compare(problems, "ForecastOptions.SeasonLength", theirs.SeasonLength, ours.SeasonLength);
        Compare(problems, "ForecastOptions.LinearHighway", theirs.LinearHighway, ours.LinearHighway);
        Compare(problems, "whether windows are padded", theirs.Masked, ours.Masked);
        Compare(problems, "the columns beside the window", string.Join(", ", theirs.Covariates), string.Join(", ", ours.Covariates));
        Compare(problems, "the levels of quantiles", string.Join(", ", theirs.Levels), string.Join(", ", ours.Levels));
    }

    private static void CompareSizes(Problems problems, string layer, string size, IReadOnlyList<int> theirs, IReadOnlyList<int> ours)
    {
        Compare(problems, $"the number of {layer}s", theirs.Count, ours.Count);
        for (int i = 0; i < Math.Min(theirs.Count, ours.Count); i++)
            Compare(problems, $"the {size} of {layer} {i + 1}", theirs[i], ours[i]);
    }

    private static void Compare<T>(Problems problems, string what, T theirs, T ours) =>
        problems.AddIf(!Equals(theirs, ours), $"{what} is {theirs} in the initial model, {ours} here.");
}
