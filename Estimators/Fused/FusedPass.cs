using System.Runtime.CompilerServices;

namespace MlNetRnn.Fused;

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
internal sealed unsafe partial class FusedPass<V, S, TCell> : FusedPass, IShares
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
        BeginStates(part);
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
        CarryStates(part);
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
            if (step > 0 || _tensors.CarriedHidden is not null)
            {
                TileKernel<V, S>.Run(count, fed, hidden, sizes.StateRow, 1, sizes.Hidden, wh, wRow, tile + first, tileRow, tile + first, tileRow);
            }
            TCell.Forward(tile, tileRow, at, count, blocks);
            hidden += (nint)count * sizes.StateRow;
            Advance(ref at, count);
            r += count;
        }
    }
}
