using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Turns the steps of a fitted pipeline into one sequence model.</summary>
internal static class PipelineConverter
{
    public static SequenceModel Convert(ITransformer model)
    {
        var steps = PipelineSteps.Of(model);
        if (steps is [.., SequenceTransformer last])
            return steps is [SlidingWindowTransformer window, _] ? WithWindow(last.Model, window) : Alone(last, steps);
        throw new NotSupportedException(
            $"The pipeline ends in {(steps.Length == 0 ? "nothing" : $"a {steps[^1].GetType().Name}")}; "
                + $"an ONNX export ends in a fitted MlNetRnn trainer ({nameof(SequenceTransformer)}). Export the part up to it.");
    }

    private static SequenceModel Alone(SequenceTransformer last, ITransformer[] steps)
    {
        if (steps.Length == 1)
            return last.Model;
        int unknown = Array.FindIndex(steps, s => s is not SlidingWindowTransformer and not SequenceTransformer);
        throw new NotSupportedException(unknown >= 0
            ? $"Step {unknown + 1} of {steps.Length}, a {steps[unknown].GetType().FullName}, cannot be written as ONNX. "
                + "Convertible are SlidingWindow and one MlNetRnn trainer after it: "
                + "do this step outside of the exported pipeline, or export the rest alone."
            : $"The pipeline's steps are {string.Join(", ", steps.Select(s => s.GetType().Name))}; "
                + "convertible are one SlidingWindow and one MlNetRnn trainer after it. Export each trainer alone.");
    }

    private static SequenceModel WithWindow(SequenceModel model, SlidingWindowTransformer window)
    {
        if (window.OutputColumnName != model.Manifest.FeatureColumnName)
        {
            throw new NotSupportedException(
                $"The windowing step writes '{window.OutputColumnName}', the model reads '{model.Manifest.FeatureColumnName}': "
                    + "the step is not the model's input. Export the trainer alone.");
        }
        return model.With(model.Manifest with { Window = Summary(window.Options) });
    }

    private static WindowSummary Summary(SlidingWindowOptions options) => new(
        options.InputColumns, options.WindowLength, options.Horizon, options.Stride, options.TargetColumns[0], options.GroupColumn,
        options.TargetColumns.Length > 1 ? options.TargetColumns : null, options.Padding, options.MissingValues, options.Groups,
        options.TimeColumn, options.TimeGaps, options.LargestTimeStep, options.LargestNumericTimeStep);
}
