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

    /// <summary>
    /// Hidden states that the sequences begin with, and are left with after the last step, <c>[batch, hidden]</c>; null where they begin with 0.
    /// </summary>
    public float* CarriedHidden;

    /// <summary>The second states likewise, where the cell has some.</summary>
    public float* CarriedCell;
}
