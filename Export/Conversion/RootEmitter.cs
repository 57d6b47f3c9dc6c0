using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Gives the raw columns of a chain as parts of the graph's inputs, and declares those.</summary>
internal sealed class RootEmitter(OnnxGraphBuilder graph, ConvertedChain chain, ChainInputs inputs, WindowForm form)
{
    public ChainInputs Inputs => inputs;

    public bool IsObservation => form == WindowForm.Observation;

    /// <summary>Says that steps need all of what is given one observation at a time.</summary>
    public static NotSupportedException NotWhole(string column) => new($"A step of the pipeline reads '{column}' as a whole before the model "
        + "does, and one observation at a time is not the whole. Do such steps before the windowing, to each row.");

    /// <summary>A raw column as steps read it.</summary>
    public OnnxColumn Column(DataViewSchema.Column column)
    {
        if (inputs.IsWindowed && OnnxTypes.Item(column.Type) == NumberDataViewType.Single && OnnxTypes.Size(column.Type) > 0)
            return Windowed(column);
        inputs.AskSeparate(column);
        string name = column.Name;
        if (!inputs.IsSequence)
            return new(column.Type, () => name); // values of other types are not filled as windows are: nothing is known of them
        return new(column.Type, () => IsObservation ? throw NotWhole(name) : EmitFlat(name, OnnxTypes.Size(column.Type)))
        {
            Shaped = name,
            Effect = OnnxStepEffect.Linear,
        };
    }

    /// <summary>A raw column of numbers as windows hold it, as Single.</summary>
    public OnnxColumn Windowed(DataViewSchema.Column column)
    {
        int first = inputs.JointSlot(column);
        var joint = new JointSlots(inputs.JointName, inputs.Width, [.. Enumerable.Range(first, OnnxTypes.Size(column.Type))]);
        DataViewType type = column.Type is VectorDataViewType vector
            ? new VectorDataViewType(NumberDataViewType.Single, vector.Dimensions)
            : NumberDataViewType.Single;
        return new(type, () => joint.Emit(graph)) { Joint = joint, Slots = joint.Indices, Effect = OnnxStepEffect.Linear };
    }

    /// <summary>A column of the row that ends the window, as steps after the windowing read it, from the window's steps.</summary>
    public OnnxColumn Newest(OnnxColumn steps, DataViewSchema.Column column)
    {
        var policy = chain.Window!.Options.MissingValues;
        if (policy is not (MissingValuePolicy.Keep or MissingValuePolicy.Error))
        {
            throw new NotSupportedException($"The exported columns depend on '{column.Name}' of the window's last row, and by MissingValues = "
                + $"{policy} a window holds other values than the row where one is missing. Export the pipeline up to the trainer, and join the "
                + "column to the result outside of it.");
        }
        return IsObservation ? steps : new(steps.Type, () => EmitNewest(steps.Value)) { Effect = steps.Effect };
    }

    /// <summary>Declares the inputs.</summary>
    public void Declare()
    {
        object[] rows = inputs.IsWindowed && !IsObservation ? ["batch", Steps] : ["batch"];
        if (inputs.Width > 0)
            graph.Input(inputs.JointName, [.. rows, inputs.Width]);
        foreach (var column in inputs.Separate)
        {
            object[] values = (inputs.IsSequence, IsObservation) switch
            {
                (false, _) => [OnnxTypes.Size(column.Type) is > 0 and int size ? size : "steps"],
                (true, false) => [Steps, chain.Model.Manifest.Features],
                (true, true) => [chain.Model.Manifest.Features],
            };
            graph.Input(column.Name, OnnxTypes.Find(column.Type)!.Value, [.. rows, .. values]);
        }
    }

    // Steps that read a whole window have values for each of its slots; else any number of steps will do.
    private object Steps => chain.ReadsWholeSequences ? chain.Model.Manifest.Steps : "steps";

    // [batch, steps, features] as [batch, size]; sequences of their own lengths stay as they are
    private string EmitFlat(string sequences, int size) => size == 0 ? sequences : graph.Node("Reshape", [sequences, graph.Integers(0, size)]);

    private string EmitNewest(string steps) // [batch, steps, size]
    {
        string last = graph.Node("Slice", [steps, graph.Integers(-1), graph.Integers(int.MaxValue), graph.Integers(1)]);
        return graph.Node("Squeeze", [last, graph.Integers(1)]); // [batch, size]
    }
}
