using System.Runtime.Intrinsics;
using MlNetRnn.Fused;

namespace MlNetRnn.Tests;

/// <summary>Tiles of products against sums written out.</summary>
[TestClass]
public class TileKernelTests
{
    private const float Untouched = 12345;

    private static readonly int[] Inners = [0, 1, 17];

    [TestMethod]
    [DataRow(256)]
    [DataRow(512)]
    public void A_tile_of_every_size_holds_the_products(int bits)
    {
        VectorWidths.Require(bits);
        var random = new Random(1);
        foreach (var tile in from rows in Enumerable.Range(1, 6)
                             from vectors in Enumerable.Range(1, 4)
                             from inner in Inners
                             from transposed in new[] { false, true }
                             from shared in new[] { false, true }
                             select new Tile(rows, vectors, inner, transposed, shared))
        {
            if (bits == 512)
                Check<Vector512<float>, Simd512>(tile, random);
            else
                Check<Vector256<float>, Simd256>(tile, random);
        }
    }

    // As weight gradients are summed: the sums start from what the target holds.
    [TestMethod]
    [DataRow(256)]
    [DataRow(512)]
    public unsafe void A_tile_is_added_to_what_it_starts_from_in_place(int bits)
    {
        VectorWidths.Require(bits);
        float[] a = [2, 3], w = Enumerable.Repeat(5f, 16).ToArray(), c = Enumerable.Repeat(100f, 16).ToArray();
        fixed (float* pa = a, pw = w, pc = c)
        {
            if (bits == 512)
                TileKernel<Vector512<float>, Simd512>.Run(1, 1, pa, 0, 1, 1, pw, 16, pc, 16, pc, 16);
            else
                TileKernel<Vector256<float>, Simd256>.Run(1, 2, pa, 0, 1, 1, pw, 16, pc, 16, pc, 16);
        }
        Assert.AreSequenceEqual(Enumerable.Repeat(110f, 16), c);
    }

    private static unsafe void Check<V, S>(Tile tile, Random random)
        where V : unmanaged
        where S : ISimd<V>
    {
        int width = tile.Vectors * S.Lanes;
        int aRow = tile.Transposed ? 1 : tile.Inner + 3, aStep = tile.Transposed ? tile.Rows + 5 : 1; // odd ones, on purpose
        int wStep = width + 7, startRow = tile.SharedStart ? 0 : width + 1, cRow = width + 3;
        float[] a = Values(random, (tile.Rows + 5) * (tile.Inner + 3)), w = Values(random, tile.Inner * wStep + 1);
        float[] start = Values(random, tile.Rows * (width + 1)), c = [.. Enumerable.Repeat(Untouched, tile.Rows * cRow)];

        fixed (float* pa = a, pw = w, ps = start, pc = c)
            TileKernel<V, S>.Run(tile.Rows, tile.Vectors, pa, aRow, aStep, tile.Inner, pw, wStep, ps, startRow, pc, cRow);

        for (int row = 0; row < tile.Rows; row++)
        {
            for (int column = 0; column < cRow; column++)
            {
                double expected = Untouched;
                if (column < width)
                {
                    expected = start[row * startRow + column]
                        + Enumerable.Range(0, tile.Inner).Sum(k => (double)a[row * aRow + k * aStep] * w[k * wStep + column]);
                }
                Assert.AreEqual(expected, c[row * cRow + column], 1e-5, $"{tile}, row {row}, column {column}");
            }
        }
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    private sealed record Tile(int Rows, int Vectors, int Inner, bool Transposed, bool SharedStart);
}
