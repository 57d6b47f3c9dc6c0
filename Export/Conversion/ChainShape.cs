using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Finds what makes a pipeline one that can be written as a file: one model, and at most one windowing before it.</summary>
internal static class ChainShape
{
    public static int FindModel((ITransformer Transformer, string Name)[] steps)
    {
        int[] found = Places<SequenceTransformer>(steps);
        if (found.Length == 1)
            return found[0];
        throw new NotSupportedException(found.Length == 0
            ? $"The pipeline holds no fitted MlNetRnn trainer ({nameof(SequenceTransformer)}), which an ONNX export is made around; its steps are: "
                + $"{Names(steps)}. Export the pipeline that ends in a fitted trainer."
            : $"The pipeline holds {found.Length} fitted MlNetRnn trainers, expected one; its steps are: {Names(steps)}. "
                + "Export each trainer with the steps before it.");
    }

    public static int? FindWindow((ITransformer Transformer, string Name)[] steps)
    {
        int[] found = Places<SlidingWindowTransformer>(steps);
        int wrong = Array.FindIndex(steps, s => !s.Transformer.IsRowToRowMapper && s.Transformer is not SlidingWindowTransformer);
        if (wrong >= 0)
        {
            throw new NotSupportedException($"In the pipeline, {steps[wrong].Name} is not a row-to-row mapper: it needs other rows, or changes "
                + "their number, which a file that takes one window at a time cannot. Do this step outside of the exported pipeline.");
        }
        if (found.Length > 1)
        {
            throw new NotSupportedException($"The pipeline windows {found.Length} times, expected once; its steps are: {Names(steps)}. "
                + "Leave all but the windowing of the trainer's input out of the exported pipeline.");
        }
        return found is [var window] ? window : null;
    }

    public static void Check(ConvertedChain chain)
    {
        string feature = chain.Model.Manifest.FeatureColumnName;
        if (chain.WindowAt is { } window && !chain.DependsOn(window, chain.ModelAt, chain.Feature))
        {
            throw new NotSupportedException(
                $"The windowing step writes '{chain.Window!.OutputColumnName}', the model reads '{feature}': "
                    + "the step is not the model's input. Export the trainer alone.");
        }
        if (chain.Outputs.IsEmpty)
        {
            throw new NotSupportedException($"No column that the pipeline ends with depends on the model, which gives "
                + $"{string.Join(", ", chain.Model.Manifest.Outputs.Select(o => $"'{o.Name}'"))}: a file of it would have no output. "
                + "Keep a column of the model's to the end of the pipeline (SelectColumns and DropColumns take columns away).");
        }
    }

    private static int[] Places<T>((ITransformer Transformer, string Name)[] steps) =>
        [.. Enumerable.Range(0, steps.Length).Where(i => steps[i].Transformer is T)];

    private static string Names((ITransformer Transformer, string Name)[] steps) =>
        steps.Length == 0 ? "none" : string.Join(", ", steps.Select(s => s.Transformer.GetType().Name));
}
