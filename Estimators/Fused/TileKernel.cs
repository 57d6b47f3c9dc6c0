using System.Runtime.CompilerServices;

namespace MlNetRnn.Fused;

/// <summary>A number that the compiler knows: code over it is compiled for each value, without branches.</summary>
internal interface IConstant
{
    static abstract int Value { get; }
}

internal readonly struct One : IConstant
{
    public static int Value => 1;
}

internal readonly struct Two : IConstant
{
    public static int Value => 2;
}

internal readonly struct Three : IConstant
{
    public static int Value => 3;
}

internal readonly struct Four : IConstant
{
    public static int Value => 4;
}

internal readonly struct Five : IConstant
{
    public static int Value => 5;
}

internal readonly struct Six : IConstant
{
    public static int Value => 6;
}

/// <summary>
/// The products of one tile, kept in registers over the whole inner dimension: up to six rows by up to four vectors (Goto and van de
/// Geijn, 2008).
/// </summary>
internal static unsafe class TileKernel<V, S>
    where V : unmanaged
    where S : ISimd<V>
{
    /// <summary>Computes one tile, of 1 to 6 rows and 1 to 4 vectors.</summary>
    public static void Run(
        int rows, int vectors, float* a, nint aRow, nint aStep, nint inner, float* w, nint wStep, float* start, nint startRow, float* c, nint cRow)
    {
        switch (vectors)
        {
            case 4:
                Run<Four>(rows, a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
            case 3:
                Run<Three>(rows, a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
            case 2:
                Run<Two>(rows, a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
            default:
                Run<One>(rows, a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
        }
    }

    private static void Run<TVectors>(
        int rows, float* a, nint aRow, nint aStep, nint inner, float* w, nint wStep, float* start, nint startRow, float* c, nint cRow)
        where TVectors : IConstant
    {
        switch (rows)
        {
            case 6:
                Run<Six, TVectors>(a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
            case 5:
                Run<Five, TVectors>(a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
            case 4:
                Run<Four, TVectors>(a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
            case 3:
                Run<Three, TVectors>(a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
            case 2:
                Run<Two, TVectors>(a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
            default:
                Run<One, TVectors>(a, aRow, aStep, inner, w, wStep, start, startRow, c, cRow);
                break;
        }
    }

    /// <summary>Computes <c>C[r, v] = start[r, v] + Σ A[r, k] · W[k, v]</c> for one tile.</summary>
    /// <param name="a">The left matrix' first value.</param>
    /// <param name="aRow">Values from one row of A to the next.</param>
    /// <param name="aStep">Values from one k to the next.</param>
    /// <param name="inner">The number of k.</param>
    /// <param name="w">The right matrix, whole vectors side by side for each k.</param>
    /// <param name="wStep">Values from one k to the next.</param>
    /// <param name="start">What the sums start from.</param>
    /// <param name="startRow">Values from one row of it to the next; 0 for a row that all share.</param>
    /// <param name="c">The result.</param>
    /// <param name="cRow">Values from one of its rows to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows, TVectors>(
        float* a, nint aRow, nint aStep, nint inner, float* w, nint wStep, float* start, nint startRow, float* c, nint cRow)
        where TRows : IConstant
        where TVectors : IConstant
    {
        V s00 = default, s01 = default, s02 = default, s03 = default;
        V s10 = default, s11 = default, s12 = default, s13 = default;
        V s20 = default, s21 = default, s22 = default, s23 = default;
        V s30 = default, s31 = default, s32 = default, s33 = default;
        V s40 = default, s41 = default, s42 = default, s43 = default;
        V s50 = default, s51 = default, s52 = default, s53 = default;
        int lanes = S.Lanes;
        {
            s00 = S.Load(start + 0 * startRow);
            if (TVectors.Value > 1)
                s01 = S.Load(start + 0 * startRow + 1 * lanes);
            if (TVectors.Value > 2)
                s02 = S.Load(start + 0 * startRow + 2 * lanes);
            if (TVectors.Value > 3)
                s03 = S.Load(start + 0 * startRow + 3 * lanes);
        }
        if (TRows.Value > 1)
        {
            s10 = S.Load(start + 1 * startRow);
            if (TVectors.Value > 1)
                s11 = S.Load(start + 1 * startRow + 1 * lanes);
            if (TVectors.Value > 2)
                s12 = S.Load(start + 1 * startRow + 2 * lanes);
            if (TVectors.Value > 3)
                s13 = S.Load(start + 1 * startRow + 3 * lanes);
        }
        if (TRows.Value > 2)
        {
            s20 = S.Load(start + 2 * startRow);
            if (TVectors.Value > 1)
                s21 = S.Load(start + 2 * startRow + 1 * lanes);
            if (TVectors.Value > 2)
                s22 = S.Load(start + 2 * startRow + 2 * lanes);
            if (TVectors.Value > 3)
                s23 = S.Load(start + 2 * startRow + 3 * lanes);
        }
        if (TRows.Value > 3)
        {
            s30 = S.Load(start + 3 * startRow);
            if (TVectors.Value > 1)
                s31 = S.Load(start + 3 * startRow + 1 * lanes);
            if (TVectors.Value > 2)
                s32 = S.Load(start + 3 * startRow + 2 * lanes);
            if (TVectors.Value > 3)
                s33 = S.Load(start + 3 * startRow + 3 * lanes);
        }
        if (TRows.Value > 4)
        {
            s40 = S.Load(start + 4 * startRow);
            if (TVectors.Value > 1)
                s41 = S.Load(start + 4 * startRow + 1 * lanes);
            if (TVectors.Value > 2)
                s42 = S.Load(start + 4 * startRow + 2 * lanes);
            if (TVectors.Value > 3)
                s43 = S.Load(start + 4 * startRow + 3 * lanes);
        }
        if (TRows.Value > 5)
        {
            s50 = S.Load(start + 5 * startRow);
            if (TVectors.Value > 1)
                s51 = S.Load(start + 5 * startRow + 1 * lanes);
            if (TVectors.Value > 2)
                s52 = S.Load(start + 5 * startRow + 2 * lanes);
            if (TVectors.Value > 3)
                s53 = S.Load(start + 5 * startRow + 3 * lanes);
        }
        for (nint k = 0; k < inner; k++)
        {
            V w0 = S.Load(w), w1 = default, w2 = default, w3 = default;
            if (TVectors.Value > 1)
                w1 = S.Load(w + 1 * lanes);
            if (TVectors.Value > 2)
                w2 = S.Load(w + 2 * lanes);
            if (TVectors.Value > 3)
                w3 = S.Load(w + 3 * lanes);
            {
                var x = S.Create(a[0 * aRow]);
                s00 = S.MultiplyAdd(x, w0, s00);
                if (TVectors.Value > 1)
                    s01 = S.MultiplyAdd(x, w1, s01);
                if (TVectors.Value > 2)
                    s02 = S.MultiplyAdd(x, w2, s02);
                if (TVectors.Value > 3)
                    s03 = S.MultiplyAdd(x, w3, s03);
            }
            if (TRows.Value > 1)
            {
                var x = S.Create(a[1 * aRow]);
                s10 = S.MultiplyAdd(x, w0, s10);
                if (TVectors.Value > 1)
                    s11 = S.MultiplyAdd(x, w1, s11);
                if (TVectors.Value > 2)
                    s12 = S.MultiplyAdd(x, w2, s12);
                if (TVectors.Value > 3)
                    s13 = S.MultiplyAdd(x, w3, s13);
            }
            if (TRows.Value > 2)
            {
                var x = S.Create(a[2 * aRow]);
                s20 = S.MultiplyAdd(x, w0, s20);
                if (TVectors.Value > 1)
                    s21 = S.MultiplyAdd(x, w1, s21);
                if (TVectors.Value > 2)
                    s22 = S.MultiplyAdd(x, w2, s22);
                if (TVectors.Value > 3)
                    s23 = S.MultiplyAdd(x, w3, s23);
            }
            if (TRows.Value > 3)
            {
                var x = S.Create(a[3 * aRow]);
                s30 = S.MultiplyAdd(x, w0, s30);
                if (TVectors.Value > 1)
                    s31 = S.MultiplyAdd(x, w1, s31);
                if (TVectors.Value > 2)
                    s32 = S.MultiplyAdd(x, w2, s32);
                if (TVectors.Value > 3)
                    s33 = S.MultiplyAdd(x, w3, s33);
            }
            if (TRows.Value > 4)
            {
                var x = S.Create(a[4 * aRow]);
                s40 = S.MultiplyAdd(x, w0, s40);
                if (TVectors.Value > 1)
                    s41 = S.MultiplyAdd(x, w1, s41);
                if (TVectors.Value > 2)
                    s42 = S.MultiplyAdd(x, w2, s42);
                if (TVectors.Value > 3)
                    s43 = S.MultiplyAdd(x, w3, s43);
            }
            if (TRows.Value > 5)
            {
                var x = S.Create(a[5 * aRow]);
                s50 = S.MultiplyAdd(x, w0, s50);
                if (TVectors.Value > 1)
                    s51 = S.MultiplyAdd(x, w1, s51);
                if (TVectors.Value > 2)
                    s52 = S.MultiplyAdd(x, w2, s52);
                if (TVectors.Value > 3)
                    s53 = S.MultiplyAdd(x, w3, s53);
            }
            a += aStep;
            w += wStep;
        }
        {
            S.Store(s00, c + 0 * cRow);
            if (TVectors.Value > 1)
                S.Store(s01, c + 0 * cRow + 1 * lanes);
            if (TVectors.Value > 2)
                S.Store(s02, c + 0 * cRow + 2 * lanes);
            if (TVectors.Value > 3)
                S.Store(s03, c + 0 * cRow + 3 * lanes);
        }
        if (TRows.Value > 1)
        {
            S.Store(s10, c + 1 * cRow);
            if (TVectors.Value > 1)
                S.Store(s11, c + 1 * cRow + 1 * lanes);
            if (TVectors.Value > 2)
                S.Store(s12, c + 1 * cRow + 2 * lanes);
            if (TVectors.Value > 3)
                S.Store(s13, c + 1 * cRow + 3 * lanes);
        }
        if (TRows.Value > 2)
        {
            S.Store(s20, c + 2 * cRow);
            if (TVectors.Value > 1)
                S.Store(s21, c + 2 * cRow + 1 * lanes);
            if (TVectors.Value > 2)
                S.Store(s22, c + 2 * cRow + 2 * lanes);
            if (TVectors.Value > 3)
                S.Store(s23, c + 2 * cRow + 3 * lanes);
        }
        if (TRows.Value > 3)
        {
            S.Store(s30, c + 3 * cRow);
            if (TVectors.Value > 1)
                S.Store(s31, c + 3 * cRow + 1 * lanes);
            if (TVectors.Value > 2)
                S.Store(s32, c + 3 * cRow + 2 * lanes);
            if (TVectors.Value > 3)
                S.Store(s33, c + 3 * cRow + 3 * lanes);
        }
        if (TRows.Value > 4)
        {
            S.Store(s40, c + 4 * cRow);
            if (TVectors.Value > 1)
                S.Store(s41, c + 4 * cRow + 1 * lanes);
            if (TVectors.Value > 2)
                S.Store(s42, c + 4 * cRow + 2 * lanes);
            if (TVectors.Value > 3)
                S.Store(s43, c + 4 * cRow + 3 * lanes);
        }
        if (TRows.Value > 5)
        {
            S.Store(s50, c + 5 * cRow);
            if (TVectors.Value > 1)
                S.Store(s51, c + 5 * cRow + 1 * lanes);
            if (TVectors.Value > 2)
                S.Store(s52, c + 5 * cRow + 2 * lanes);
            if (TVectors.Value > 3)
                S.Store(s53, c + 5 * cRow + 3 * lanes);
        }
    }
}
