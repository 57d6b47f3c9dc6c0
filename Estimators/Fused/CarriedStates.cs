using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlNetRnn.Fused;

/// <summary>
/// The states of a layer between the parts of sequences that are run one after the other: after one part, the next goes on from them
/// (truncated backpropagation through time; Williams and Peng, 1990). Of each sequence <paramref name="hidden"/> values, twice.
/// </summary>
internal sealed class CarriedStates(int hidden)
{
    private float[] _hidden = [], _cell = [];

    /// <summary>Begins anew: all states are zero.</summary>
    /// <param name="batch">Sequences that are to be run; later parts may be of fewer, the first of them.</param>
    public void Begin(int batch)
    {
        if (_hidden.Length < batch * hidden)
            (_hidden, _cell) = (Pinned(batch), Pinned(batch));
        Array.Clear(_hidden);
        Array.Clear(_cell);
    }

    /// <summary>The hidden states, <c>[batch, hidden]</c>.</summary>
    public Span<float> Hidden(int batch) => _hidden.AsSpan(0, batch * hidden);

    /// <summary>The second states likewise; they are zero where the cell has none.</summary>
    public Span<float> Cell(int batch) => _cell.AsSpan(0, batch * hidden);

    public unsafe float* HiddenPointer(int batch) => Pointer(Hidden(batch));

    public unsafe float* CellPointer(int batch) => Pointer(Cell(batch));

    private float[] Pinned(int batch) => GC.AllocateArray<float>(batch * hidden, pinned: true);

    private static unsafe float* Pointer(Span<float> values) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(values));
}
