using System.Collections.Immutable;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// A column of the pipeline inside an ONNX graph: a tensor <c>[..., size]</c>, whose last axis holds the values of a row (one for a scalar)
/// and whose other axes are the rows: <c>[batch, size]</c>, or <c>[batch, steps, size]</c> for the steps of a window.
/// </summary>
public sealed class OnnxColumn
{
    private readonly Func<string> _emit;
    private string? _value;

    internal OnnxColumn(DataViewType type, Func<string> emit)
    {
        Type = type;
        _emit = emit;
    }

    /// <summary>The column's type in the pipeline.</summary>
    public DataViewType Type { get; }

    /// <summary>Values in a row: 1 for a scalar, 0 for a vector of variable size.</summary>
    public int Size => OnnxTypes.Size(Type);

    /// <summary>The type of the tensor's elements; a key is the number that ML.NET keeps, 0 for a missing one.</summary>
    public OnnxElementType ElementType => OnnxTypes.Find(Type)!.Value;

    /// <summary>The name of the tensor in the graph, <c>[..., size]</c>.</summary>
    public string Value => _value ??= _emit();

    /// <summary>The same values in the shape of the type's dimensions, <c>[batch, …]</c>, where the graph has them.</summary>
    internal string? Shaped { get; init; }

    /// <summary>Where the values are taken from slots of the joint input and nothing else was done to them.</summary>
    internal JointSlots? Joint { get; init; }

    /// <summary>The slot of the joint input that each value depends on, where it is one.</summary>
    internal ImmutableArray<int>? Slots { get; init; }

    /// <summary>What the steps so far did to the values of the inputs.</summary>
    internal OnnxStepEffect Effect { get; init; }

    /// <summary>The same values as a column of another type of the same size.</summary>
    internal OnnxColumn As(DataViewType type) => new(type, () => Value) { Shaped = Shaped, Joint = Joint, Slots = Slots, Effect = Effect };
}
