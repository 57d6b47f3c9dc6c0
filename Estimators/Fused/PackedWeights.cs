using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlNetRnn.Fused;

/// <summary>The weights of one direction as torch holds them.</summary>
/// <param name="Input"><c>[gates × hidden, inputs]</c>.</param>
/// <param name="Recurrent"><c>[gates × hidden, hidden]</c>.</param>
/// <param name="InputBias"><c>[gates × hidden]</c>.</param>
/// <param name="RecurrentBias"><c>[gates × hidden]</c>.</param>
internal readonly unsafe record struct WeightPointers(nint Input, nint Recurrent, nint InputBias, nint RecurrentBias);

/// <summary>
/// The weights of one direction in the order that tiles read them, zero where units are padding. Forward they stand by tiles of units,
/// <c>[tiles][k][vectors]</c>; backward by panels of up to four vectors of what they are multiplied to, <c>[panels][k][vectors]</c>.
/// </summary>
internal sealed unsafe class PackedWeights(LayerSizes sizes)
{
    private readonly PinnedBuffer _input = new();
    private readonly PinnedBuffer _recurrent = new();
    private readonly PinnedBuffer _bias = new();
    private readonly PinnedBuffer _inputBack = new();
    private readonly PinnedBuffer _recurrentBack = new();

    /// <summary>For the product with inputs: tile of units b begins at b × <see cref="LayerSizes.Inputs"/> × gates vectors.</summary>
    public float* Input => _input.Pointer;

    /// <summary>For the product with hidden states: tile of units b begins at b × <see cref="LayerSizes.Hidden"/> × gates vectors.</summary>
    public float* Recurrent => _recurrent.Pointer;

    /// <summary>Biases by slot, <c>[blocks][slots]</c> vectors.</summary>
    public float* Bias => _bias.Pointer;

    /// <summary>For the gradient of inputs, <c>[panels][<see cref="LayerSizes.FedColumns"/>][vectors]</c>.</summary>
    public float* InputBack => _inputBack.Pointer;

    /// <summary>For the gradient of hidden states, <c>[panels][<see cref="LayerSizes.FedColumns"/>][vectors]</c>.</summary>
    public float* RecurrentBack => _recurrentBack.Pointer;

    public void Reserve(bool backward, bool inputGradient)
    {
        long columns = sizes.FedColumns;
        _input.Reserve(columns * sizes.Inputs);
        _recurrent.Reserve(columns * sizes.Hidden);
        _bias.Reserve((long)sizes.Layout.Slots * sizes.PaddedHidden);
        if (backward)
            _recurrentBack.Reserve(columns * sizes.PaddedHidden);
        if (inputGradient)
            _inputBack.Reserve(columns * sizes.PaddedInputs);
    }

    /// <summary>Packs a share of the weights.</summary>
    public void Pack(WeightPointers weights, bool backward, bool inputGradient, int share, int shares)
    {
        var layout = sizes.Layout;
        int from = sizes.Blocks * share / shares, to = sizes.Blocks * (share + 1) / shares;
        for (int block = from; block < to; block++)
        {
            PackForward((float*)weights.Input, sizes.Inputs, layout.InputGates, Input, block);
            PackForward((float*)weights.Recurrent, sizes.Hidden, layout.HiddenGates, Recurrent, block);
            PackBias(weights, block);
            if (backward)
                PackBackward((float*)weights.Recurrent, sizes.Hidden, sizes.PaddedHidden, layout.HiddenGates, RecurrentBack, block);
            if (inputGradient)
                PackBackward((float*)weights.Input, sizes.Inputs, sizes.PaddedInputs, layout.InputGates, InputBack, block);
        }
    }

    // Rows of the matrix become columns: vectors of one block of units, gate by gate, within their tile.
    private void PackForward(float* matrix, int inner, int[] gates, float* packed, int block)
    {
        int lanes = sizes.Lanes, perTile = sizes.Layout.BlocksPerTile;
        int first = block / perTile * perTile, blocks = Math.Min(perTile, sizes.Blocks - first);
        int units = Math.Min(lanes, sizes.Hidden - block * lanes);
        nint vectors = (nint)blocks * gates.Length * lanes; // values per k in the tile
        float* tile = packed + (nint)first * gates.Length * lanes * inner;
        for (int gate = 0; gate < gates.Length; gate++)
        {
            float* target = tile + ((nint)(block - first) * gates.Length + gate) * lanes;
            float* source = matrix + ((nint)gates[gate] * sizes.Hidden + (nint)block * lanes) * inner;
            Transpose(source, units, inner, target, vectors);
            for (nint k = 0; units < lanes && k < inner; k++)
                new Span<float>(target + k * vectors + units, lanes - units).Clear();
        }
    }

    // source [rows, columns] → target [columns][rows], targetRow from one of its rows to the next
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* source, int rows, int columns, float* target, nint targetRow)
    {
        int wholeRows = Sse.IsSupported ? rows & ~3 : 0, wholeColumns = columns & ~3;
        for (int column = 0; column < wholeColumns; column += 4)
        {
            for (int row = 0; row < wholeRows; row += 4)
                TransposeFour(source + (nint)row * columns + column, columns, target + column * targetRow + row, targetRow);
        }
        for (int row = 0; row < rows; row++)
        {
            for (int column = row < wholeRows ? wholeColumns : 0; column < columns; column++)
                target[column * targetRow + row] = source[(nint)row * columns + column];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeFour(float* source, nint sourceRow, float* target, nint targetRow)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + sourceRow);
        Vector128<float> c = Vector128.Load(source + 2 * sourceRow), d = Vector128.Load(source + 3 * sourceRow);
        Vector128<float> ab = Sse.UnpackLow(a, b), cd = Sse.UnpackLow(c, d); // a0 b0 a1 b1, c0 d0 c1 d1
        Sse.MoveLowToHigh(ab, cd).Store(target);
        Sse.MoveHighToLow(cd, ab).Store(target + targetRow);
        (ab, cd) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));             // a2 b2 a3 b3, c2 d2 c3 d3
        Sse.MoveLowToHigh(ab, cd).Store(target + 2 * targetRow);
        Sse.MoveHighToLow(cd, ab).Store(target + 3 * targetRow);
    }

    private void PackBias(WeightPointers weights, int block)
    {
        var layout = sizes.Layout;
        int lanes = sizes.Lanes, units = Math.Min(lanes, sizes.Hidden - block * lanes);
        float* bias = Bias + (nint)block * layout.Slots * lanes;
        new Span<float>(bias, layout.Slots * lanes).Clear();
        for (int gate = 0; gate < layout.Gates; gate++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                bias[gate * lanes + unit] += ((float*)weights.InputBias)[layout.InputGates[gate] * sizes.Hidden + block * lanes + unit];
                bias[(layout.FirstHidden + gate) * lanes + unit] +=
                    ((float*)weights.RecurrentBias)[layout.HiddenGates[gate] * sizes.Hidden + block * lanes + unit];
            }
        }
    }

    // Rows stay rows, one for each column of slots; the padding's are zero.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackBackward(float* matrix, int width, int paddedWidth, int[] gates, float* packed, int block)
    {
        int lanes = sizes.Lanes;
        for (int gate = 0; gate < gates.Length; gate++)
        {
            for (int unit = 0; unit < lanes; unit++)
            {
                nint k = (nint)gate * sizes.PaddedHidden + block * lanes + unit;
                int row = block * lanes + unit;
                for (int at = 0; at < paddedWidth; at += 4 * lanes)
                {
                    int size = Math.Min(4 * lanes, paddedWidth - at);
                    int given = row < sizes.Hidden ? Math.Min(size, width - at) : 0;
                    var target = new Span<float>(packed + (nint)at * sizes.FedColumns + k * size, size);
                    new ReadOnlySpan<float>(matrix + ((nint)gates[gate] * sizes.Hidden + row) * width + at, given).CopyTo(target);
                    target[given..].Clear();
                }
            }
        }
    }
}
