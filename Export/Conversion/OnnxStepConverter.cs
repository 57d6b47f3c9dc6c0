using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Writes the steps of one kind as ONNX; derive from <see cref="OnnxStepConverter{TTransformer}"/>.</summary>
public abstract class OnnxStepConverter
{
    private protected OnnxStepConverter()
    {
    }

    internal abstract Type TransformerType { get; }

    internal abstract OnnxColumn Convert(ITransformer transformer, OnnxStepContext context);
}

/// <summary>
/// Writes the steps of one kind as ONNX, for <see cref="OnnxExportOptions.Converters"/>: a step of your own, or another form of a
/// step that the library converts.
/// </summary>
/// <remarks>
/// A step of your own that clips a column of Single:
/// <code>
/// public sealed class ClipConverter : OnnxStepConverter&lt;ClipTransformer&gt;
/// {
///     protected override OnnxColumn Convert(ClipTransformer transformer, OnnxStepContext context)
///     {
///         var graph = context.Graph;
///         string low = graph.Node("Max", [context.Input(transformer.InputColumn).Value, graph.Singles(transformer.Minimum)]);
///         return context.Output(low, OnnxStepEffect.Elementwise);
///     }
/// }
/// </code>
/// The transformer must be row to row (<see cref="ITransformer.GetRowToRowMapper"/>), keep the columns of its input at their places and add
/// its own after them, as ML.NET's own do.
/// </remarks>
/// <typeparam name="TTransformer">The fitted step. Steps of derived types are converted, too.</typeparam>
public abstract class OnnxStepConverter<TTransformer> : OnnxStepConverter
    where TTransformer : class, ITransformer
{
    internal override Type TransformerType => typeof(TTransformer);

    /// <summary>Adds to the graph what computes one of the columns that the step makes. Called for the columns that are needed.</summary>
    /// <param name="transformer">The fitted step.</param>
    /// <param name="context">The graph, the column to compute (<see cref="OnnxStepContext.OutputColumn"/>) and the step's inputs.</param>
    /// <returns>The column, made by <see cref="OnnxStepContext.Output(string, OnnxStepEffect)"/>.</returns>
    /// <exception cref="NotSupportedException">The step cannot be converted with its settings; the message says why.</exception>
    protected abstract OnnxColumn Convert(TTransformer transformer, OnnxStepContext context);

    internal sealed override OnnxColumn Convert(ITransformer transformer, OnnxStepContext context) =>
        Convert((TTransformer)transformer, context) ?? throw new InvalidOperationException($"{GetType().Name}.Convert gave null for the column "
            + $"'{context.OutputColumn.Name}'; it returns what OnnxStepContext.Output makes.");
}
