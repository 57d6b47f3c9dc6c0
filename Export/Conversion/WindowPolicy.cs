namespace MlNetRnn;

/// <summary>
/// Which steps may be moved behind the windowing, into the graph, which sees windows of raw columns: what the windowing does to missing
/// values must give the same before and after them.
/// </summary>
internal static class WindowPolicy
{
    /// <exception cref="NotSupportedException">They may not; the message says why and what to do.</exception>
    public static void Check(SlidingWindowOptions window, OnnxColumn column, string name)
    {
        var (needed, reason) = window.MissingValues switch
        {
            MissingValuePolicy.ForwardFill => (OnnxStepEffect.Elementwise,
                "missing values are filled forward after these steps, from rows that may lie before the window; filling raw values first "
                    + "gives the same only where each value depends on one raw number and stays missing where that is missing"),
            MissingValuePolicy.LinearInterpolation => (OnnxStepEffect.Affine,
                "missing values are interpolated after these steps, from rows that may lie before the window; interpolating raw values "
                    + "first gives the same only where each value is a line, a · x + b, of one raw number"),
            MissingValuePolicy.Mask => (OnnxStepEffect.Linear,
                "missing values become 0 at the beginning of a series after these steps; in raw windows it is the raw 0, which is the "
                    + "same only where each value is a multiple of one raw number (a normaliser with fixZero)"),
            _ when window.Padding == WindowPadding.Start => (OnnxStepEffect.Elementwise,
                "padded steps are NaN in every value after these steps; in raw windows they can be told only where each value depends on "
                    + "one raw number and stays missing where that is missing"),
            _ => (OnnxStepEffect.Any, ""),
        };
        if (column.Effect >= needed && (window.MissingValues != MissingValuePolicy.Mask || column.Slots is not null))
            return;
        string setting = needed == OnnxStepEffect.Elementwise && window.MissingValues != MissingValuePolicy.ForwardFill
            ? $"Padding = {window.Padding}"
            : $"MissingValues = {window.MissingValues}";
        throw new NotSupportedException($"The steps before the windowing that make '{name}' cannot be part of a file with {setting}: {reason}. "
            + "Do these steps outside of the exported pipeline, do them after the windowing, or leave scaling to the trainer "
            + "(RecurrentOptions.Scaling).");
    }
}
