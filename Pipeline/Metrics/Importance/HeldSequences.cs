using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Rows held in memory once, read by one cursor: their sequences in one buffer, their other columns beside it. Rows without steps are left
/// out.
/// </summary>
internal sealed class HeldSequences
{
    private readonly FloatList _values = new(int.MaxValue);
    private readonly List<int> _ends = []; // per row, the end of its values
    private readonly List<int> _padding = []; // per row, leading steps that are not there
    private readonly RowBuffer _others;

    /// <param name="data">The rows.</param>
    /// <param name="sequences">The column of sequences.</param>
    /// <param name="others">Further columns to hold.</param>
    public HeldSequences(IDataView data, StepColumn sequences, IEnumerable<DataViewSchema.Column> others)
    {
        (Schema, Sequences) = (data.Schema, sequences);
        var beside = others.Where(column => column.Index != sequences.Column.Index).ToArray();
        using var cursor = data.GetRowCursor([sequences.Column, .. beside]);
        var sequence = new SingleColumn(cursor, sequences.Column);
        _others = new RowBuffer(cursor, beside, capacity: 16);
        while (cursor.MoveNext())
        {
            var values = sequence.Read();
            var padding = sequences.Padding(values, cursor.Position + 1);
            if (padding * sequences.Features == values.Length)
                continue;
            _padding.Add(padding);
            _others.Store(_ends.Count);
            _values.Add(values);
            _ends.Add(_values.Count);
        }
    }

    public DataViewSchema Schema { get; }

    public StepColumn Sequences { get; }

    public int Count => _ends.Count;

    /// <summary>A row's sequence with its padding, [padding + steps, features].</summary>
    public ReadOnlySpan<float> Padded(int row) => _values.Values[(row == 0 ? 0 : _ends[row - 1]).._ends[row]];

    /// <summary>A row's sequence without its padding, [steps, features].</summary>
    public ReadOnlySpan<float> Sequence(int row) => Padded(row)[(_padding[row] * Sequences.Features)..];

    /// <summary>The number of steps of each row's sequence.</summary>
    public int[] Steps() => [.. Enumerable.Range(0, Count).Select(row => Sequence(row).Length / Sequences.Features)];

    /// <summary>A getter of another column's value in the row that <paramref name="row"/> names at the time of the call.</summary>
    public ValueGetter<T> GetGetter<T>(DataViewSchema.Column column, Func<int> row) => _others.GetGetter<T>(column, row);

    public DataViewRowId GetId(int row) => _others.GetId(row);
}
