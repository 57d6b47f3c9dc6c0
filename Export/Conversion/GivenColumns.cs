using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>A fitted pipeline cut where columns are that a file is to take as they are.</summary>
/// <param name="Outside">The steps before, which stay outside; null where there are none.</param>
/// <param name="Inside">The steps that are written.</param>
/// <param name="Chain">These, bound to the columns that they read.</param>
internal sealed record GivenColumns(ITransformer? Outside, ITransformer Inside, ConvertedChain Chain)
{
    /// <summary>Cuts as early as the rest can be written: steps may change a column in place.</summary>
    /// <exception cref="ArgumentException">The pipeline has no such columns at a time.</exception>
    /// <exception cref="NotSupportedException">The rest cannot be converted, wherever it is cut; the message says why.</exception>
    public static GivenColumns Find(
        ITransformer model, DataViewSchema inputSchema, ImmutableArray<string> names, ImmutableArray<OnnxStepConverter> converters)
    {
        if (names.IsEmpty)
            return new(null, model, new ConvertedChain(model, inputSchema, converters));
        ITransformer[] steps = PipelineSteps.Of(model);
        var schema = inputSchema;
        NotSupportedException? refused = null;
        for (int level = 0; ; schema = steps[level++].GetOutputSchema(schema))
        {
            if (names.All(name => schema.GetColumnOrNull(name) is { IsHidden: false }))
            {
                if (steps[..level].Any(s => s is SequenceTransformer))
                    throw refused ?? (Exception)BehindModel(names);
                try
                {
                    var inside = new TransformerChain<ITransformer>(steps[level..]);
                    return new(level == 0 ? null : new TransformerChain<ITransformer>(steps[..level]), inside, new(inside, schema, converters));
                }
                catch (NotSupportedException e)
                {
                    refused ??= e;
                }
            }
            if (level == steps.Length)
                throw refused ?? (Exception)Missing(names, schema);
        }
    }

    /// <summary>Rows as the steps inside read them.</summary>
    public IDataView Rows(IDataView rows) => Outside?.Transform(rows) ?? rows;

    private static string Text(ImmutableArray<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));

    private static ArgumentException BehindModel(ImmutableArray<string> names) => new(
        $"OnnxExportOptions.InputColumnNames is {Text(names)}; these columns are made by the trainer, or behind it, so that no model would be in the "
            + "file. Name columns that the trainer's input is made of.");

    private static ArgumentException Missing(ImmutableArray<string> names, DataViewSchema schema) => new(
        $"OnnxExportOptions.InputColumnNames is {Text(names)}; the pipeline has no such columns at any step. At its "
            + $"end it has {string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"))}.");
}
