using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Serves fitted or loaded models that window their rows: one window, or one raw row, at a time.</summary>
public static class SequenceServingExtensions
{
    /// <summary>
    /// The row-to-row part of a model after its windowing step, for <c>ml.Model.CreatePredictionEngine</c> and pools of prediction engines:
    /// its input is a row with the window column.
    /// </summary>
    /// <remarks>
    /// Steps before the windowing (normalisers, replacement of missing values …) are left out: what they do must have been done to the
    /// values of the window. <see cref="CreateSequenceEngine"/> takes raw rows and runs all steps. Steps are shared with the model, not
    /// copied, and the result can be saved by <c>ml.Model.Save</c>. A prediction engine that is disposed takes nothing from others: the
    /// ONNX Runtime session lives as long as one of its users.
    /// </remarks>
    /// <example>
    /// <code>
    /// var model = ml.Model.Load("model.zip", out _);
    /// using var engine = ml.Model.CreatePredictionEngine&lt;PriceWindow, NextPrice&gt;(model.WithoutWindowing());
    /// float next = engine.Predict(new PriceWindow { Window = lastTwenty }).Score;
    /// </code>
    /// </example>
    /// <param name="model">A fitted or loaded model: a chain (of chains) with one <c>SlidingWindow</c> among row-to-row steps.</param>
    /// <returns>A chain of the steps after the windowing; the model itself when it does no windowing.</returns>
    /// <exception cref="NotSupportedException">The model windows twice, has another step that is not row to row, or ends in the windowing;
    /// the message names the step.</exception>
    public static ITransformer WithoutWindowing(this ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (WindowedPipeline.Find(model) is not { } pipeline)
            return model;
        return pipeline.After.Length > 0
            ? new TransformerChain<ITransformer>(pipeline.After.ToArray())
            : throw new NotSupportedException($"The model ends in its windowing step, which gives '{pipeline.Window.OutputColumnName}': "
                + "there is nothing after it to serve. Append a trainer and fit it.");
    }

    /// <summary>
    /// An engine that takes raw rows one at a time and predicts as soon as the window of the row's group is full: the counterpart for
    /// windowed models of ML.NET's <c>CreateTimeSeriesEngine</c>.
    /// </summary>
    /// <remarks>
    /// All steps of the model run, those before the windowing included. The engine predicts at every row once the window is full: a stride
    /// thins the windows of training, and has no part in serving.
    /// </remarks>
    /// <example>
    /// <code>
    /// var model = ml.Model.Load("model.zip", out _);
    /// using var engine = model.CreateSequenceEngine&lt;Price, NextPrice&gt;(ml);
    /// foreach (var price in feed)
    /// {
    ///     if (engine.Push(price) is { } next)
    ///         Console.WriteLine(next.Score);
    /// }
    /// engine.Checkpoint("engine.state"); // engine.Restore("engine.state") goes on from here, in any process
    /// </code>
    /// </example>
    /// <typeparam name="TIn">The class of raw rows, as in <c>ml.Data.LoadFromEnumerable</c>.</typeparam>
    /// <typeparam name="TOut">The class of predictions, as in <c>CreatePredictionEngine</c>; each of its members must be a column of the
    /// model's output.</typeparam>
    /// <param name="model">A fitted or loaded model: a chain (of chains) with one <c>SlidingWindow</c> among row-to-row steps.</param>
    /// <param name="ml">The context.</param>
    /// <param name="inputSchema">The schema that the model was fitted on, which <c>ml.Model.Load</c> hands out: its types hold for
    /// <typeparamref name="TIn"/> (vector sizes, keys), and <typeparamref name="TIn"/> may lack columns that the model's steps name but the
    /// prediction does not depend on. Null (default): <typeparamref name="TIn"/> has all columns that the steps name, but for the
    /// target.</param>
    /// <returns>The engine.</returns>
    /// <exception cref="NotSupportedException">The model has no windowing step, two, or another step that is not row to row; the message
    /// names the step.</exception>
    /// <exception cref="ArgumentException">A class lacks a column or has it in another type; the message names it and those at
    /// hand.</exception>
    public static SequenceEngine<TIn, TOut> CreateSequenceEngine<TIn, TOut>(
        this ITransformer model, MLContext ml, DataViewSchema? inputSchema = null)
        where TIn : class
        where TOut : class, new()
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ml);
        var pipeline = WindowedPipeline.Find(model) ?? throw new NotSupportedException("The model has no SlidingWindow step: "
            + $"{string.Join(", ", PipelineSteps.Of(model).Select(s => s.GetType().Name))}. A sequence engine makes windows of raw rows: "
            + "fit the windowing and the trainer as one chain; or, where rows are windows already, use ml.Model.CreatePredictionEngine.");
        return new(ml, pipeline, inputSchema);
    }
}
