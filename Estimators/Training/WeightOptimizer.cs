using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>Moves a network's weights against their gradients.</summary>
internal abstract class WeightOptimizer(Parameter[] parameters) : IStateful, IDisposable
{
    /// <summary>The weights.</summary>
    protected Parameter[] Parameters { get; } = parameters;

    public abstract double LearningRate { get; set; }

    /// <summary>Sets the gradients to zero, before they are computed anew.</summary>
    public abstract void ZeroGradients();

    /// <summary>Clips the gradient, if asked to, and takes a step.</summary>
    public abstract void Step();

    /// <summary>Writes its state. Which weights have a gradient is part of it: the others are left alone, by weight decay too.</summary>
    public void Write(BinaryWriter writer)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var parameter in Parameters)
            writer.Write(parameter.grad is not null);
        WriteState(writer);
    }

    /// <summary>Takes its state; the weights must be those of that time.</summary>
    public void Read(BinaryReader reader)
    {
        foreach (var parameter in Parameters)
        {
            if (!reader.ReadBoolean())
                continue;
            using var zeros = torch.zeros_like(parameter);
            parameter.grad = zeros;
        }
        ReadState(reader);
    }

    public abstract void Dispose();

    protected abstract void WriteState(BinaryWriter writer);

    protected abstract void ReadState(BinaryReader reader);
}
