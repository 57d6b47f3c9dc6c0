using System.Runtime.Intrinsics;

namespace MlNetRnn.Fused;

/// <summary>The passes of each cell, over the widest vectors that this machine computes with.</summary>
internal static class FusedPasses
{
    public static FusedPass Lstm() => Vector512.IsHardwareAccelerated
        ? new FusedPass<Vector512<float>, Simd512, LstmKernel<Vector512<float>, Simd512>>()
        : new FusedPass<Vector256<float>, Simd256, LstmKernel<Vector256<float>, Simd256>>();

    public static FusedPass Gru() => Vector512.IsHardwareAccelerated
        ? new FusedPass<Vector512<float>, Simd512, GruKernel<Vector512<float>, Simd512>>()
        : new FusedPass<Vector256<float>, Simd256, GruKernel<Vector256<float>, Simd256>>();

    public static FusedPass Tanh() => Vector512.IsHardwareAccelerated
        ? new FusedPass<Vector512<float>, Simd512, TanhKernel<Vector512<float>, Simd512>>()
        : new FusedPass<Vector256<float>, Simd256, TanhKernel<Vector256<float>, Simd256>>();

    public static FusedPass Relu() => Vector512.IsHardwareAccelerated
        ? new FusedPass<Vector512<float>, Simd512, ReluKernel<Vector512<float>, Simd512>>()
        : new FusedPass<Vector256<float>, Simd256, ReluKernel<Vector256<float>, Simd256>>();
}
