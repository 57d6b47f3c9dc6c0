using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Views of a label and a predicted label.</summary>
internal sealed class ClassView
{
    private readonly ArrayDataViewBuilder _builder = new(new MLContext());

    public IDataView View => _builder.GetDataView();

    /// <summary>Keys named by text; 0 is the missing key.</summary>
    public ClassView Keys(string column, string[] names, params uint[] keys)
    {
        _builder.AddColumn(column, (ref VBuffer<ReadOnlyMemory<char>> values)
            => values = new(names.Length, [.. names.Select(name => name.AsMemory())]), (ulong)names.Length, keys);
        return this;
    }

    /// <summary>Keys without names.</summary>
    public ClassView Numbered(string column, ulong count, params uint[] keys)
    {
        _builder.AddColumn(column, new KeyDataViewType(typeof(uint), count), keys);
        return this;
    }

    public ClassView Text(string column, params string[] values)
    {
        _builder.AddColumn(column, values);
        return this;
    }

    public ClassView Values<T>(string column, PrimitiveDataViewType type, params T[] values)
    {
        _builder.AddColumn(column, type, values);
        return this;
    }

    public ClassView Vector(string column, float[][] values, string[] slotNames)
    {
        _builder.AddColumn(column, (ref VBuffer<ReadOnlyMemory<char>> names)
            => names = new(slotNames.Length, [.. slotNames.Select(name => name.AsMemory())]), NumberDataViewType.Single, values);
        return this;
    }
}
