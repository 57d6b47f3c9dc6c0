using System.Runtime.Intrinsics;

namespace MlNetRnn.Fused;

/// <summary>The cells that there are kernels for.</summary>
internal enum FusedCell
{
    Lstm,
    Gru,
    RnnTanh,
    RnnRelu,
}

/// <summary>The kernels of each cell, over vectors of either width.</summary>
internal static class FusedPasses
{
    /// <summary>Those over the widest vectors that this machine computes with.</summary>
    public static FusedPass Widest(FusedCell cell) => Vector512.IsHardwareAccelerated
        ? Create<Vector512<float>, Simd512>(cell)
        : Create<Vector256<float>, Simd256>(cell);

    /// <summary>Those over vectors of a given width.</summary>
    public static FusedPass Create<V, S>(FusedCell cell)
        where V : unmanaged
        where S : ISimd<V> => cell switch
        {
            FusedCell.Lstm => new FusedPass<V, S, LstmKernel<V, S>>(),
            FusedCell.Gru => new FusedPass<V, S, GruKernel<V, S>>(),
            FusedCell.RnnTanh => new FusedPass<V, S, TanhKernel<V, S>>(),
            FusedCell.RnnRelu => new FusedPass<V, S, ReluKernel<V, S>>(),
            _ => throw new ArgumentOutOfRangeException(nameof(cell), cell, "Unknown cell."),
        };
}
