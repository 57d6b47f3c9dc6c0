namespace MlNetRnn;

/// <summary>How much each example counts in the loss: by its class, by its own weight, or both.</summary>
/// <param name="labelSize">Values of a label, before the weight where there is one.</param>
/// <param name="withExampleWeights">Whether the example's weight stands behind its label.</param>
/// <param name="classes">The weight of each class; null where all count 1.</param>
internal sealed class LabelWeights(int labelSize, bool withExampleWeights, float[]? classes)
{
    /// <summary>Values of a label, without the weight.</summary>
    public int LabelSize { get; } = labelSize;

    /// <summary>Values of a label that are trained on, the first ones: all, but where the network forecasts one step of several.</summary>
    public int TrainedSize { get; private init; } = labelSize;

    /// <summary>Whether all count 1.</summary>
    public bool AreAllOne => !withExampleWeights && classes is null;

    /// <param name="columns">The label's columns.</param>
    /// <param name="task">What is trained for.</param>
    /// <param name="counts">The examples of each class that train.</param>
    /// <exception cref="ArgumentException">A weight is given for a class that the label does not have.</exception>
    public static LabelWeights Of(TrainingColumns columns, SequenceTask task, ClassCounts counts)
    {
        float[]? classes = task is ClassificationTask { ClassWeights: var given } && given != ClassWeights.None
            ? given.For(counts.Names, counts.Counts)
            : null;
        return new(columns.LabelSize, columns.WeightColumnName is not null, classes)
        {
            TrainedSize = columns.Forecast is { Decoder: ForecastDecoder.Recursive } ? columns.Targets : columns.LabelSize,
        };
    }

    /// <summary>The weight of a labelled example by its stored label.</summary>
    public float Of(ReadOnlySpan<float> stored)
    {
        float own = withExampleWeights ? stored[^1] : 1;
        return classes is null ? own : own * classes[(int)stored[0]];
    }
}
