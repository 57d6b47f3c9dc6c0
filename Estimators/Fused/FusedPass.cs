using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace MlNetRnn.Fused;

/// <summary>Where a layer's values are: contiguous tensors of torch.</summary>
internal unsafe struct LayerTensors
{
    /// <summary><c>[steps, batch, inputs]</c>.</summary>
    public float* Input;

    /// <summary><c>[steps, batch, directions × hidden]</c>, or null.</summary>
    public float* Output;

    /// <summary><c>[directions, batch, hidden]</c>, or null.</summary>
    public float* Final;

    /// <summary>As <see cref="Input"/>, or null.</summary>
    public float* InputGradient;

    /// <summary>As <see cref="Output"/>, or null.</summary>
    public float* OutputGradient;

    /// <summary>As <see cref="Final"/>, or null.</summary>
    public float* FinalGradient;
}

/// <summary>Runs a layer forward and backward on the threads it is given.</summary>
internal abstract class FusedPass
{
    /// <summary>The layout of the cell's slots.</summary>
    public abstract GateLayout Layout { get; }

    /// <summary>Values in a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Fills the output and the final states.</summary>
    /// <param name="run">A run that is prepared.</param>
    /// <param name="tensors">Where the values are.</param>
    /// <param name="weights">The weights by direction.</param>
    /// <param name="threads">The threads the run was prepared for.</param>
    public abstract void Forward(LayerRun run, in LayerTensors tensors, WeightPointers[] weights, TrainingThreads threads);

    /// <summary>Fills the gradients of the weights, and of the input if it was asked for.</summary>
    public abstract void Backward(LayerRun run, in LayerTensors tensors, WeightPointers[] gradients, TrainingThreads threads);
}

/// <inheritdoc/>
internal sealed unsafe class FusedPass<V, S, TCell> : FusedPass, IShares
    where V : unmanaged
    where S : ISimd<V>
    where TCell : ICellKernel<V, S>
{
    private const int InnerBlock = 128; // rows that weight gradients sum at a time: what a tile reads of them stays in the first cache

    private LayerRun _run = null!;
    private LayerTensors _tensors;
    private WeightPointers[] _weights = [];
    private Phase _phase;

    private enum Phase
    {
        Pack,
        Forward,
        Backward,
        Gradients,
    }

    public override GateLayout Layout => TCell.Layout;

    public override int Lanes => S.Lanes;

    public override void Forward(LayerRun run, in LayerTensors tensors, WeightPointers[] weights, TrainingThreads threads)
    {
        (_run, _tensors, _weights) = (run, tensors, weights);
        Run(Phase.Pack, threads);
        Run(Phase.Forward, threads);
    }

    public override void Backward(LayerRun run, in LayerTensors tensors, WeightPointers[] gradients, TrainingThreads threads)
    {
        (_run, _tensors, _weights) = (run, tensors, gradients);
        Run(Phase.Backward, threads);
        Run(Phase.Gradients, threads);
    }

    public void Do(int share, int shares)
    {
        var run = _run;
        switch (_phase)
        {
            case Phase.Pack:
                for (int d = 0; d < run.Weights.Length; d++)
                    run.Weights[d].Pack(_weights[d], run.KeepsSteps, run.InputGradient, share, shares);
                break;
            case Phase.Forward:
                for (int p = share; p < run.Parts.Length; p += shares)
                    Forward(run.Parts[p], run.Tiles[share].Pointer);
                break;
            case Phase.Backward:
                for (int p = share; p < run.Parts.Length; p += shares)
                    Backward(run.Parts[p], run.Tiles[share].Pointer);
                break;
            default:
                if (run.InputGradient && run.Sizes.Directions > 1)
                    InputGradients(run.Tiles[share].Pointer, share, shares);
                for (int d = 0; d < run.Weights.Length; d++)
                    WeightGradients(d, share, shares);
                break;
        }
    }

    private void Run(Phase phase, TrainingThreads threads)
    {
        _phase = phase;
        threads.Run(this);
    }

    private void Forward(LayerPart part, float* zeros)
    {
        var (run, sizes) = (_run, _run.Sizes);
        nint state = (nint)part.Rows * sizes.StateRow;
        new Span<float>(part.Hidden.Pointer, (int)state).Clear();
        if (sizes.Layout.HasCellState)
            new Span<float>(part.Cell.Pointer, (int)state).Clear();
        float* tile = zeros + run.ZeroSize;
        for (int step = 0; step < run.Steps; step++)
        {
            var at = AtStep(part, step);
            float* x = part.Inputs.Pointer + (run.KeepsSteps ? (nint)step * part.Rows * sizes.InputRow : 0);
            int rows = part.RowsAt(step);
            CopyInput(part, step, x, rows);
            for (int block = 0; block < sizes.Blocks; block += sizes.Layout.BlocksPerTile)
                ForwardTiles(part, block, x, step, at, rows, tile);
            if (part.IsRagged)
                ClearStates(part, step, at, rows);
            WriteOutput(part, step, at.Hidden);
        }
    }

    // One column of tiles: its weights stay in the cache while the rows pass.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ForwardTiles(LayerPart part, int block, float* x, int step, StepRows at, int rows, float* tile)
    {
        var (sizes, layout) = (_run.Sizes, _run.Sizes.Layout);
        var packed = _run.Weights[part.Direction];
        int blocks = Math.Min(layout.BlocksPerTile, sizes.Blocks - block), gates = layout.Gates, lanes = S.Lanes;
        int fed = blocks * gates, vectors = blocks * layout.Slots, first = layout.FirstHidden * lanes;
        nint tileRow = vectors * lanes, wRow = fed * lanes, from = (nint)block * lanes;
        float* bias = packed.Bias + from * layout.Slots;
        float* wx = packed.Input + from * gates * sizes.Inputs;
        float* wh = packed.Recurrent + from * gates * sizes.Hidden;
        at.Slots += from;
        at.Hidden += from;
        at.PreviousHidden += from;
        at.Cell += from;
        at.PreviousCell += from;
        at.CellTanh += from;
        float* hidden = at.PreviousHidden - from;
        int r = 0;
        while (r < rows)
        {
            int count = TileRows(rows - r);
            TileKernel<V, S>.Run(count, fed, x + (nint)r * sizes.InputRow, sizes.InputRow, 1, sizes.Inputs, wx, wRow, bias, 0, tile, tileRow);
            for (int vector = fed; vector < vectors; vector++) // slots that the hidden state alone feeds
            {
                for (int i = 0; i < count; i++)
                    S.Store(S.Load(bias + vector * lanes), tile + i * tileRow + vector * lanes);
            }
            if (step > 0)
            {
                TileKernel<V, S>.Run(count, fed, hidden, sizes.StateRow, 1, sizes.Hidden, wh, wRow, tile + first, tileRow, tile + first, tileRow);
            }
            TCell.Forward(tile, tileRow, at, count, blocks);
            hidden += (nint)count * sizes.StateRow;
            Advance(ref at, count);
            r += count;
        }
    }

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
        if (from == 0) // before step 0 the state is zero
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

    private StepRows AtStep(LayerPart part, int step)
    {
        var (run, sizes) = (_run, _run.Sizes);
        nint state = (nint)part.Rows * sizes.StateRow;
        nint before = run.KeepsSteps ? step : step & 1, after = run.KeepsSteps ? step + 1 : (step + 1) & 1, kept = run.KeepsSteps ? step : 0;
        return new StepRows
        {
            Slots = part.Slots.Pointer + kept * part.Rows * sizes.SlotsRow,
            SlotsRow = sizes.SlotsRow,
            Slot = sizes.PaddedHidden,
            StateRow = sizes.StateRow,
            PreviousHidden = part.Hidden.Pointer + before * state,
            Hidden = part.Hidden.Pointer + after * state,
            PreviousCell = part.Cell.Pointer + kept * state,
            Cell = part.Cell.Pointer + (run.KeepsSteps ? after * state : 0),
            CellTanh = part.CellTanh.Pointer + kept * state,
            HiddenGradient = part.HiddenGradient.Pointer,
            CellGradient = part.CellGradient.Pointer,
        };
    }

    private static void Advance(ref StepRows at, nint rows)
    {
        nint state = rows * at.StateRow;
        at.Slots += rows * at.SlotsRow;
        at.Hidden += state;
        at.PreviousHidden += state;
        at.Cell += state;
        at.PreviousCell += state;
        at.CellTanh += state;
    }

    // Rows that a tile takes of those left: the last two tiles share what would leave one of them nearly empty.
    private static int TileRows(int left) => left <= S.TileRows ? left : left < 2 * S.TileRows ? (left + 1) / 2 : S.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyInput(LayerPart part, int step, float* target, int rows)
    {
        var sizes = _run.Sizes;
        float* source = _tensors.Input + ((nint)part.Time(step) * _run.Batch + part.First) * sizes.Inputs;
        for (int r = 0; r < part.Rows; r++)
        {
            float* row = target + (nint)r * sizes.InputRow;
            int given = r < rows && part.IsActive(r, step) ? sizes.Inputs : 0; // padding may hold anything
            Copy(source + (nint)r * sizes.Inputs, row, given);
            new Span<float>(row + given, sizes.PaddedInputs - given).Clear();
        }
    }

    private void ClearStates(LayerPart part, int step, in StepRows at, int rows)
    {
        for (int r = 0; r < part.Rows; r++)
        {
            if (r < rows && part.IsActive(r, step))
                continue;
            nint row = (nint)r * at.StateRow;
            new Span<float>(at.Hidden + row, _run.Sizes.PaddedHidden).Clear();
            if (_run.Sizes.Layout.HasCellState)
                new Span<float>(at.Cell + row, _run.Sizes.PaddedHidden).Clear();
        }
    }

    private void ClearGradients(LayerPart part, int step, in StepRows at, int rows)
    {
        var sizes = _run.Sizes;
        for (int r = 0; r < part.Rows; r++)
        {
            if (r < rows && part.IsActive(r, step))
                continue;
            new Span<float>(at.Slots + (nint)r * at.SlotsRow, sizes.Layout.Slots * sizes.PaddedHidden).Clear();
            new Span<float>(at.HiddenGradient + (nint)r * at.StateRow, sizes.PaddedHidden).Clear();
            if (sizes.Layout.HasCellState)
                new Span<float>(at.CellGradient + (nint)r * at.StateRow, sizes.PaddedHidden).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteOutput(LayerPart part, int step, float* hidden)
    {
        var (run, sizes) = (_run, _run.Sizes);
        int time = part.Time(step), size = sizes.Hidden;
        for (int r = 0; r < part.Rows; r++)
        {
            float* row = hidden + (nint)r * sizes.StateRow;
            if (_tensors.Output is not null)
            {
                nint at = ((nint)time * run.Batch + part.First + r) * sizes.Directions + part.Direction;
                Copy(row, _tensors.Output + at * size, size);
            }
            if (_tensors.Final is not null && part.IsLast(r, step))
                Copy(row, _tensors.Final + ((nint)part.Direction * run.Batch + part.First + r) * size, size);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOutputGradients(LayerPart part, int step, float* dh, int rows)
    {
        var (run, sizes) = (_run, _run.Sizes);
        int time = part.Time(step), size = sizes.Hidden;
        for (int r = 0; r < rows; r++)
        {
            float* row = dh + (nint)r * sizes.StateRow;
            if (_tensors.OutputGradient is not null)
            {
                nint at = ((nint)time * run.Batch + part.First + r) * sizes.Directions + part.Direction;
                Add(_tensors.OutputGradient + at * size, row, size);
            }
            if (_tensors.FinalGradient is not null && part.IsLast(r, step))
                Add(_tensors.FinalGradient + ((nint)part.Direction * run.Batch + part.First + r) * size, row, size);
        }
    }

    // sums += all rows of slots
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRows(float* slots, int rows, float* sums)
    {
        var sizes = _run.Sizes;
        for (nint at = 0; at < sizes.Layout.Slots * sizes.PaddedHidden; at += S.Lanes)
        {
            var sum = S.Load(sums + at);
            for (nint r = 0; r < rows; r++)
                sum = S.Add(sum, S.Load(slots + r * sizes.SlotsRow + at));
            S.Store(sum, sums + at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, float* target, int count) =>
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));

    private static void Add(float* source, float* target, int count)
    {
        int at = 0;
        for (; at <= count - S.Lanes; at += S.Lanes)
            S.Store(S.Add(S.Load(source + at), S.Load(target + at)), target + at);
        for (; at < count; at++)
            target[at] += source[at];
    }
}
