using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Reads several numeric columns of a current row side by side, as Single.</summary>
internal sealed class ColumnsReader
{
    private readonly DataViewRow _row;
    private readonly DataViewSchema.Column[] _columns;
    private readonly StepReader[] _readers;
    private readonly ValueGetter<float>[]? _singles; // where all columns are Single, the usual case: twice as fast
    private readonly float[] _values;
    private readonly bool _refuseMissing;

    /// <param name="row">The row or cursor that is read.</param>
    /// <param name="columns">Its columns, numbers or vectors of them, active in it.</param>
    /// <param name="refuseMissing">Whether NaN is an error.</param>
    public ColumnsReader(DataViewRow row, DataViewSchema.Column[] columns, bool refuseMissing = false)
    {
        (_row, _columns, _refuseMissing) = (row, columns, refuseMissing);
        _readers = [.. columns.Select(column => StepReader.Create(row, column))];
        if (columns.All(column => column.Type == NumberDataViewType.Single))
            _singles = [.. columns.Select(row.GetGetter<float>)];
        _values = new float[_readers.Sum(reader => reader.Width)];
    }

    /// <summary>The current row's values, [width], valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">A vector has another size than its type, or a value is missing that must not
    /// be.</exception>
    public ReadOnlySpan<float> Read()
    {
        if (_singles is { } singles)
            for (var i = 0; i < singles.Length; i++)
                singles[i](ref _values[i]);
        else
            ReadAny();
        if (_refuseMissing && Array.Exists(_values, float.IsNaN))
            throw Missing();
        return _values;
    }

    private void ReadAny()
    {
        var start = 0;
        foreach (var reader in _readers)
        {
            reader.Read(_values, start);
            start += reader.Width;
        }
    }

    /// <summary>The column that the value at an index of the row's values is of.</summary>
    public DataViewSchema.Column ColumnOf(int index)
    {
        var column = 0;
        while (index >= _readers[column].Width)
            index -= _readers[column++].Width;
        return _columns[column];
    }

    private InvalidOperationException Missing() => new(
        $"SlidingWindow: column '{ColumnOf(Array.FindIndex(_values, float.IsNaN)).Name}', row {_row.Position + 1}: the value is missing "
            + "(NaN), and MissingValues is Error. Correct the data, use ml.Transforms.ReplaceMissingValues, or choose another policy.");
}
