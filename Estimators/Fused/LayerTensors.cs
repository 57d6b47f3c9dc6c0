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
