using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Writes fitted pipelines that end in a sequence model as ONNX.</summary>
public static class OnnxModelExtensions
{
    /// <summary>
    /// Writes a fitted pipeline as one ONNX file that any ONNX runtime can score. The file takes windows,
    /// <c>[batch, steps, features]</c> under the window column's name, and gives the model's output columns under theirs; how windows
    /// are cut from rows is recorded in the file's manifest.
    /// </summary>
    /// <param name="catalog"><c>mlContext.Model</c>.</param>
    /// <param name="model">The fitted pipeline: windowing and trainer, or the trainer alone.</param>
    /// <param name="inputSchema">The schema of the pipeline's input.</param>
    /// <param name="path">The file; one already there stays whole until the new one is complete and verified.</param>
    /// <param name="options">Options, such as rows to verify the file with; null for the defaults.</param>
    /// <exception cref="NotSupportedException">A step cannot be converted; the message names it.</exception>
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
    /// <param name="model">The fitted pipeline: windowing and trainer, or the trainer alone.</param>
    /// <param name="inputSchema">The schema of the pipeline's input.</param>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="options">Options, such as rows to verify the file with; null for the defaults.</param>
    /// <exception cref="NotSupportedException">A step cannot be converted; the message names it.</exception>
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
        var chain = new ConvertedChain(model, inputSchema, options.Converters);
        var rows = options.SampleRows is null ? null : ReadOnce(options.SampleRows);
        var converted = chain.Convert(options.Streaming);
        if (rows is not null)
            ExportVerification.Verify(model, chain, converted, rows, options.Tolerance);
        var written = PrecisionConverter.Convert(converted, options.Precision);
        if (rows is not null && options.Precision != OnnxPrecision.Float32)
            PrecisionVerification.Verify(model, chain, written, rows);
        written.Save(stream);
    }

    // Rows are compared by several passes over them, and a source need not repeat exactly: a lazy enumerable, a query, random numbers.
    private static IDataView ReadOnce(IDataView rows) =>
        new MLContext().Data.Cache(rows, [.. rows.Schema.Where(c => !c.IsHidden).Select(c => c.Name)]);
}
