using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The settings of a window bound to the columns of one schema: what is read, and the schema that comes out.</summary>
internal sealed class WindowBinding
{
    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    public WindowBinding(SlidingWindowSettings settings, DataViewSchema inputSchema)
    {
        WindowSchemaShape.Check(settings, SchemaShape.Create(inputSchema));
        Settings = settings;
        Inputs = [.. settings.InputColumnNames.Select(name => inputSchema[name])];
        Target = inputSchema[settings.TargetColumnName];
        Group = settings.GroupColumnName is { } group ? inputSchema[group] : null;
        StepSize = Inputs.Sum(Width);
        CheckSize();
        OutputSchema = CreateOutputSchema(inputSchema);
        WindowIndex = OutputSchema.Count - 2;
        LabelIndex = OutputSchema.Count - 1;
    }

    public SlidingWindowSettings Settings { get; }

    public DataViewSchema.Column[] Inputs { get; }

    public DataViewSchema.Column Target { get; }

    public DataViewSchema.Column? Group { get; }

    /// <summary>The number of values in one step of a window: the inputs' scalars.</summary>
    public int StepSize { get; }

    /// <summary>The source's columns at their own indices, then the window, then the label.</summary>
    public DataViewSchema OutputSchema { get; }

    public int WindowIndex { get; }

    public int LabelIndex { get; }

    /// <summary>The number of values of a column in one row.</summary>
    public static int Width(DataViewSchema.Column column) => column.Type is VectorDataViewType vector ? vector.Size : 1;

    private void CheckSize()
    {
        var problems = new Problems();
        var values = ((Int128)Settings.WindowLength + Settings.Horizon) * StepSize;
        problems.AddIf(values > Array.MaxLength, $"windowLength {Settings.WindowLength} + horizon {Settings.Horizon} with {StepSize} "
            + "values per step "
            + $"is {values} values, expected at most {Array.MaxLength}: choose a shorter window or horizon, or fewer inputs.");
        problems.ThrowIfAny("SlidingWindow");
    }

    private DataViewSchema CreateOutputSchema(DataViewSchema inputSchema)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        var single = NumberDataViewType.Single;
        builder.AddColumn(Settings.OutputColumnName, new VectorDataViewType(single, Settings.WindowLength, StepSize), WindowNotes());
        DataViewType label = Settings.Horizon == 1 ? single : new VectorDataViewType(single, Settings.Horizon);
        builder.AddColumn(Settings.LabelColumnName, label, LabelNotes());
        return builder.ToSchema();
    }

    private DataViewSchema.Annotations WindowNotes()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        var names = new Lazy<ReadOnlyMemory<char>[]>(() => WindowSlotNames.Create(Inputs, Settings.WindowLength));
        builder.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, Settings.WindowLength * StepSize),
            (ref VBuffer<ReadOnlyMemory<char>> value) => VBuffer<ReadOnlyMemory<char>>.Copy(names.Value, 0, ref value, names.Value.Length));
        builder.AddInt(WindowAnnotations.WindowLength, Settings.WindowLength);
        return builder.ToAnnotations();
    }

    private DataViewSchema.Annotations LabelNotes()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddInt(WindowAnnotations.Horizon, Settings.Horizon);
        builder.AddInt(WindowAnnotations.Stride, Settings.Stride);
        var target = Array.FindIndex(Inputs, input => input.Index == Target.Index);
        if (target >= 0)
            builder.AddInt(WindowAnnotations.TargetFeature, Inputs.Take(target).Sum(Width));
        if (Settings.GroupColumnName is { } group)
            builder.AddText(WindowAnnotations.GroupColumn, group);
        return builder.ToAnnotations();
    }
}
