using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace MlNetRnn.Fused;

// From the gradients of outputs to those of inputs and weights.
internal sealed unsafe partial class FusedPass<V, S, TCell>
{
    private void Backward(LayerPart part, float* zeros)
    {
        var (run, sizes) = (_run, _run.Sizes);
        int state = part.Rows * sizes.StateRow;
        float* dh = part.HiddenGradient.Pointer, bias = part.BiasGradient.Pointer;
        new Span<float>(dh, state).Clear();
        new Span<float>(bias, sizes.SlotsRow).Clear();
        if (sizes.Layout.HasCellState)
            new Span<float>(part.CellGradient.Pointer, state).Clear();
        new Span<float>(part.InputWeightGradient.Pointer, sizes.FedColumns * sizes.PaddedInputs).Clear();
        new Span<float>(part.RecurrentWeightGradient.Pointer, sizes.FedColumns * sizes.PaddedHidden).Clear();
        int summed = run.Steps; // the first step whose part of the weights' gradients is summed
        for (int step = run.Steps - 1; step >= 0; step--)
        {
            var at = AtStep(part, step);
            int rows = part.RowsAt(step);
            AddOutputGradients(part, step, dh, rows);
            TCell.Backward(at, rows, sizes.Blocks);
            if (part.IsRagged)
                ClearGradients(part, step, at, rows);
            AddRows(at.Slots, rows, bias);
            if (step > 0)
                HiddenGradients(run.Weights[part.Direction].RecurrentBack, at.Slots + sizes.FirstHiddenColumn, rows, dh, zeros);
            if (run.InputGradient && sizes.Directions == 1)
                InputGradients(zeros, part.Time(step), new ReadOnlySpan<LayerPart>(ref part));
            if (step == 0 || (summed - step) * part.Rows >= InnerBlock)
            {
                AddWeightGradients(part, step, summed);
                summed = step;
            }
        }
    }

    // Of some steps, while what they read is in the cache.
    private void AddWeightGradients(LayerPart part, int from, int to)
    {
        var sizes = _run.Sizes;
        nint first = (nint)from * part.Rows, count = (nint)(to - from) * part.Rows;
        AddOuterProducts(
            part.Slots.Pointer + first * sizes.SlotsRow, part.Inputs.Pointer + first * sizes.InputRow, sizes.InputRow, sizes.PaddedInputs, count,
            part.InputWeightGradient.Pointer);
        if (from == 0 && !_run.IsCarried) // before step 0 the state is zero
            (first, count) = (first + part.Rows, count - part.Rows);
        AddOuterProducts(
            part.Slots.Pointer + first * sizes.SlotsRow + sizes.FirstHiddenColumn, part.Hidden.Pointer + first * sizes.StateRow, sizes.StateRow,
            sizes.PaddedHidden, count, part.RecurrentWeightGradient.Pointer);
    }

    // sums[m, n] += Σ slots[row, m] · values[row, n]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOuterProducts(float* slots, float* values, nint valuesRow, int width, nint rows, float* sums)
    {
        var sizes = _run.Sizes;
        int lanes = S.Lanes;
        for (nint row = 0; row < rows; row += InnerBlock)
        {
            nint inner = Math.Min(InnerBlock, rows - row);
            for (int at = 0; at < width; at += 4 * lanes)
            {
                int vectors = Math.Min(4, (width - at) / lanes);
                for (int m = 0, count; m < sizes.FedColumns; m += count)
                {
                    count = TileRows(sizes.FedColumns - m);
                    float* target = sums + (nint)m * width + at;
                    TileKernel<V, S>.Run(
                        count, vectors, slots + row * sizes.SlotsRow + m, 1, sizes.SlotsRow, inner, values + row * valuesRow + at, valuesRow,
                        target, width, target, width);
                }
            }
        }
    }

    // The gradient of the states before, [rows, hidden] = slots [rows, gates × hidden] · weights.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void HiddenGradients(float* packed, float* slots, int rows, float* dh, float* zeros)
    {
        var sizes = _run.Sizes;
        int lanes = S.Lanes;
        for (int at = 0; at < sizes.PaddedHidden; at += 4 * lanes)
        {
            int vectors = Math.Min(4, (sizes.PaddedHidden - at) / lanes);
            float* w = packed + (nint)at * sizes.FedColumns;
            for (int r = 0, count; r < rows; r += count)
            {
                count = TileRows(rows - r);
                float* target = dh + (nint)r * sizes.StateRow + at;
                bool carries = sizes.Layout.CarriesHidden;
                TileKernel<V, S>.Run(
                    count, vectors, slots + (nint)r * sizes.SlotsRow, sizes.SlotsRow, 1, sizes.FedColumns, w, vectors * lanes,
                    carries ? target : zeros, carries ? sizes.StateRow : 0, target, sizes.StateRow);
            }
        }
    }

    // A share of the steps of all sequences.
    private void InputGradients(float* zeros, int share, int shares)
    {
        var run = _run;
        int perGroup = run.Sizes.Directions; // parts of the same sequences
        for (int time = run.Steps * share / shares; time < run.Steps * (share + 1) / shares; time++)
        {
            for (int group = 0; group < run.Parts.Length; group += perGroup)
                InputGradients(zeros, time, run.Parts.Slice(group, perGroup));
        }
    }

    // Those of one step, [rows, inputs] = slots [rows, gates × hidden] · weights, summed over the directions in the tile.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void InputGradients(float* zeros, int time, ReadOnlySpan<LayerPart> directions)
    {
        var (run, sizes) = (_run, _run.Sizes);
        float* tile = zeros + run.ZeroSize;
        int lanes = S.Lanes;
        float* target = _tensors.InputGradient + ((nint)time * run.Batch + directions[0].First) * sizes.Inputs;
        for (int at = 0; at < sizes.PaddedInputs; at += 4 * lanes)
        {
            int vectors = Math.Min(4, (sizes.PaddedInputs - at) / lanes), width = Math.Min(vectors * lanes, sizes.Inputs - at);
            nint row = vectors * lanes;
            for (int r = 0, count; r < directions[0].Rows; r += count)
            {
                count = TileRows(directions[0].Rows - r);
                for (int d = 0; d < directions.Length; d++)
                {
                    var part = directions[d];
                    float* slots = part.Slots.Pointer + ((nint)part.Time(time) * part.Rows + r) * sizes.SlotsRow;
                    TileKernel<V, S>.Run(
                        count, vectors, slots, sizes.SlotsRow, 1, sizes.FedColumns, run.Weights[d].InputBack + (nint)at * sizes.FedColumns, row,
                        d == 0 ? zeros : tile, d == 0 ? 0 : row, tile, row);
                }
                for (int i = 0; i < count; i++)
                    Copy(tile + i * row, target + (nint)(r + i) * sizes.Inputs + at, width);
            }
        }
    }

    // A share of the rows of a direction's weights: what its parts have summed, in torch's order.
    private void WeightGradients(int direction, int share, int shares)
    {
        var sizes = _run.Sizes;
        int from = sizes.FedColumns * share / shares, to = sizes.FedColumns * (share + 1) / shares;
        LayerPart? first = null;
        foreach (var part in _run.Parts)
        {
            if (part.Direction != direction)
                continue;
            first ??= part;
            if (part == first)
                continue;
            Add(part.InputWeightGradient, first.InputWeightGradient, sizes.PaddedInputs);
            Add(part.RecurrentWeightGradient, first.RecurrentWeightGradient, sizes.PaddedHidden);
        }
        var gradients = _weights[direction];
        WriteRows(first!.InputWeightGradient.Pointer, sizes.PaddedInputs, sizes.Inputs, sizes.Layout.InputGates, (float*)gradients.Input, from, to);
        WriteRows(
            first.RecurrentWeightGradient.Pointer, sizes.PaddedHidden, sizes.Hidden, sizes.Layout.HiddenGates, (float*)gradients.Recurrent, from, to);
        if (share == 0)
        {
            WriteBias(direction, 0, sizes.Layout.InputGates, (float*)gradients.InputBias);
            WriteBias(direction, sizes.FirstHiddenColumn, sizes.Layout.HiddenGates, (float*)gradients.RecurrentBias);
        }

        void Add(PinnedBuffer source, PinnedBuffer target, int width) =>
            FusedPass<V, S, TCell>.Add(source.Pointer + (nint)from * width, target.Pointer + (nint)from * width, (to - from) * width);
    }

    // Rows by slot and padded unit become rows by torch's gate and unit.
    private void WriteRows(float* sums, int width, int given, int[] gates, float* target, int from, int to)
    {
        var sizes = _run.Sizes;
        for (int m = from; m < to; m++)
        {
            int unit = m % sizes.PaddedHidden;
            if (unit < sizes.Hidden)
                Copy(sums + (nint)m * width, target + ((nint)gates[m / sizes.PaddedHidden] * sizes.Hidden + unit) * given, given);
        }
    }

    private void WriteBias(int direction, int column, int[] gates, float* target)
    {
        var sizes = _run.Sizes;
        new Span<float>(target, gates.Length * sizes.Hidden).Clear();
        foreach (var part in _run.Parts)
        {
            for (int gate = 0; gate < gates.Length && part.Direction == direction; gate++)
            {
                var sum = new Span<float>(target + gates[gate] * sizes.Hidden, sizes.Hidden);
                TensorPrimitives.Add(
                    sum, new ReadOnlySpan<float>(part.BiasGradient.Pointer + column + gate * sizes.PaddedHidden, sizes.Hidden), sum);
            }
        }
    }
}
