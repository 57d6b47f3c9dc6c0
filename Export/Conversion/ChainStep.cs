using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary>A step of a fitted pipeline with the columns before and after it.</summary>
internal sealed class ChainStep
{
    private readonly Lazy<IRowToRowMapper> _mapper;
    private readonly int[] _passed; // by output column: the input column that it is; -1 for one that the step makes

    /// <param name="transformer">The step.</param>
    /// <param name="name">How messages name it.</param>
    /// <param name="input">The columns before it.</param>
    public ChainStep(ITransformer transformer, string name, DataViewSchema input)
    {
        (Transformer, Name, Input, Output) = (transformer, name, input, transformer.GetOutputSchema(input));
        _mapper = new(() => Transformer.GetRowToRowMapper(Input));
        _passed = FindPassed();
    }

    public ITransformer Transformer { get; }

    public string Name { get; }

    public DataViewSchema Input { get; }

    public DataViewSchema Output { get; }

    /// <summary>The input column that an output column is, unchanged; null for one that the step makes.</summary>
    public DataViewSchema.Column? PassedThrough(DataViewSchema.Column column)
    {
        if (Transformer is ColumnSelectingTransformer)
            return Dependencies(column).Single();
        return _passed[column.Index] is >= 0 and var same ? Input[same] : null;
    }

    /// <summary>The input columns that an output column depends on.</summary>
    public DataViewSchema.Column[] Dependencies(DataViewSchema.Column column) => Transformer is SlidingWindowTransformer window
        ? WindowDependencies(window, column)
        : [.. _mapper.Value.GetDependencies([_mapper.Value.OutputSchema[column.Index]]).Select(c => Input[c.Index])];

    // ML.NET keeps the input's columns in their order and puts what a step makes behind the column whose name it takes, or behind all.
    private int[] FindPassed()
    {
        int[] passed = new int[Output.Count];
        int next = 0;
        foreach (var column in Output)
        {
            bool isNext = next < Input.Count && Input[next].Name == column.Name && Input[next].Type.Equals(column.Type);
            passed[column.Index] = isNext ? next++ : -1;
        }
        if (next < Input.Count || (Output.Count == Input.Count && !IsMlNets()))
            Array.Fill(passed, -1); // a step of another kind, such as one that changes columns in place
        return passed;
    }

    private bool IsMlNets() => Transformer.GetType().Assembly.GetName().Name!.StartsWith("Microsoft.ML", StringComparison.Ordinal);

    private DataViewSchema.Column[] WindowDependencies(SlidingWindowTransformer window, DataViewSchema.Column column)
    {
        if (PassedThrough(column) is { } same)
            return [same];
        var binding = new WindowBinding(window.Settings, Input);
        return column.Index == binding.WindowIndex ? binding.Inputs : []; // the model depends on none of the others
    }
}
