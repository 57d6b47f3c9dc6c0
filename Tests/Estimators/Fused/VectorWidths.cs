using System.Runtime.Intrinsics;
using MlNetRnn.Fused;

namespace MlNetRnn.Tests;

/// <summary>The widths of vectors that kernels are compiled for, in bits, for tests over each.</summary>
internal static class VectorWidths
{
    public static int Widest => Vector512.IsHardwareAccelerated ? 512 : 256;

    /// <summary>A cell's kernels over vectors of a width; ends the test where this machine lacks it.</summary>
    public static FusedPass Pass(int bits, FusedCell cell)
    {
        Require(bits);
        return bits == 512
            ? FusedPasses.Create<Vector512<float>, Simd512>(cell)
            : FusedPasses.Create<Vector256<float>, Simd256>(cell);
    }

    /// <summary>Ends the test as inconclusive where this machine lacks a width.</summary>
    public static void Require(int bits)
    {
        if (bits > Widest)
            Assert.Inconclusive($"This machine has no vectors of {bits} bits.");
    }
}
