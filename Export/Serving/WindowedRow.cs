using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The row that leaves the windowing step when rows come one at a time: the newest raw row's columns, the window of its group that ends
/// with it, and what lies ahead as nobody knows it yet (NaN). It keeps the groups' histories.
/// </summary>
internal sealed class WindowedRow : WrappingRow
{
    private readonly ColumnsReader _inputs;
    private readonly ColumnsReader? _statics;
    private readonly TimeCheck? _time;
    private SeriesHistory? _current;
    private long _rows;

    /// <param name="input">Rows before the windowing, in the schema that <paramref name="binding"/> was made for.</param>
    /// <param name="binding">The windowing step's columns.</param>
    /// <param name="withStatics">Whether the static column is asked for.</param>
    public WindowedRow(DataViewRow input, WindowBinding binding, bool withStatics) : base(input)
    {
        Binding = binding;
        _inputs = new(input, binding.Inputs, binding.Settings.MissingValues == MissingValuePolicy.Error);
        _statics = withStatics ? new(input, binding.Statics) : null;
        _time = binding.Time is { } time
            ? new(binding.Settings, TimeReader.Create(input, time), GroupName.Of(input, binding.Group))
            : null;
        Groups = GroupHistories.Create(input, binding.Group, () => new(binding));
    }

    public WindowBinding Binding { get; }

    public GroupHistories Groups { get; }

    public override DataViewSchema Schema => Binding.OutputSchema;

    /// <summary>
    /// Takes the input's current row into the history of its group; true when the group's window is full. A row that cannot be read, or
    /// whose time goes back, throws and leaves the histories as they are.
    /// </summary>
    public bool TakeRow()
    {
        _rows++;
        var inputs = _inputs.Read();
        var time = _time?.Read() ?? default; // all that can fail comes before a new group gets its history
        _current = Groups.Current();
        if (_time?.StartsSeries(_current.Clock!, time, _rows) == true)
            _current.Restart();
        _current.Append(inputs);
        return _current.IsFull;
    }

    public override bool IsColumnActive(DataViewSchema.Column column)
        => column.Index >= Input.Schema.Count || Input.IsColumnActive(Input.Schema[column.Index]);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index < Input.Schema.Count)
            return Input.GetGetter<TValue>(Input.Schema[column.Index]);
        return LinkedCursor.CheckedGetter<TValue>(MadeGetter(column), column);
    }

    // The getter of a column that windowing makes; what lies ahead is NaN.
    private Delegate MadeGetter(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType vector)
            return (ValueGetter<float>)((ref float value) => value = float.NaN);
        return VectorGetter.Create(vector.Size, column.Index == Binding.WindowIndex ? values => _current!.CopyWindow(values)
            : column.Index == Binding.MaskIndex ? values => _current!.CopyMask(values)
            : column.Index == Binding.StaticIndex ? values => _statics!.Read().CopyTo(values)
            : values => values.Fill(float.NaN));
    }
}
