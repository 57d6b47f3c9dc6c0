namespace MlNetRnn;

/// <summary>
/// What becomes of missing values (NaN in columns of Single and Double) in the inputs of a window. Labels are never changed: a
/// missing target means that the row is not labelled.
/// </summary>
public enum MissingValuePolicy
{
    /// <summary>NaN stays NaN. MlNetRnn's trainers refuse it, and its models give a missing score.</summary>
    Keep,

    /// <summary>The first one is an error that names its row and column.</summary>
    Error,

    /// <summary>The last known value of the series, also from before the window; NaN where nothing is known yet.</summary>
    ForwardFill,

    /// <summary>
    /// On the straight line between the known values around the gap. A window uses rows up to its own last row only, so that nothing
    /// leaks from the future: a gap that reaches the last row is filled forward. NaN where nothing is known yet.
    /// </summary>
    LinearInterpolation,

    /// <summary>
    /// Filled forward (0 where nothing is known yet), and each step has one more value per input value after the inputs: 1 where the
    /// value was observed, 0 where it was missing. The window is Vector&lt;Single, steps, 2 × inputs&gt;. As the masking and
    /// forward imputation of Che et al., Recurrent Neural Networks for Multivariate Time Series with Missing Values, 2018.
    /// </summary>
    Mask,
}
