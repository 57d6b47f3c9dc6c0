using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios;

/// <summary>A sequence of numbers and the class it belongs to.</summary>
public sealed class SequenceExample
{
    /// <summary>The values, <c>[steps, features]</c>: those of a step stand beside each other.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>The class.</summary>
    public string Label { get; set; } = "";

    /// <summary>The examples as ML.NET data: <c>Features</c> with its shape, and <c>Label</c> as text.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="features">Values per step.</param>
    /// <param name="steps">Steps of every example; 0 (default) where each has its own number.</param>
    public static IDataView View(MLContext ml, IEnumerable<SequenceExample> examples, int features, int steps = 0)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        var schema = SchemaDefinition.Create(typeof(SequenceExample));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, steps, features);
        return ml.Data.LoadFromEnumerable(examples, schema);
    }
}
