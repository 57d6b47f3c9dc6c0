using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Tells what the precisions that a model can be exported in give and cost.</summary>
public static class OnnxPrecisionExtensions
{
    /// <summary>
    /// Scores rows by the model in every <see cref="OnnxPrecision"/>: size of the file, time of a call and of batches, how far predictions
    /// are from those in Float32, and, where the rows have labels, the error of each.
    /// </summary>
    /// <remarks>
    /// It takes a few seconds: the precisions are timed in turn, and medians are told. All is over the trained model alone, without the
    /// steps around it. Errors are over the labelled values, all steps of a forecast alike; a label is known if it is not NaN.
    /// Classes have no such errors: of a classifier the scores are compared.
    /// </remarks>
    /// <param name="catalog"><c>mlContext.Model</c>.</param>
    /// <param name="model">The fitted pipeline, as for <c>SaveAsOnnx</c>: windowing and trainer, or the trainer alone.</param>
    /// <param name="rows">Rows in the pipeline's input schema, which the model was best not trained on.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The pipeline holds no sequence model or several, or the rows do not suit it.</exception>
    /// <exception cref="InvalidOperationException">The rows give no sequence, or the model is in a reduced precision already.</exception>
    public static OnnxPrecisionReport CompareOnnxPrecisions(this ModelOperationsCatalog catalog, ITransformer model, IDataView rows)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        var trained = model.GetSequenceModel();
        var before = PipelineSteps.Of(model).TakeWhile(step => step is not SequenceTransformer);
        return PrecisionComparison.Run(trained, before.Aggregate(rows, (view, step) => step.Transform(view)));
    }
}
