using System.Runtime.CompilerServices;

namespace MlNetRnn.Fused;

/// <summary>One step of some rows of a batch: where each thing of its first row and first unit is.</summary>
internal unsafe struct StepRows
{
    /// <summary>What the slots hold, <c>[rows, slots, units]</c>: after a forward step what its derivative needs, after a backward step gradients.</summary>
    public float* Slots;

    /// <summary>Values from one row of <see cref="Slots"/> to the next.</summary>
    public nint SlotsRow;

    /// <summary>Values from one slot to the next.</summary>
    public nint Slot;

    /// <summary>Values from one row of a state to the next.</summary>
    public nint StateRow;

    /// <summary>The hidden state before the step.</summary>
    public float* PreviousHidden;

    /// <summary>The hidden state after it.</summary>
    public float* Hidden;

    /// <summary>The second state before the step.</summary>
    public float* PreviousCell;

    /// <summary>The second state after it.</summary>
    public float* Cell;

    /// <summary>Its hyperbolic tangent.</summary>
    public float* CellTanh;

    /// <summary>The gradient of <see cref="Hidden"/>; after a backward step what it hands on by itself.</summary>
    public float* HiddenGradient;

    /// <summary>The gradient of <see cref="Cell"/>, then of <see cref="PreviousCell"/>.</summary>
    public float* CellGradient;
}

/// <summary>The element-wise part of a cell's step and its derivative.</summary>
internal unsafe interface ICellKernel<V, S>
    where V : unmanaged
    where S : ISimd<V>
{
    static abstract GateLayout Layout { get; }

    /// <summary>Makes states of pre-activations.</summary>
    /// <param name="tile">Pre-activations, <c>[rows, blocks × slots]</c> vectors.</param>
    /// <param name="tileRow">Values from one row of them to the next.</param>
    /// <param name="at">The rows.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="blocks">Vectors of units.</param>
    static abstract void Forward(float* tile, nint tileRow, in StepRows at, int rows, int blocks);

    /// <summary>Makes gradients of pre-activations from those of states.</summary>
    static abstract void Backward(in StepRows at, int rows, int blocks);
}

/// <summary>Long short-term memory: i, f, g, o.</summary>
internal readonly unsafe struct LstmKernel<V, S> : ICellKernel<V, S>
    where V : unmanaged
    where S : ISimd<V>
{
    public static GateLayout Layout { get; } = new(4, [0, 1, 2, 3], 0, [0, 1, 2, 3], HasCellState: true, CarriesHidden: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* tile, nint tileRow, in StepRows at, int rows, int blocks)
    {
        nint lanes = S.Lanes, slot = at.Slot;
        for (nint row = 0; row < rows; row++)
        {
            float* pre = tile + row * tileRow, slots = at.Slots + row * at.SlotsRow;
            nint state = row * at.StateRow;
            var i = VectorMath<V, S>.Sigmoid(S.Load(pre));
            var f = VectorMath<V, S>.Sigmoid(S.Load(pre + lanes));
            var g = VectorMath<V, S>.Tanh(S.Load(pre + 2 * lanes));
            var o = VectorMath<V, S>.Sigmoid(S.Load(pre + 3 * lanes));
            var c = S.MultiplyAdd(f, S.Load(at.PreviousCell + state), S.Multiply(i, g));
            var tanh = VectorMath<V, S>.Tanh(c);
            S.Store(i, slots);
            S.Store(f, slots + slot);
            S.Store(g, slots + 2 * slot);
            S.Store(o, slots + 3 * slot);
            S.Store(c, at.Cell + state);
            S.Store(tanh, at.CellTanh + state);
            S.Store(S.Multiply(o, tanh), at.Hidden + state);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(in StepRows at, int rows, int blocks)
    {
        nint slot = at.Slot;
        for (nint row = 0; row < rows; row++)
        {
            for (nint block = 0; block < blocks; block++)
            {
                nint state = row * at.StateRow + block * S.Lanes;
                float* slots = at.Slots + row * at.SlotsRow + block * S.Lanes;
                V i = S.Load(slots), f = S.Load(slots + slot), g = S.Load(slots + 2 * slot), o = S.Load(slots + 3 * slot);
                V dh = S.Load(at.HiddenGradient + state), tanh = S.Load(at.CellTanh + state);
                var dc = S.MultiplyAdd(S.Multiply(dh, o), VectorMath<V, S>.TanhSlope(tanh), S.Load(at.CellGradient + state));
                S.Store(S.Multiply(S.Multiply(dc, g), VectorMath<V, S>.SigmoidSlope(i)), slots);
                S.Store(S.Multiply(S.Multiply(dc, S.Load(at.PreviousCell + state)), VectorMath<V, S>.SigmoidSlope(f)), slots + slot);
                S.Store(S.Multiply(S.Multiply(dc, i), VectorMath<V, S>.TanhSlope(g)), slots + 2 * slot);
                S.Store(S.Multiply(S.Multiply(dh, tanh), VectorMath<V, S>.SigmoidSlope(o)), slots + 3 * slot);
                S.Store(S.Multiply(dc, f), at.CellGradient + state);
            }
        }
    }
}

/// <summary>Gated recurrent unit: n's input side, r, z, n's hidden side.</summary>
internal readonly unsafe struct GruKernel<V, S> : ICellKernel<V, S>
    where V : unmanaged
    where S : ISimd<V>
{
    public static GateLayout Layout { get; } = new(4, [2, 0, 1], 1, [0, 1, 2], HasCellState: false, CarriesHidden: true);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* tile, nint tileRow, in StepRows at, int rows, int blocks)
    {
        nint lanes = S.Lanes, slot = at.Slot;
        for (nint row = 0; row < rows; row++)
        {
            float* pre = tile + row * tileRow, slots = at.Slots + row * at.SlotsRow;
            nint state = row * at.StateRow;
            var r = VectorMath<V, S>.Sigmoid(S.Load(pre + lanes));
            var z = VectorMath<V, S>.Sigmoid(S.Load(pre + 2 * lanes));
            var recurrent = S.Load(pre + 3 * lanes);
            var n = VectorMath<V, S>.Tanh(S.MultiplyAdd(r, recurrent, S.Load(pre)));
            S.Store(n, slots);
            S.Store(r, slots + slot);
            S.Store(z, slots + 2 * slot);
            S.Store(recurrent, slots + 3 * slot);
            S.Store(S.MultiplyAdd(z, S.Subtract(S.Load(at.PreviousHidden + state), n), n), at.Hidden + state); // (1 - z) n + z h
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(in StepRows at, int rows, int blocks)
    {
        nint slot = at.Slot;
        for (nint row = 0; row < rows; row++)
        {
            for (nint block = 0; block < blocks; block++)
            {
                nint state = row * at.StateRow + block * S.Lanes;
                float* slots = at.Slots + row * at.SlotsRow + block * S.Lanes;
                V n = S.Load(slots), r = S.Load(slots + slot), z = S.Load(slots + 2 * slot), recurrent = S.Load(slots + 3 * slot);
                V dh = S.Load(at.HiddenGradient + state), carried = S.Multiply(dh, z);
                var dn = S.Multiply(S.Subtract(dh, carried), VectorMath<V, S>.TanhSlope(n));
                S.Store(dn, slots);
                S.Store(S.Multiply(S.Multiply(dn, recurrent), VectorMath<V, S>.SigmoidSlope(r)), slots + slot);
                var dz = S.Multiply(dh, S.Subtract(S.Load(at.PreviousHidden + state), n));
                S.Store(S.Multiply(dz, VectorMath<V, S>.SigmoidSlope(z)), slots + 2 * slot);
                S.Store(S.Multiply(dn, r), slots + 3 * slot);
                S.Store(carried, at.HiddenGradient + state);
            }
        }
    }
}

/// <summary>Elman's network with tanh.</summary>
internal readonly unsafe struct TanhKernel<V, S> : ICellKernel<V, S>
    where V : unmanaged
    where S : ISimd<V>
{
    public static GateLayout Layout { get; } = new(1, [0], 0, [0], HasCellState: false, CarriesHidden: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* tile, nint tileRow, in StepRows at, int rows, int blocks)
    {
        for (nint row = 0; row < rows; row++)
        {
            for (nint block = 0; block < blocks; block++)
                S.Store(VectorMath<V, S>.Tanh(S.Load(tile + row * tileRow + block * S.Lanes)), at.Hidden + row * at.StateRow + block * S.Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(in StepRows at, int rows, int blocks)
    {
        for (nint row = 0; row < rows; row++)
        {
            for (nint block = 0; block < blocks; block++)
            {
                nint state = row * at.StateRow + block * S.Lanes;
                var slope = VectorMath<V, S>.TanhSlope(S.Load(at.Hidden + state));
                S.Store(S.Multiply(S.Load(at.HiddenGradient + state), slope), at.Slots + row * at.SlotsRow + block * S.Lanes);
            }
        }
    }
}

/// <summary>Elman's network with ReLU.</summary>
internal readonly unsafe struct ReluKernel<V, S> : ICellKernel<V, S>
    where V : unmanaged
    where S : ISimd<V>
{
    public static GateLayout Layout => TanhKernel<V, S>.Layout;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* tile, nint tileRow, in StepRows at, int rows, int blocks)
    {
        for (nint row = 0; row < rows; row++)
        {
            for (nint block = 0; block < blocks; block++)
                S.Store(S.Max(default, S.Load(tile + row * tileRow + block * S.Lanes)), at.Hidden + row * at.StateRow + block * S.Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(in StepRows at, int rows, int blocks)
    {
        for (nint row = 0; row < rows; row++)
        {
            for (nint block = 0; block < blocks; block++)
            {
                nint state = row * at.StateRow + block * S.Lanes;
                var slope = S.Step(S.Load(at.Hidden + state));
                S.Store(S.Multiply(S.Load(at.HiddenGradient + state), slope), at.Slots + row * at.SlotsRow + block * S.Lanes);
            }
        }
    }
}
