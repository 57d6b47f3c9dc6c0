using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// What a folded graph takes. Raw columns of Single that are windowed stand side by side in one tensor under the window column's name,
/// <c>[batch, steps, features]</c>; every other raw column is an input of its own, <c>[batch, steps, size]</c>, or without windowing
/// <c>[batch, size]</c>. Columns are listed in the order in which they are asked for.
/// </summary>
internal sealed class ChainInputs(ConvertedChain chain, SequenceModelManifest model, ChainInputs? known)
{
    private readonly List<DataViewSchema.Column> _joint = [.. known?._joint ?? []];
    private readonly List<DataViewSchema.Column> _separate = [.. known?._separate ?? []];

    /// <summary>The raw columns in the tensor of windows, in their order.</summary>
    public IReadOnlyList<DataViewSchema.Column> Joint => _joint;

    /// <summary>The raw columns that are inputs of their own.</summary>
    public IReadOnlyList<DataViewSchema.Column> Separate => _separate;

    public bool IsWindowed => chain.WindowAt is not null;

    /// <summary>The name of the tensor of windows.</summary>
    public string JointName => IsWindowed ? chain.Window!.OutputColumnName : "";

    /// <summary>Values of a step that are read from rows.</summary>
    public int Values => _joint.Sum(c => OnnxTypes.Size(c.Type));

    /// <summary>Values of a step in the tensor of windows: with a mask, an indicator for each value follows.</summary>
    public int Width => IsWindowed && chain.Window!.Options.MissingValues == MissingValuePolicy.Mask ? 2 * Values : Values;

    /// <summary>
    /// Without windowing: whether the one input is a column of sequences, <c>[batch, steps, features]</c>, as a model alone takes them.
    /// </summary>
    public bool IsSequence => !IsWindowed && _separate is [var one] && OnnxTypes.Item(one.Type) == NumberDataViewType.Single
        && (OnnxTypes.Size(one.Type) == 0 || OnnxTypes.Size(one.Type) == model.Steps * model.Features);

    /// <summary>The slot of the tensor of windows at which a column's values begin.</summary>
    public int JointSlot(DataViewSchema.Column column)
    {
        int at = Ask(_joint, column);
        return _joint.Take(at).Sum(c => OnnxTypes.Size(c.Type));
    }

    /// <summary>Lists a column as an input of its own.</summary>
    public void AskSeparate(DataViewSchema.Column column)
    {
        if (OnnxTypes.Find(column.Type) is null)
        {
            throw new NotSupportedException($"The exported columns depend on '{column.Name}', which is {column.Type}: no ONNX tensor holds "
                + "that. Convert the column before, outside of the exported pipeline.");
        }
        Ask(_separate, column);
        if (OnnxTypes.Size(column.Type) == 0 && !IsSequence && !IsTokens(column))
        {
            throw new NotSupportedException($"The exported columns depend on '{column.Name}', which is {column.Type} of variable size, in a way "
                + "that needs it beside other columns, or as another type than Single. Export the trainer alone.");
        }
    }

    /// <summary>Whether a column holds tokens in any number, <c>[batch, steps]</c>: the only one of a model that reads tokens.</summary>
    public bool IsTokens(DataViewSchema.Column column) => model.Tokens > 0 && _separate is [var one] && one.Index == column.Index;

    /// <summary>Every name that the graph may give an input.</summary>
    public IEnumerable<string> Names => _separate.Select(c => c.Name).Append(JointName).Where(n => n.Length > 0);

    private static int Ask(List<DataViewSchema.Column> columns, DataViewSchema.Column column)
    {
        int at = columns.FindIndex(c => c.Index == column.Index);
        if (at < 0)
        {
            at = columns.Count;
            columns.Add(column);
        }
        return at;
    }
}
