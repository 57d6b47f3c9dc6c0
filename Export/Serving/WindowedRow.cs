using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The row that leaves the windowing step when rows come one at a time: the newest raw row's columns, the window of its group that ends
/// with it, and a label that nobody knows yet (NaN). It keeps the groups' histories.
/// </summary>
internal sealed class WindowedRow : WrappingRow
{
    private readonly StepReader[] _inputs;
    private readonly float[] _step; // the newest step, before it is taken in
    private SeriesHistory? _current;

    /// <param name="input">Rows before the windowing, in the schema that <paramref name="binding"/> was made for.</param>
    /// <param name="binding">The windowing step's columns.</param>
    public WindowedRow(DataViewRow input, WindowBinding binding) : base(input)
    {
        Binding = binding;
        _inputs = [.. binding.Inputs.Select(column => StepReader.Create(input, column))];
        _step = new float[binding.StepSize];
        Groups = GroupHistories.Create(input, binding.Group, () => new(binding.Settings.WindowLength, binding.StepSize));
    }

    public WindowBinding Binding { get; }

    public GroupHistories Groups { get; }

    public override DataViewSchema Schema => Binding.OutputSchema;

    /// <summary>
    /// Takes the input's current row into the history of its group; true when the group's window is full. A row that cannot be read
    /// throws and leaves the histories as they are.
    /// </summary>
    public bool TakeRow()
    {
        ReadStep();
        _current = Groups.Current();
        _current.Append(_step);
        return _current.IsFull;
    }

    public override bool IsColumnActive(DataViewSchema.Column column)
        => column.Index >= Input.Schema.Count || Input.IsColumnActive(Input.Schema[column.Index]);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index == Binding.WindowIndex)
            return LinkedCursor.CheckedGetter<TValue>((ValueGetter<VBuffer<float>>)GetWindow, column);
        if (column.Index == Binding.LabelIndex)
            return LinkedCursor.CheckedGetter<TValue>(UnknownLabel(column.Type), column);
        return Input.GetGetter<TValue>(Input.Schema[column.Index]);
    }

    private void ReadStep()
    {
        var step = _step.AsSpan();
        foreach (var input in _inputs)
        {
            input.Read(step[..input.Width]);
            step = step[input.Width..];
        }
    }

    private void GetWindow(ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, Binding.Settings.WindowLength * Binding.StepSize);
        _current!.CopyWindow(editor.Values);
        value = editor.Commit();
    }

    private static Delegate UnknownLabel(DataViewType type)
    {
        if (type is not VectorDataViewType vector)
            return (ValueGetter<float>)((ref float value) => value = float.NaN);
        return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            var editor = VBufferEditor.Create(ref value, vector.Size);
            editor.Values.Fill(float.NaN);
            value = editor.Commit();
        });
    }
}
