namespace MlNetRnn;

/// <summary>Moves a network's weights against their gradients.</summary>
internal abstract class WeightOptimizer : IDisposable
{
    public abstract double LearningRate { get; set; }

    /// <summary>Sets the gradients to zero, before they are computed anew.</summary>
    public abstract void ZeroGradients();

    /// <summary>Clips the gradient, if asked to, and takes a step.</summary>
    public abstract void Step();

    public abstract void Dispose();
}
