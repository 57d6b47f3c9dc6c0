using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>
/// The most floating-point operations per second: of multiplications and additions in registers, on all threads at once, which no matrix
/// product exceeds; and those of libtorch's own product of large matrices.
/// </summary>
internal static class ArithmeticPeak
{
    private const int Repetitions = 4_000_000;
    private const int Sums = 12; // enough to hide the latency of each

    /// <summary>Operations per second of the machine's vectors.</summary>
    public static double Registers(int threads)
    {
        double best = 0;
        for (int round = 0; round < 5; round++)
        {
            long start = Stopwatch.GetTimestamp();
            var others = Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => MultiplyAdd(0.5f))).ToArray();
            foreach (var other in others)
                other.Start();
            MultiplyAdd(0.5f);
            foreach (var other in others)
                other.Join();
            int lanes = Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;
            best = Math.Max(best, 2.0 * lanes * Sums * Repetitions * threads / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    /// <summary>Operations per second of libtorch's product of square matrices.</summary>
    public static double MatrixProduct(int threads)
    {
        const int size = 1536;
        torch.set_num_threads(threads);
        using var scope = torch.NewDisposeScope();
        torch.Tensor left = torch.rand(size, size), right = torch.rand(size, size);
        double best = 0;
        for (int round = 0; round < 8; round++)
        {
            long start = Stopwatch.GetTimestamp();
            using var product = torch.mm(left, right);
            best = Math.Max(best, 2.0 * size * size * size / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    private static float MultiplyAdd(float factor) => Vector512.IsHardwareAccelerated
        ? Vector512.Sum(Wide(Vector512.Create(factor)))
        : Vector256.Sum(Narrow(Vector256.Create(factor)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Wide(Vector512<float> x)
    {
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int n = 0; n < Repetitions; n++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, x);
            b = Vector512.FusedMultiplyAdd(b, x, x);
            c = Vector512.FusedMultiplyAdd(c, x, x);
            d = Vector512.FusedMultiplyAdd(d, x, x);
            e = Vector512.FusedMultiplyAdd(e, x, x);
            f = Vector512.FusedMultiplyAdd(f, x, x);
            g = Vector512.FusedMultiplyAdd(g, x, x);
            h = Vector512.FusedMultiplyAdd(h, x, x);
            i = Vector512.FusedMultiplyAdd(i, x, x);
            j = Vector512.FusedMultiplyAdd(j, x, x);
            k = Vector512.FusedMultiplyAdd(k, x, x);
            l = Vector512.FusedMultiplyAdd(l, x, x);
        }
        return a + b + c + d + e + f + g + h + i + j + k + l;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Narrow(Vector256<float> x)
    {
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int n = 0; n < Repetitions; n++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, x);
            b = Vector256.FusedMultiplyAdd(b, x, x);
            c = Vector256.FusedMultiplyAdd(c, x, x);
            d = Vector256.FusedMultiplyAdd(d, x, x);
            e = Vector256.FusedMultiplyAdd(e, x, x);
            f = Vector256.FusedMultiplyAdd(f, x, x);
            g = Vector256.FusedMultiplyAdd(g, x, x);
            h = Vector256.FusedMultiplyAdd(h, x, x);
            i = Vector256.FusedMultiplyAdd(i, x, x);
            j = Vector256.FusedMultiplyAdd(j, x, x);
            k = Vector256.FusedMultiplyAdd(k, x, x);
            l = Vector256.FusedMultiplyAdd(l, x, x);
        }
        return a + b + c + d + e + f + g + h + i + j + k + l;
    }
}
