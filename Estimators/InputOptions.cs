namespace MlNetRnn;

/// <summary>What the first recurrent layer reads of a sequence of numbers, made of its scaled steps inside the model. Immutable.</summary>
public sealed record InputOptions
{
    /// <summary>
    /// Whether the change since the step before stands beside each feature, as large as the features on average: 0 at the first step (the
    /// delta features of speech recognition: Furui, 1986). Default: false.
    /// </summary>
    public bool Deltas { get; init; }

    /// <summary>
    /// Steps that are read as one, side by side: a sequence of n steps is read in n / StackedSteps, rounded up, which makes long ones
    /// shorter (frame stacking: Sak, Senior, Rao and Beaufays, 2015). What is missing in the last one is the feature's mean. Default: 1.
    /// </summary>
    public int StackedSteps { get; init; } = 1;

    internal IEnumerable<string> Failures()
    {
        if (StackedSteps < 1)
            yield return $"StackedSteps is {StackedSteps}; it must be at least 1.";
    }
}
