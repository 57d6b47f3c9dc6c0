namespace MlNetRnn;

/// <summary>How a predictor is kept as a service.</summary>
public sealed class SequencePredictorServiceOptions
{
    /// <summary>Threads, device and others of the predictor itself.</summary>
    public SequencePredictorOptions Predictor { get; set; } = new();

    /// <summary>Whether a changed model file takes the place of the loaded one; true by default.</summary>
    public bool ReloadOnChange { get; set; } = true;

    /// <summary>
    /// How often the file is looked at, one second by default. A changed file is read when it has stayed the same for as long, so that one
    /// that is being copied is not read halfway.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the model is loaded when the host starts, which fails if it cannot be loaded; true by default. Otherwise, and without a
    /// host, it is loaded when the predictor is first asked for.
    /// </summary>
    public bool LoadAtStart { get; set; } = true;

    internal void Validate()
    {
        var problems = new Problems();
        problems.AddIf(Predictor is null, $"{nameof(Predictor)} is null; leave it as it is for the defaults.");
        problems.AddIf(PollInterval < TimeSpan.FromMilliseconds(1) || PollInterval.TotalMilliseconds > int.MaxValue,
            $"{nameof(PollInterval)} is {PollInterval}; it must be from 1 ms to {TimeSpan.FromMilliseconds(int.MaxValue).Days} days.");
        problems.ThrowIfAny("The options of AddSequencePredictor are wrong");
    }
}
