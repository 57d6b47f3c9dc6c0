using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The settings of a window bound to the columns of one schema: what is read, and the schema that comes out.</summary>
internal sealed class WindowBinding
{
    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    public WindowBinding(SlidingWindowSettings settings, DataViewSchema inputSchema)
    {
        SourceColumnsCheck.Run(settings, SchemaShape.Create(inputSchema));
        DataViewSchema.Column[] Columns(ImmutableArray<string> names) => [.. names.Select(name => inputSchema[name])];
        Settings = settings;
        Inputs = Columns(settings.InputColumnNames);
        Targets = Columns(settings.Targets);
        Futures = Columns(settings.FutureColumnNames);
        Statics = Columns(settings.StaticColumnNames);
        Group = settings.GroupColumnName is { } group ? inputSchema[group] : null;
        Time = settings.TimeColumnName is { } time ? inputSchema[time] : null;
        Shape = new WindowShape(settings.WindowLength, Width(Inputs), settings.Stride, settings.Padding, settings.MissingValues);
        SourceColumnsCheck.Sizes(this);
        OutputSchema = WindowSchema.Create(this, inputSchema);
        WindowIndex = inputSchema.Count;
        LabelIndex = WindowIndex + 1;
        var next = LabelIndex + 1;
        FutureIndex = Futures.Length > 0 ? next++ : null;
        StaticIndex = Statics.Length > 0 ? next++ : null;
        MaskIndex = settings.Padding == WindowPadding.None ? null : next;
    }

    public SlidingWindowSettings Settings { get; }

    public WindowShape Shape { get; }

    public DataViewSchema.Column[] Inputs { get; }

    public DataViewSchema.Column[] Targets { get; }

    public DataViewSchema.Column[] Futures { get; }

    public DataViewSchema.Column[] Statics { get; }

    public DataViewSchema.Column? Group { get; }

    public DataViewSchema.Column? Time { get; }

    /// <summary>The source's columns at their own indices, then the window, the label, and what is carried beside them.</summary>
    public DataViewSchema OutputSchema { get; }

    public int WindowIndex { get; }

    public int LabelIndex { get; }

    public int? FutureIndex { get; }

    public int? StaticIndex { get; }

    public int? MaskIndex { get; }

    /// <summary>The columns of the source that a cursor reads, by what is asked of its output.</summary>
    /// <param name="active">Per column of <see cref="OutputSchema"/>.</param>
    public IEnumerable<DataViewSchema.Column> Needed(bool[] active)
    {
        bool IsActive(int? index) => index is { } i && active[i];
        var needed = new List<DataViewSchema.Column>(OutputSchema.Take(WindowIndex).Where(column => active[column.Index]));
        // Group and time are always read: they decide which rows there are.
        needed.AddRange(new[] { Group, Time }.OfType<DataViewSchema.Column>());
        if (IsActive(WindowIndex))
            needed.AddRange(Inputs);
        if (IsActive(LabelIndex))
            needed.AddRange(Targets);
        if (IsActive(FutureIndex))
            needed.AddRange(Futures);
        if (IsActive(StaticIndex))
            needed.AddRange(Statics);
        return needed.DistinctBy(column => column.Index);
    }

    /// <summary>The number of values of a column in one row.</summary>
    public static int Width(DataViewSchema.Column column) => column.Type is VectorDataViewType vector ? vector.Size : 1;

    /// <summary>The number of values of several columns in one row.</summary>
    public static int Width(DataViewSchema.Column[] columns) => columns.Sum(Width);
}
