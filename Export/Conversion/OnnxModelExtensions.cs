using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Writes fitted pipelines that end in a sequence model as ONNX.</summary>
public static class OnnxModelExtensions
{
    /// <summary>
    /// Writes a fitted pipeline as one ONNX file that any ONNX runtime can score. The file takes windows of raw rows,
    /// <c>[batch, steps, features]</c> under the window column's name, and gives the columns that the pipeline ends with and that depend on
    /// its model, under their names; how windows are cut from rows is recorded in the file's manifest.
    /// </summary>
    /// <remarks>
    /// Steps before the windowing are applied inside the file to every step of the windows, steps behind the trainer to its outputs; steps
    /// that the outputs do not depend on, such as those that prepare a label, are left out. Raw columns of other types than Single that steps
    /// read are inputs of their own, <c>[batch, steps, size]</c>; without windowing every raw column is one, <c>[batch, size]</c>. The
    /// manifest lists them (<see cref="SequenceModelManifest.Inputs"/>). A file that takes only one column of sequences takes them as
    /// <c>[batch, steps, features]</c>.
    /// </remarks>
    /// <param name="catalog"><c>mlContext.Model</c>.</param>
    /// <param name="model">The fitted pipeline: one trainer, at most one windowing before it, and steps before and after them.</param>
    /// <param name="inputSchema">The schema of the pipeline's input.</param>
    /// <param name="path">The file; one already there stays whole until the new one is complete and verified.</param>
    /// <param name="options">Options, such as rows to verify the file with; null for the defaults.</param>
    /// <exception cref="NotSupportedException">A step that the outputs depend on cannot be converted; the message names it.</exception>
    /// <exception cref="ArgumentException">Options are wrong; the message lists all that is. Or the schema does not suit the pipeline.</exception>
    /// <exception cref="InvalidOperationException">
    /// The file's results differ from those of <c>Transform</c>: beyond <see cref="OnnxExportOptions.Tolerance"/>, or, in a reduced precision,
    /// by more than rounding explains.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveAsOnnx(
        this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema inputSchema, string path, OnnxExportOptions? options = null) =>
        AtomicFile.Write(path, stream => catalog.SaveAsOnnx(model, inputSchema, stream, options));

    /// <summary>Writes a fitted pipeline as ONNX to a stream; nothing is written where verification fails.</summary>
    /// <param name="catalog"><c>mlContext.Model</c>.</param>
    /// <param name="model">The fitted pipeline: one trainer, at most one windowing before it, and steps before and after them.</param>
    /// <param name="inputSchema">The schema of the pipeline's input.</param>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="options">Options, such as rows to verify the file with; null for the defaults.</param>
    /// <exception cref="NotSupportedException">A step that the outputs depend on cannot be converted; the message names it.</exception>
    /// <exception cref="ArgumentException">Options are wrong; the message lists all that is. Or the schema does not suit the pipeline.</exception>
    /// <exception cref="InvalidOperationException">
    /// The file's results differ from those of <c>Transform</c>: beyond <see cref="OnnxExportOptions.Tolerance"/>, or, in a reduced precision,
    /// by more than rounding explains.
    /// </exception>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public static void SaveAsOnnx(
        this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema inputSchema, Stream stream, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputSchema);
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new();
        options.Validate();
        var given = GivenColumns.Find(model, inputSchema, options.InputColumnNames, options.Converters);
        var chain = given.Chain;
        var converted = chain.Convert(options.Streaming);
        var rows = options.SampleRows is { } sample ? given.Rows(sample) : null;
        if (rows is not null)
            ExportVerification.Verify(given.Inside, chain, converted, rows, options.Tolerance);
        var written = PrecisionConverter.Convert(converted, options.Precision);
        if (rows is not null && options.Precision != OnnxPrecision.Float32)
            PrecisionVerification.Verify(given.Inside, chain, written, rows);
        written.Save(stream);
    }
}
