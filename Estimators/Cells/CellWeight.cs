using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>A weight of a <see cref="StepwiseCell"/>.</summary>
public sealed record CellWeight
{
    /// <summary>A weight.</summary>
    /// <param name="name">Its name within the layer, such as <c>weight_hh</c>.</param>
    /// <param name="initialization">What it starts from.</param>
    /// <param name="shape">Its shape: one size for a vector, two for a matrix <c>[outputs, inputs]</c>.</param>
    /// <exception cref="ArgumentException">The shape does not suit the initialisation.</exception>
    public CellWeight(string name, WeightInitialization initialization, params ReadOnlySpan<int> shape)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, Initialization, Shape) = (name, initialization, [.. shape]);
        string shown = $"Weight '{name}' has shape [{string.Join(", ", Shape)}]";
        if (Shape.Length is not (1 or 2) || Shape.Any(size => size < 1))
            throw new ArgumentException($"{shown}, expected one or two sizes of at least 1.", nameof(shape));
        if (initialization is WeightInitialization.GlorotUniform or WeightInitialization.Orthogonal && Shape.Length != 2)
            throw new ArgumentException($"{shown}, {initialization} needs two sizes: outputs and inputs.", nameof(shape));
        if (initialization is WeightInitialization.Orthogonal && Shape[0] < Shape[1])
            throw new ArgumentException($"{shown}, Orthogonal needs at least as many outputs as inputs.", nameof(shape));
    }

    /// <summary>Its name within the layer.</summary>
    public string Name { get; }

    /// <summary>What it starts from.</summary>
    public WeightInitialization Initialization { get; }

    /// <summary>Its shape.</summary>
    public ImmutableArray<int> Shape { get; }

    internal float[] InitialValues(Random random)
    {
        var values = new float[Shape.Aggregate(1, (size, next) => checked(size * next))];
        switch (Initialization)
        {
            case WeightInitialization.GlorotUniform:
                InitialWeights.GlorotUniform(values, Shape[1], Shape[0], random);
                break;
            case WeightInitialization.Orthogonal:
                InitialWeights.Orthogonal(values, Shape[0], Shape[1], random);
                break;
            case WeightInitialization.Ones:
                values.AsSpan().Fill(1);
                break;
        }
        return values;
    }
}

/// <summary>What weights start from.</summary>
public enum WeightInitialization
{
    /// <summary>Zero: biases.</summary>
    Zeros,

    /// <summary>One: gains, and biases of gates that are to start open.</summary>
    Ones,

    /// <summary>Uniform between ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010): weights of inputs.</summary>
    GlorotUniform,

    /// <summary>A random matrix with orthonormal columns (Saxe, McClelland and Ganguli, 2014): weights of the recurrence.</summary>
    Orthogonal,
}
