using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// Predicts from raw rows that arrive one at a time: it keeps the last rows of each group and gives a prediction as soon as a group's
/// window is full, equal to that of <c>Transform</c> over the same rows. Made by
/// <see cref="SequenceServingExtensions.CreateSequenceEngine{TIn, TOut}"/>.
/// </summary>
/// <remarks>
/// <para>
/// For one caller at a time, like ML.NET's <see cref="PredictionEngine{TSrc, TDst}"/>: calls that overlap are refused with an
/// <see cref="InvalidOperationException"/> and change nothing. Give each thread an engine of its own; they share the model. Groups that are
/// spread over engines must always go to the same one.
/// </para>
/// <para>
/// Rows of a group come in time order; rows of different groups may alternate as they like. Memory is that of a window per group. A group
/// is kept until <see cref="Forget"/> or <see cref="Reset"/>, however long it is silent.
/// </para>
/// </remarks>
/// <typeparam name="TIn">The class of raw rows: what the model's first step reads. Neither the label nor a column that the prediction does
/// not depend on need be in it.</typeparam>
/// <typeparam name="TOut">The class of predictions: the model's outputs, columns of the newest row, or any other column of the chain's
/// output. The label has no value (NaN): it lies in the future.</typeparam>
public sealed class SequenceEngine<TIn, TOut> : IDisposable
    where TIn : class
    where TOut : class, new()
{
    private readonly EngineRows<TIn, TOut> _rows;
    private readonly byte[] _identity;
    private readonly SingleCaller _caller = new("This SequenceEngine is in use by another call, on another thread or from within a "
        + "property of its row: it serves one caller at a time. Make one engine per thread with CreateSequenceEngine, or keep a pool of them; "
        + "they share the model.");
    private bool _disposed;

    internal SequenceEngine(MLContext ml, WindowedPipeline pipeline, DataViewSchema? inputSchema)
    {
        WindowLength = pipeline.Window.WindowLength;
        _rows = new(ml, pipeline, inputSchema);
        _identity = EngineCheckpoint.IdentityOf(pipeline, _rows.Window.Binding);
    }

    /// <summary>The columns that a prediction can have.</summary>
    public DataViewSchema OutputSchema => _rows.OutputSchema;

    /// <summary>The number of rows in a window, which a group needs before its first prediction; with <see cref="WindowPadding.Start"/> one
    /// row is enough.</summary>
    public int WindowLength { get; }

    /// <summary>The number of groups that the engine keeps rows of; at most 1 for a model without groups.</summary>
    public int GroupCount => _rows.Window.Groups.Count;

    /// <summary>Takes in the next row of a group and predicts from the window that it completes.</summary>
    /// <param name="row">The row. The engine reads it during the call only.</param>
    /// <returns>The prediction, or null as long as the group has fewer than <see cref="WindowLength"/> rows and windows are not
    /// padded.</returns>
    /// <exception cref="InvalidOperationException">The row's values cannot be read, and the row was not taken in; or another call is under
    /// way.</exception>
    public TOut? Push(TIn row)
    {
        using var call = Enter();
        if (!Take(row))
            return null;
        var prediction = new TOut();
        _rows.Write(prediction);
        return prediction;
    }

    /// <summary>Takes in the next row of a group and predicts into an object at hand: nothing is allocated for scalars, for vectors whose
    /// arrays have their size already, and for text that is not among the prediction's columns.</summary>
    /// <param name="row">The row. The engine reads it during the call only.</param>
    /// <param name="prediction">Receives the prediction; left as it is as long as there is none.</param>
    /// <returns>Whether there is a prediction: the group has <see cref="WindowLength"/> rows or more, or windows are padded.</returns>
    /// <exception cref="InvalidOperationException">The row's values cannot be read, and the row was not taken in; or another call is under
    /// way.</exception>
    public bool TryPush(TIn row, TOut prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        using var call = Enter();
        if (!Take(row))
            return false;
        _rows.Write(prediction);
        return true;
    }

    /// <summary>Drops the rows of one group, such as one whose source has closed: its next prediction needs a full window again.</summary>
    /// <param name="row">A row of the group; of its columns the group alone is read.</param>
    /// <returns>Whether the engine had rows of that group.</returns>
    public bool Forget(TIn row)
    {
        ArgumentNullException.ThrowIfNull(row);
        using var call = Enter();
        _rows.Read(row);
        return _rows.Window.Groups.Forget();
    }

    /// <summary>Drops the rows of all groups.</summary>
    public void Reset()
    {
        using var call = Enter();
        _rows.Window.Groups.Clear();
    }

    /// <summary>
    /// Writes the groups' rows to a file, from which an engine of the same model goes on as if there had been no break. The model is not in
    /// it, nor is what a step such as <c>StatefulCustomMapping</c> remembers. A file already there stays whole until the new one is
    /// complete.
    /// </summary>
    /// <param name="path">The file, in a folder that exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Checkpoint(string path)
    {
        using var call = Enter();
        AtomicFile.Write(path, WriteCheckpoint);
    }

    /// <summary>Writes the groups' rows to a stream, as <see cref="Checkpoint(string)"/> does to a file.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    public void Checkpoint(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var call = Enter();
        WriteCheckpoint(stream);
    }

    /// <summary>
    /// Takes the groups' rows of a checkpoint in place of those at hand, which stay when the checkpoint cannot be used.
    /// </summary>
    /// <param name="path">A file that <see cref="Checkpoint(string)"/> of an engine of the same model wrote. A model is recognised by its
    /// ONNX graph and its windowing.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or not a checkpoint.</exception>
    /// <exception cref="InvalidOperationException">The checkpoint is one of another model; or another call is under way.</exception>
    public void Restore(string path)
    {
        using var call = Enter();
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{Path.GetFullPath(path)}'; give the path of a checkpoint, or start without "
                + "one.", path);
        }
        ReadCheckpoint(File.ReadAllBytes(path), $"'{path}'");
    }

    /// <summary>Takes the groups' rows of a checkpoint in a stream, as <see cref="Restore(string)"/> does of a file.</summary>
    /// <param name="stream">What <see cref="Checkpoint(Stream)"/> of an engine of the same model wrote; read to its end.</param>
    /// <exception cref="FormatException">The data is cut, corrupted, of a newer format, or not a checkpoint.</exception>
    /// <exception cref="InvalidOperationException">The checkpoint is one of another model; or another call is under way.</exception>
    public void Restore(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var call = Enter();
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        ReadCheckpoint(buffer.ToArray(), "The stream");
    }

    /// <summary>Frees the engine's buffers. The model is not touched: other engines of it, and <c>Transform</c>, go on.</summary>
    public void Dispose()
    {
        using var call = _caller.Enter();
        if (_disposed)
            return;
        _disposed = true;
        _rows.Dispose();
    }

    private SingleCaller.Call Enter()
    {
        var call = _caller.Enter();
        if (!_disposed)
            return call;
        call.Dispose();
        throw new ObjectDisposedException(GetType().Name);
    }

    private bool Take(TIn row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _rows.Read(row);
        return _rows.Window.TakeRow();
    }

    private void WriteCheckpoint(Stream stream) => EngineCheckpoint.Form.Write(stream, _identity, _rows.Window.Groups.Save);

    private void ReadCheckpoint(byte[] bytes, string source) =>
        EngineCheckpoint.Form.Read(bytes, source, _identity, _rows.Window.Groups.Restore);
}
