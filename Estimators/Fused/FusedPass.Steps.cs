using System.Runtime.CompilerServices;

namespace MlNetRnn.Fused;

// Where the values of a step are, and how they come there and from there.
internal sealed unsafe partial class FusedPass<V, S, TCell>
{
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

    // Zeros, or what the steps before left.
    private void BeginStates(LayerPart part)
    {
        var sizes = _run.Sizes;
        int state = part.Rows * sizes.StateRow;
        new Span<float>(part.Hidden.Pointer, state).Clear();
        if (sizes.Layout.HasCellState)
            new Span<float>(part.Cell.Pointer, state).Clear();
        if (_tensors.CarriedHidden is null)
            return;
        for (int r = 0; r < part.Rows; r++)
        {
            nint given = (nint)(part.First + r) * sizes.Hidden, row = (nint)r * sizes.StateRow;
            Copy(_tensors.CarriedHidden + given, part.Hidden.Pointer + row, sizes.Hidden);
            if (sizes.Layout.HasCellState)
                Copy(_tensors.CarriedCell + given, part.Cell.Pointer + row, sizes.Hidden);
        }
    }

    // What the steps after begin with: 0 for a sequence that ended before the last step.
    private void CarryStates(LayerPart part)
    {
        if (_tensors.CarriedHidden is null)
            return;
        var (run, sizes) = (_run, _run.Sizes);
        var last = AtStep(part, run.Steps - 1);
        for (int r = 0; r < part.Rows; r++)
        {
            nint kept = (nint)(part.First + r) * sizes.Hidden, row = (nint)r * sizes.StateRow;
            Copy(last.Hidden + row, _tensors.CarriedHidden + kept, sizes.Hidden);
            if (sizes.Layout.HasCellState)
                Copy(last.Cell + row, _tensors.CarriedCell + kept, sizes.Hidden);
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
