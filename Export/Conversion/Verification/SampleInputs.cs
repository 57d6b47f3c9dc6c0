using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Reads what a file takes from sample rows: raw windows, or raw columns.</summary>
internal abstract class SampleInputs(DataViewRowCursor cursor) : IDisposable
{
    public DataViewRowCursor Cursor => cursor;

    /// <summary>Rows that are run at once.</summary>
    public virtual int BatchSize => 64;

    /// <summary>What one of them is called.</summary>
    public abstract string What { get; }

    /// <summary>The names of the file's inputs.</summary>
    public abstract string[] Names { get; }

    public static SampleInputs Create(ConvertedChain chain, IDataView rows) =>
        chain.Window is null ? new SampleColumns(chain, rows) : SampleWindows.Open(chain, rows);

    /// <summary>Appends the current row's inputs.</summary>
    public abstract void Read();

    /// <summary>The inputs of the rows read, for the caller to dispose.</summary>
    public abstract IEnumerable<OrtValue> Tensors(int count);

    public abstract void Clear();

    public void Dispose() => cursor.Dispose();
}
