using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Writes the window column: the columns of a step side by side, as they were after the steps before the windowing.</summary>
internal sealed class WindowEmitter(
    OnnxGraphBuilder graph, ConvertedChain chain, RootEmitter roots, Func<DataViewSchema.Column, OnnxColumn> columns)
{
    public OnnxColumn Column(ChainStep step, DataViewSchema.Column column)
    {
        var binding = new WindowBinding(chain.Window!.Settings, step.Input);
        if (column.Index != binding.WindowIndex)
        {
            throw new NotSupportedException($"The exported columns depend on '{column.Name}', which the windowing makes beside the window: a "
                + $"file takes windows alone. Leave the steps that read '{column.Name}' out of the exported pipeline.");
        }
        OnnxColumn[] parts = [.. binding.Inputs.Select(c => Part(step, c))];
        foreach (var (part, source) in parts.Zip(binding.Inputs))
            WindowPolicy.Check(chain.Window.Options, part, source.Name);
        string values = ColumnJoin.Emit(graph, parts); // [batch, steps, inputs]
        if (binding.Shape.HasIndicators)
            values = EmitIndicators(values, parts);
        return new(column.Type, () => Flat(values, binding.Shape.Values)) { Shaped = values, Effect = parts.Min(p => p.Effect) };
    }

    // Windows hold Single, whatever numbers the columns are.
    private OnnxColumn Part(ChainStep step, DataViewSchema.Column column)
    {
        var (level, origin) = chain.Origin(chain.WindowAt!.Value, column);
        if (level == 0)
            return roots.Windowed(origin);
        var part = columns(step.Input[column.Index]);
        if (part.ElementType == OnnxElementType.Float)
            return part;
        string cast = graph.Node("Cast", [part.Value], ("to", (int)OnnxElementType.Float));
        return new(part.Type, () => cast) { Effect = part.Effect, Slots = part.Slots };
    }

    // Behind the values stand their indicators, in the tensor of windows as in the window that the model takes.
    private string EmitIndicators(string values, OnnxColumn[] parts)
    {
        var inputs = roots.Inputs;
        if (values == inputs.JointName)
            return values; // both in the raw order already
        ImmutableArray<int> slots = [.. parts.SelectMany(p => p.Slots!.Value)];
        var indicators = new JointSlots(inputs.JointName, inputs.Width, [.. slots.Select(s => inputs.Values + s)]);
        return graph.Node("Concat", [values, indicators.Emit(graph)], ("axis", -1));
    }

    private string Flat(string values, int size) => roots.IsObservation
        ? throw RootEmitter.NotWhole(chain.Window!.OutputColumnName)
        : graph.Node("Reshape", [values, graph.Integers(0, size)]);
}
