using Microsoft.ML;

namespace MlNetRnn;

/// <summary>A model of row-to-row steps around one windowing step: what rows can be served, and forecast from, by.</summary>
internal sealed class WindowedPipeline
{
    private WindowedPipeline(ITransformer[] steps, int window) => (Steps, WindowIndex) = (steps, window);

    /// <summary>All steps.</summary>
    public ITransformer[] Steps { get; }

    /// <summary>Which of the steps is the windowing.</summary>
    public int WindowIndex { get; }

    public SlidingWindowTransformer Window => (SlidingWindowTransformer)Steps[WindowIndex];

    public ReadOnlySpan<ITransformer> After => Steps.AsSpan(WindowIndex + 1);

    /// <summary>The parts of a model; null when it has no windowing step.</summary>
    /// <exception cref="NotSupportedException">Two windowing steps, or another that is not row to row; the message names it.</exception>
    public static WindowedPipeline? Find(ITransformer model)
    {
        var steps = PipelineSteps.Of(model);
        int[] windows = [.. Enumerable.Range(0, steps.Length).Where(i => steps[i] is SlidingWindowTransformer)];
        if (windows.Length > 1)
        {
            throw new NotSupportedException($"The model windows {windows.Length} times: "
                + $"{string.Join(" ", windows.Select(i => PipelineSteps.Name(steps, i)))[..^1]}. Rows can be served, and forecast from, "
                + "through one windowing step: use the parts of the model one after the other.");
        }
        CheckRowToRow(steps, windows);
        return windows is [var window] ? new(steps, window) : null;
    }

    private static void CheckRowToRow(ITransformer[] steps, int[] windows)
    {
        int wrong = Enumerable.Range(0, steps.Length).FirstOrDefault(i => !steps[i].IsRowToRowMapper && !windows.Contains(i), -1);
        if (wrong >= 0)
        {
            throw new NotSupportedException($"In the model, {PipelineSteps.Name(steps, wrong)} is not a row-to-row mapper: it needs other "
                + "rows, or changes their number. Serving rows one at a time, and forecasting from their last ones, needs row-to-row steps around one "
                + "SlidingWindow: do that step outside of the model.");
        }
    }
}
