namespace MlNetRnn.Fused;

/// <summary>
/// Sequences that one thread runs through in one direction, in the order of its steps: step 0 is the first that it reads. What a step
/// needs of the steps before, and its derivative of all, is in memory of this part alone.
/// </summary>
internal sealed unsafe class LayerPart
{
    private int[] _rowsAt = [];

    /// <summary>0 reads from the first step, 1 from the last.</summary>
    public int Direction { get; private set; }

    /// <summary>Its first sequence in the batch.</summary>
    public int First { get; private set; }

    /// <summary>How many there are.</summary>
    public int Rows { get; private set; }

    /// <summary>Whether sequences have lengths of their own.</summary>
    public bool IsRagged { get; private set; }

    /// <summary>Inputs, <c>[steps, rows]</c> rows of <see cref="LayerSizes.InputRow"/>.</summary>
    public PinnedBuffer Inputs { get; } = new();

    /// <summary>Slots, <c>[steps, rows]</c> rows of <see cref="LayerSizes.SlotsRow"/>.</summary>
    public PinnedBuffer Slots { get; } = new();

    /// <summary>Hidden states before step 0 and after each, <c>[1 + steps, rows]</c> rows of <see cref="LayerSizes.StateRow"/>.</summary>
    public PinnedBuffer Hidden { get; } = new();

    /// <summary>The second states likewise.</summary>
    public PinnedBuffer Cell { get; } = new();

    /// <summary>Their hyperbolic tangents after each step.</summary>
    public PinnedBuffer CellTanh { get; } = new();

    /// <summary>The gradient of the hidden state, <c>[rows]</c> rows of <see cref="LayerSizes.StateRow"/>.</summary>
    public PinnedBuffer HiddenGradient { get; } = new();

    /// <summary>The gradient of the second state likewise.</summary>
    public PinnedBuffer CellGradient { get; } = new();

    /// <summary>The gradient of the biases by slot, one row of <see cref="LayerSizes.SlotsRow"/>.</summary>
    public PinnedBuffer BiasGradient { get; } = new();

    /// <summary>The gradient of the input weights, <c>[<see cref="LayerSizes.FedColumns"/>, padded inputs]</c>.</summary>
    public PinnedBuffer InputWeightGradient { get; } = new();

    /// <summary>That of the recurrent weights, <c>[<see cref="LayerSizes.FedColumns"/>, padded hidden]</c>.</summary>
    public PinnedBuffer RecurrentWeightGradient { get; } = new();

    /// <summary>The length of each sequence in the batch.</summary>
    public int[] Lengths { get; private set; } = [];

    /// <summary>The steps of the batch.</summary>
    public int Steps { get; private set; }

    public void Set(int direction, int first, int rows, int steps, int[] lengths, bool isRagged)
    {
        (Direction, First, Rows, Steps, Lengths, IsRagged) = (direction, first, rows, steps, lengths, isRagged);
        if (_rowsAt.Length < steps)
            _rowsAt = new int[steps];
        for (int step = 0; step < steps; step++)
        {
            int active = rows;
            while (isRagged && active > 0 && !IsActive(active - 1, step))
                active--;
            _rowsAt[step] = active;
        }
    }

    /// <summary>The number of rows up to the last that has this step.</summary>
    public int RowsAt(int step) => _rowsAt[step];

    /// <summary>Whether a sequence has this step.</summary>
    public bool IsActive(int row, int step) => Time(step) < Lengths[First + row];

    /// <summary>Whether it is the last step that this direction reads of a sequence.</summary>
    public bool IsLast(int row, int step) => step == (Direction == 0 ? Lengths[First + row] : Steps) - 1;

    /// <summary>The place of a step in the batch.</summary>
    public int Time(int step) => Direction == 0 ? step : Steps - 1 - step;
}

/// <summary>One run of a layer over a batch: its memory, and after the forward pass all that the backward pass needs.</summary>
internal sealed unsafe class LayerRun
{
    private readonly List<LayerPart> _parts = [];
    private int _count;

    public LayerRun(LayerSizes sizes)
    {
        Sizes = sizes;
        Weights = [.. Enumerable.Range(0, sizes.Directions).Select(_ => new PackedWeights(sizes))];
    }

    public LayerSizes Sizes { get; }

    /// <summary>By direction.</summary>
    public PackedWeights[] Weights { get; }

    /// <summary>For each thread: <see cref="ZeroSize"/> zeros for sums to start from, then a tile of products.</summary>
    public List<PinnedBuffer> Tiles { get; } = [];

    /// <summary>Values of the widest row of a tile.</summary>
    public int ZeroSize => 4 * Sizes.Lanes;

    public int Steps { get; private set; }

    public int Batch { get; private set; }

    /// <summary>Whether a backward pass follows.</summary>
    public bool KeepsSteps { get; private set; }

    /// <summary>Whether the gradient of the input is asked for.</summary>
    public bool InputGradient { get; private set; }

    /// <summary>Whether sequences began with states of steps before, into which no gradient goes.</summary>
    public bool IsCarried { get; set; }

    /// <summary>What to run: each direction of some sequences.</summary>
    public ReadOnlySpan<LayerPart> Parts => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_parts)[.._count];

    /// <summary>Plans the parts and makes room for them.</summary>
    public void Prepare(int steps, int batch, int[]? lengths, int threads, bool keepsSteps, bool inputGradient)
    {
        (Steps, Batch, KeepsSteps, InputGradient) = (steps, batch, keepsSteps, inputGradient);
        int[] all = lengths ?? new int[batch];
        if (lengths is null)
            Array.Fill(all, steps);
        PlanParts(all, lengths is not null, threads);
        foreach (var weights in Weights)
            weights.Reserve(keepsSteps, inputGradient);
        foreach (var part in Parts)
            Reserve(part);
        while (Tiles.Count < threads)
            Tiles.Add(new PinnedBuffer());
        foreach (var tile in Tiles)
            tile.ReserveCleared(7 * ZeroSize);
    }

    private void PlanParts(int[] lengths, bool isRagged, int threads)
    {
        int perDirection = Math.Clamp(threads / Sizes.Directions, 1, Batch);
        long work = 0, total = 0;
        foreach (int length in lengths)
            total += length;
        _count = 0;
        for (int p = 0, first = 0; p < perDirection; p++)
        {
            int end = first;
            while (end < Batch && (p == perDirection - 1 || work * perDirection < total * (p + 1)))
                work += lengths[end++];
            for (int d = 0; d < Sizes.Directions && end > first; d++)
                NextPart().Set(d, first, end - first, Steps, lengths, isRagged);
            first = end;
        }
    }

    private LayerPart NextPart()
    {
        if (_count == _parts.Count)
            _parts.Add(new LayerPart());
        return _parts[_count++];
    }

    private void Reserve(LayerPart part)
    {
        long steps = KeepsSteps ? Steps : 1, state = (long)part.Rows * Sizes.StateRow;
        part.Inputs.Reserve((KeepsSteps ? Steps : 1) * (long)part.Rows * Sizes.InputRow);
        part.Slots.Reserve(steps * part.Rows * Sizes.SlotsRow);
        part.Hidden.Reserve((1 + steps) * state);
        if (Sizes.Layout.HasCellState)
        {
            part.Cell.Reserve((KeepsSteps ? 1 + steps : 1) * state);
            part.CellTanh.Reserve(steps * state);
        }
        if (!KeepsSteps)
            return;
        part.HiddenGradient.Reserve(state);
        part.BiasGradient.Reserve(Sizes.SlotsRow);
        part.InputWeightGradient.Reserve((long)Sizes.FedColumns * Sizes.PaddedInputs);
        part.RecurrentWeightGradient.Reserve((long)Sizes.FedColumns * Sizes.PaddedHidden);
        if (Sizes.Layout.HasCellState)
            part.CellGradient.Reserve(state);
    }
}
