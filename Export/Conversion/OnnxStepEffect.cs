namespace MlNetRnn;

/// <summary>
/// What a step does to values, from the least to the most that is known of it. It decides whether the step may be applied to every step
/// of a window whose missing values were filled, or which was padded, before.
/// </summary>
public enum OnnxStepEffect
{
    /// <summary>Nothing is known: values may depend on several others, and missing values may become numbers.</summary>
    Any,

    /// <summary>Each value depends on the input's value at the same place, and is missing (NaN) exactly where that is missing.</summary>
    Elementwise,

    /// <summary>As <see cref="Elementwise"/>, and a line: <c>a · x + b</c>.</summary>
    Affine,

    /// <summary>As <see cref="Affine"/>, and 0 stays 0: <c>a · x</c>.</summary>
    Linear,
}
