using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.SchemaShape.Column;

namespace MlNetRnn;

/// <summary>What comes out of windowing, as far as it is known before there is data (sizes are not).</summary>
internal static class WindowSchemaShape
{
    private static readonly SchemaShape.Column s_slotNames = new("SlotNames", VectorKind.Vector, TextDataViewType.Instance, false);

    /// <summary>The input's columns, then the window, the label, and what is carried beside them.</summary>
    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    public static SchemaShape Output(SlidingWindowSettings settings, SchemaShape source)
    {
        SourceColumnsCheck.Run(settings, source);
        return new SchemaShape([.. source.Where(column => column.Name != settings.OutputColumnName), Window(settings), Label(settings),
            .. SettingsCheck.CarriedOutputs(settings).Select(output => Single(output.Name, VectorKind.Vector, [s_slotNames]))]);
    }

    private static SchemaShape.Column Window(SlidingWindowSettings settings)
    {
        List<SchemaShape.Column> annotations = [s_slotNames, Int(WindowAnnotations.WindowLength)];
        if (settings.Padding == WindowPadding.Start)
            annotations.Add(Int(WindowAnnotations.Padding));
        if (settings.Groups == SeriesGroups.Interleaved)
            annotations.Add(Text(WindowAnnotations.InterleavedBy));
        return Single(settings.OutputColumnName, VectorKind.Vector, annotations);
    }

    private static SchemaShape.Column Label(SlidingWindowSettings settings)
    {
        var isSeveral = settings.Targets.Length > 1;
        var isVector = isSeveral || settings.Horizon > 1;
        List<SchemaShape.Column> annotations = [Int(WindowAnnotations.Horizon), Int(WindowAnnotations.Stride)];
        if (isVector)
            annotations.Add(s_slotNames);
        if (isSeveral)
            annotations.Add(new(WindowAnnotations.TargetFeatures, VectorKind.Vector, NumberDataViewType.Int32, false));
        else if (settings.InputColumnNames.Contains(settings.TargetColumnName))
            annotations.Add(Int(WindowAnnotations.TargetFeature));
        if (settings.GroupColumnName is not null)
            annotations.Add(Text(WindowAnnotations.GroupColumn));
        return Single(settings.LabelColumnName, isVector ? VectorKind.Vector : VectorKind.Scalar, annotations);
    }

    private static SchemaShape.Column Single(string name, VectorKind kind, IEnumerable<SchemaShape.Column> annotations)
        => new(name, kind, NumberDataViewType.Single, false, new SchemaShape(annotations));

    private static SchemaShape.Column Int(string name) => new(name, VectorKind.Scalar, NumberDataViewType.Int32, false);

    private static SchemaShape.Column Text(string name) => new(name, VectorKind.Scalar, TextDataViewType.Instance, false);
}
