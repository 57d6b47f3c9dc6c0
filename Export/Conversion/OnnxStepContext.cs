using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>What a converter sees while it computes one column of one step.</summary>
public sealed class OnnxStepContext
{
    private readonly ChainStep _step;
    private readonly Func<DataViewSchema.Column, OnnxColumn> _inputs;
    private readonly List<OnnxColumn> _read = [];

    internal OnnxStepContext(
        OnnxGraphBuilder graph, ChainStep step, DataViewSchema.Column output, Func<DataViewSchema.Column, OnnxColumn> inputs)
    {
        Graph = graph;
        OutputColumn = output;
        _step = step;
        _inputs = inputs;
    }

    /// <summary>The graph, to which nodes are added.</summary>
    public OnnxGraphBuilder Graph { get; }

    /// <summary>The step's input columns, with their types and annotations.</summary>
    public DataViewSchema InputSchema => _step.Input;

    /// <summary>The column to compute, one of those that the step makes.</summary>
    public DataViewSchema.Column OutputColumn { get; }

    /// <summary>An input column of the step; its nodes are added when it is first asked for.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>The column.</returns>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="NotSupportedException">A step before this one cannot be converted; the message names it.</exception>
    public OnnxColumn Input(string name) => Read(InputSchema.GetColumnOrNull(name)
        ?? throw new ArgumentException($"In the pipeline, {_step.Name} has no input column '{name}'; it has "
            + $"{string.Join(", ", InputSchema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"))}.", nameof(name)));

    /// <summary>The one input column that <see cref="OutputColumn"/> depends on, as the step tells.</summary>
    /// <returns>The column.</returns>
    /// <exception cref="InvalidOperationException">It depends on none, or on several: name them.</exception>
    /// <exception cref="NotSupportedException">A step before this one cannot be converted; the message names it.</exception>
    public OnnxColumn Input() => _step.Dependencies(OutputColumn) is [var column]
        ? Read(column)
        : throw new InvalidOperationException($"In the pipeline, {_step.Name} makes '{OutputColumn.Name}' from another number of columns "
            + "than one: read them by name.");

    /// <summary>Makes the column that the converter returns.</summary>
    /// <param name="value">The tensor <c>[..., size]</c> of the values, of the type of <see cref="OutputColumn"/>.</param>
    /// <param name="effect">
    /// What the step does to values. With <see cref="OnnxStepEffect.Any"/> the step is not converted before a windowing that fills
    /// missing values or pads.
    /// </param>
    /// <returns>The column.</returns>
    /// <exception cref="NotSupportedException">The column's type has no form in ONNX.</exception>
    public OnnxColumn Output(string value, OnnxStepEffect effect = OnnxStepEffect.Any)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        Check();
        return new(OutputColumn.Type, () => value)
        {
            Effect = Least(effect),
            Slots = effect >= OnnxStepEffect.Elementwise && _read is [var one] && one.Size == OnnxTypes.Size(OutputColumn.Type) ? one.Slots : null,
        };
    }

    /// <summary>Says why the step cannot be converted, and names it.</summary>
    /// <param name="reason">The reason and what to do, as a sentence.</param>
    /// <returns>The exception to throw.</returns>
    public NotSupportedException NotSupported(string reason) =>
        new($"In the pipeline, {_step.Name} makes '{OutputColumn.Name}' in a way that cannot be written as ONNX: {reason}");

    /// <summary>The output as slots of the joint input, which are written into the graph with others.</summary>
    internal OnnxColumn Output(JointSlots joint, OnnxStepEffect effect) => new(OutputColumn.Type, () => joint.Emit(Graph))
    {
        Joint = joint,
        Slots = joint.Indices,
        Effect = Least(effect),
    };

    /// <summary>The output as columns side by side.</summary>
    internal OnnxColumn Joined(string value, OnnxColumn[] columns) => new(OutputColumn.Type, () => value)
    {
        Slots = columns.All(c => c.Slots is not null) ? [.. columns.SelectMany(c => c.Slots!.Value)] : null,
        Effect = Least(OnnxStepEffect.Linear),
    };

    /// <summary>Which of the pairs of columns of the step is computed, counted from 0.</summary>
    internal int PairIndex(OneToOneTransformerBase transformer) =>
        Array.FindIndex(transformer.ColumnPairs, p => p.outputColumnName == OutputColumn.Name);

    /// <summary>The one input column as the schema has it, with its annotations.</summary>
    internal DataViewSchema.Column InputColumn => _step.Dependencies(OutputColumn).Single();

    /// <summary>What the step makes of missing values in <see cref="OutputColumn"/>.</summary>
    internal T Made<T>(ITransformer transformer)
    {
        var mapper = transformer.GetRowToRowMapper(InputSchema);
        var column = mapper.OutputSchema[OutputColumn.Index];
        using var row = mapper.GetRow(new MissingRow(mapper.InputSchema), [column]);
        T value = default!;
        row.GetGetter<T>(column)(ref value);
        return value;
    }

    private OnnxColumn Read(DataViewSchema.Column column)
    {
        var read = _inputs(column);
        if (!_read.Contains(read))
            _read.Add(read);
        return read;
    }

    private OnnxStepEffect Least(OnnxStepEffect effect) => _read.Select(c => c.Effect).Append(effect).Min();

    private void Check()
    {
        if (OnnxTypes.Find(OutputColumn.Type) is null)
            throw NotSupported($"it is {OutputColumn.Type}, which has no form in ONNX. Do the step outside of the exported pipeline.");
    }
}
