using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The schema that windowing gives: the source's columns, then those it makes, with their annotations.</summary>
internal static class WindowSchema
{
    public static DataViewSchema Create(WindowBinding binding, DataViewSchema inputSchema)
    {
        var (settings, shape) = (binding.Settings, binding.Shape);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        builder.AddColumn(settings.OutputColumnName, Vector(shape.Length, shape.Width), WindowNotes(binding));
        builder.AddColumn(settings.LabelColumnName, LabelType(binding), LabelNotes(binding));
        var (futures, statics) = (WindowBinding.Width(binding.Futures), WindowBinding.Width(binding.Statics));
        if (futures > 0)
            builder.AddColumn(settings.FutureOutputColumnName, Vector(settings.Horizon, futures),
                Named(settings.Horizon * futures, () => WindowSlotNames.Ahead(binding.Futures, settings.Horizon)));
        if (statics > 0)
            builder.AddColumn(settings.StaticOutputColumnName, Vector(statics),
                Named(statics, () => WindowSlotNames.Row(binding.Statics)));
        if (settings.Padding != WindowPadding.None)
            builder.AddColumn(settings.MaskOutputColumnName, Vector(shape.Length),
                Named(shape.Length, () => WindowSlotNames.Mask(settings.MaskOutputColumnName, shape.Length)));
        return builder.ToSchema();
    }

    private static VectorDataViewType Vector(params int[] dimensions) => new(NumberDataViewType.Single, dimensions);

    private static DataViewType LabelType(WindowBinding binding)
    {
        var (horizon, targets) = (binding.Settings.Horizon, binding.Targets.Length);
        if (targets > 1)
            return Vector(horizon, targets);
        return horizon > 1 ? Vector(horizon) : NumberDataViewType.Single;
    }

    private static DataViewSchema.Annotations WindowNotes(WindowBinding binding)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddNames(binding.Shape.Values, () => WindowSlotNames.Window(binding.Inputs, binding.Shape));
        builder.AddInt(WindowAnnotations.WindowLength, binding.Settings.WindowLength);
        if (binding.Settings.Padding == WindowPadding.Start)
            builder.AddInt(WindowAnnotations.Padding, WindowAnnotations.PaddedAtStart);
        if (binding.Settings.Groups == SeriesGroups.Interleaved)
            builder.AddText(WindowAnnotations.InterleavedBy, binding.Settings.GroupColumnName!);
        return builder.ToAnnotations();
    }

    private static DataViewSchema.Annotations LabelNotes(WindowBinding binding)
    {
        var (settings, targets) = (binding.Settings, binding.Targets);
        var builder = new DataViewSchema.Annotations.Builder();
        if (targets.Length > 1 || settings.Horizon > 1)
            builder.AddNames(settings.Horizon * targets.Length, () => WindowSlotNames.Ahead(targets, settings.Horizon));
        builder.AddInt(WindowAnnotations.Horizon, settings.Horizon);
        builder.AddInt(WindowAnnotations.Stride, settings.Stride);
        var features = targets.Select(target => FeatureOf(target, binding.Inputs)).ToArray();
        if (features.Length > 1)
            builder.AddInts(WindowAnnotations.TargetFeatures, features);
        else if (features[0] >= 0)
            builder.AddInt(WindowAnnotations.TargetFeature, features[0]);
        if (settings.GroupColumnName is { } group)
            builder.AddText(WindowAnnotations.GroupColumn, group);
        return builder.ToAnnotations();
    }

    // The index of a target among a step's values, or -1 when it is not an input.
    private static int FeatureOf(DataViewSchema.Column target, DataViewSchema.Column[] inputs)
    {
        var input = Array.FindIndex(inputs, column => column.Index == target.Index);
        return input < 0 ? -1 : WindowBinding.Width(inputs[..input]);
    }

    private static DataViewSchema.Annotations Named(int size, Func<ReadOnlyMemory<char>[]> names)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddNames(size, names);
        return builder.ToAnnotations();
    }

    // Made when they are first asked for: a window can have very many.
    internal static void AddNames(this DataViewSchema.Annotations.Builder builder, int size, Func<ReadOnlyMemory<char>[]> make)
    {
        var names = new Lazy<ReadOnlyMemory<char>[]>(make);
        builder.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, size),
            (ref VBuffer<ReadOnlyMemory<char>> value) => VBuffer<ReadOnlyMemory<char>>.Copy(names.Value, 0, ref value, names.Value.Length));
    }
}
