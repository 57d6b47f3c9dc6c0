using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Reads several numeric columns of a current row side by side, as Single.</summary>
internal sealed class ColumnsReader
{
    private readonly DataViewRow _row;
    private readonly DataViewSchema.Column[] _columns;
    private readonly StepReader[] _readers;
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
            Singles = [.. columns.Select(row.GetGetter<float>)];
        _values = new float[_readers.Sum(reader => reader.Width)];
    }

    /// <summary>Where all columns are Single, the usual case: their getters, which are twice as fast; else null.</summary>
    public ValueGetter<float>[]? Singles { get; }

    /// <summary>The current row's values, [width], valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">A vector has another size than its type, or a value is missing that must not
    /// be.</exception>
    public ReadOnlySpan<float> Read()
    {
        Read(_values);
        return _values;
    }

    /// <summary>Writes the current row's values, [width].</summary>
    /// <param name="values">As long as a row.</param>
    /// <exception cref="InvalidOperationException">As for the other; the place may hold some of the row's values then.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Read(Span<float> values)
    {
        if (values.Length != _values.Length)
            throw WrongSize(values.Length);
        if (Singles is { } singles)
            ReadSingles(singles, values);
        else
            ReadAny(values);
        if (_refuseMissing)
            CheckKnown(values);
    }

    /// <summary>Writes the current row's values of Single columns, as many as there are getters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadSingles(ValueGetter<float>[] getters, Span<float> values)
    {
        var i = 0;
        for (; i <= getters.Length - 4; i += 4)
        {
            getters[i](ref values[i]);
            getters[i + 1](ref values[i + 1]);
            getters[i + 2](ref values[i + 2]);
            getters[i + 3](ref values[i + 3]);
        }
        for (; i < getters.Length; i++)
            getters[i](ref values[i]);
    }

    /// <summary>Appends the current row's values; where reading fails, the rows are not to be used any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendTo(HistoryBuffer rows) => Read(rows.Append());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadAny(Span<float> values)
    {
        foreach (var reader in _readers)
        {
            reader.Read(values[..reader.Width]);
            values = values[reader.Width..];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckKnown(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            if (float.IsNaN(values[i]))
                throw Missing(i);
    }

    /// <summary>The column that the value at an index of the row's values is of.</summary>
    public DataViewSchema.Column ColumnOf(int index)
    {
        var column = 0;
        while (index >= _readers[column].Width)
            index -= _readers[column++].Width;
        return _columns[column];
    }

    private ArgumentException WrongSize(int size) => new($"A row has {_values.Length} values; the place for them has {size}.");

    private InvalidOperationException Missing(int index) => new(
        $"SlidingWindow: column '{ColumnOf(index).Name}', row {_row.Position + 1}: the value is missing "
            + "(NaN), and MissingValues is Error. Correct the data, use ml.Transforms.ReplaceMissingValues, or choose another policy.");
}
