using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Cuts a fitted pipeline where columns are that a file is to take as they are.</summary>
/// <param name="Outside">The steps before, which stay outside; null where there are none.</param>
/// <param name="Inside">The steps that are written.</param>
/// <param name="Schema">The columns that these read.</param>
internal sealed record GivenColumns(ITransformer? Outside, ITransformer Inside, DataViewSchema Schema)
{
    /// <exception cref="ArgumentException">The pipeline has no such columns at a time.</exception>
    public static GivenColumns Find(ITransformer model, DataViewSchema inputSchema, ImmutableArray<string> names)
    {
        if (names.IsEmpty)
            return new(null, model, inputSchema);
        ITransformer[] steps = PipelineSteps.Of(model);
        var schema = inputSchema;
        for (int level = 0; ; schema = steps[level++].GetOutputSchema(schema))
        {
            if (names.All(name => schema.GetColumnOrNull(name) is { IsHidden: false }))
            {
                CheckModelFollows(names, steps, level);
                return new(Chain(steps[..level]), new TransformerChain<ITransformer>(steps[level..]), schema);
            }
            if (level == steps.Length)
                throw Missing(names, schema);
        }
    }

    /// <summary>Rows as the steps inside read them.</summary>
    public IDataView Rows(IDataView rows) => Outside?.Transform(rows) ?? rows;

    private static TransformerChain<ITransformer>? Chain(ITransformer[] steps) => steps.Length == 0 ? null : new(steps);

    private static void CheckModelFollows(ImmutableArray<string> names, ITransformer[] steps, int level)
    {
        if (steps[..level].Any(s => s is SequenceTransformer))
        {
            throw new ArgumentException($"OnnxExportOptions.InputColumnNames is {Text(names)}; these columns are made by the trainer, or behind it, "
                + "so that no model would be in the file. Name columns that the trainer's input is made of.");
        }
    }

    private static string Text(ImmutableArray<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));

    private static ArgumentException Missing(ImmutableArray<string> names, DataViewSchema schema) => new(
        $"OnnxExportOptions.InputColumnNames is {Text(names)}; the pipeline has no such columns at any step. At its "
            + $"end it has {string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"))}.");
}
