using System.Runtime.CompilerServices;

namespace MlNetRnn.Fused;

/// <summary>Memory for kernels: it does not move, begins at a cache line, and grows when more is needed, losing what it held.</summary>
internal sealed unsafe class PinnedBuffer
{
    private const int Line = 64; // bytes

    private float[] _values = [];

    /// <summary>The first value.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Makes room for so many values.</summary>
    /// <exception cref="InvalidOperationException">It is more than an array holds.</exception>
    public void Reserve(long count)
    {
        if (count <= _values.Length - Line / sizeof(float))
            return;
        if (count > Array.MaxLength - Line / sizeof(float))
        {
            throw new InvalidOperationException($"A recurrent layer needs {count} values at once for a batch, more than fit into one array: make "
                + "Training.BatchSize smaller, or the sequences shorter.");
        }
        _values = GC.AllocateUninitializedArray<float>((int)count + Line / sizeof(float), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref _values[0]);
        Pointer = (float*)((address + Line - 1) & ~(nuint)(Line - 1));
    }

    /// <summary>Makes room for so many values and sets them to 0.</summary>
    public void ReserveCleared(long count)
    {
        Reserve(count);
        new Span<float>(Pointer, (int)count).Clear();
    }
}
