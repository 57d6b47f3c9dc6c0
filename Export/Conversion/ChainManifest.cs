using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Describes a chain as one file.</summary>
internal static class ChainManifest
{
    public static SequenceModelManifest Of(ConvertedChain chain)
    {
        var manifest = chain.Model.Manifest with { Window = Window(chain) };
        return chain.IsFolded ? Folded(chain, manifest) : manifest;
    }

    /// <summary>A column of the final schema as an output of the file.</summary>
    public static SequenceModelOutput Output(ConvertedChain chain, DataViewSchema.Column column)
    {
        if (OnnxTypes.Size(column.Type) == 0 && PerStep(chain, column) is { } perStep)
            return perStep with { Name = column.Name };
        if (OnnxTypes.Find(column.Type) is not { } type || OnnxTypes.Size(column.Type) == 0)
        {
            throw new NotSupportedException($"The pipeline ends with '{column.Name}', which is {column.Type}: an output of an ONNX file is a number, "
                + "text or true and false, or a vector of known size of them. Drop or convert the column (DropColumns, ConvertType).");
        }
        var dimensions = OnnxTypes.Dimensions(column.Type);
        int targets = dimensions.Length == 2 ? dimensions[1] : 1;
        return new(column.Name, OnnxTypes.Size(column.Type), column.Type is VectorDataViewType, targets) { Type = type };
    }

    // The model's own output for each step, handed on as it is.
    private static SequenceModelOutput? PerStep(ConvertedChain chain, DataViewSchema.Column column)
    {
        var (level, origin) = chain.Origin(chain.Levels, column);
        return level == chain.ModelAt + 1 ? chain.Model.Manifest.Outputs.FirstOrDefault(o => o.IsPerStep && o.Name == origin.Name) : null;
    }

    private static SequenceModelManifest Folded(ConvertedChain chain, SequenceModelManifest manifest)
    {
        SequenceModelOutput[] outputs = [.. chain.Outputs.Select(column => Output(chain, column))];
        var inputs = chain.Inputs;
        bool isSimple = inputs.IsWindowed ? inputs.Separate.Count == 0 : inputs.IsSequence;
        return manifest with
        {
            FeatureColumnName = inputs.IsWindowed ? inputs.JointName : isSimple ? inputs.Separate[0].Name : manifest.FeatureColumnName,
            Steps = chain.Window?.WindowLength ?? manifest.Steps,
            Features = inputs.IsWindowed ? inputs.Width : manifest.Features,
            VariableLength = manifest.VariableLength && chain.KeepsPadding,
            Outputs = [.. outputs.Where(o => o.Type == OnnxElementType.Float)],
            OtherOutputs = [.. outputs.Where(o => o.Type != OnnxElementType.Float)],
            Inputs = isSimple ? [] : [.. Inputs(chain)],
            Folded = new(chain.FoldedSteps, manifest.Features, manifest.Outputs[0].Length, manifest.Outputs[0].Targets),
        };
    }

    private static IEnumerable<SequenceModelInput> Inputs(ConvertedChain chain)
    {
        var inputs = chain.Inputs;
        ImmutableArray<int> steps = chain.Window is { } window ? [window.WindowLength] : [];
        if (inputs.Joint.Count > 0)
            yield return new(inputs.JointName, OnnxElementType.Float, [.. inputs.Joint.Select(c => c.Name)], [.. steps, inputs.Width]);
        foreach (var column in inputs.Separate)
            yield return new(column.Name, OnnxTypes.Find(column.Type)!.Value, [column.Name], [.. steps, OnnxTypes.Size(column.Type)]);
    }

    private static WindowSummary? Window(ConvertedChain chain)
    {
        if (chain.Window?.Options is not { } options)
            return null;
        DataViewSchema.Column[] columns = chain.IsFolded ? [.. chain.Inputs.Joint] : chain.WindowedColumns;
        bool areScalars = columns.All(c => c.Type is not VectorDataViewType);
        return new(
            [.. columns.Select(c => c.Name)], options.WindowLength, options.Horizon, options.Stride, options.TargetColumns[0], options.GroupColumn,
            options.TargetColumns.Length > 1 ? options.TargetColumns : null, options.Padding, options.MissingValues, options.Groups,
            options.TimeColumn, options.TimeGaps, options.LargestTimeStep, options.LargestNumericTimeStep)
        {
            InputSizes = areScalars ? null : [.. columns.Select(c => OnnxTypes.Size(c.Type))],
        };
    }
}
