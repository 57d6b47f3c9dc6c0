using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Random series in groups, with columns of every type that can be windowed; also as plain numbers for a reference.</summary>
internal sealed class RandomSeries
{
    private readonly Random _random;
    private readonly ArrayDataViewBuilder _builder = new(new MLContext());
    private readonly Dictionary<string, float[][]> _values = [];

    public RandomSeries(int seed, int rows, int groups, string groupType)
    {
        _random = new Random(seed);
        Rows = rows;
        Group = new int[rows];
        for (var i = 1; i < rows; i++) // runs, some of them of a group that was there before
            Group[i] = _random.Next(5) == 0 ? _random.Next(groups) : Group[i - 1];
        AddGroup(groupType);
        _builder.AddColumn("Row", NumberDataViewType.Int64, Enumerable.Range(0, rows).Select(i => (long)i).ToArray());
        Add("Single", NumberDataViewType.Single, () => _random.NextSingle());
        Add("Double", NumberDataViewType.Double, () => _random.NextDouble());
        Add("SByte", NumberDataViewType.SByte, () => (sbyte)_random.Next(-128, 128));
        Add("Byte", NumberDataViewType.Byte, () => (byte)_random.Next(256));
        Add("Int16", NumberDataViewType.Int16, () => (short)_random.Next(-30000, 30000));
        Add("UInt16", NumberDataViewType.UInt16, () => (ushort)_random.Next(60000));
        Add("Int32", NumberDataViewType.Int32, () => _random.Next(-1000, 1000));
        Add("UInt32", NumberDataViewType.UInt32, () => (uint)_random.Next(1000));
        Add("Int64", NumberDataViewType.Int64, () => (long)_random.Next(-1000, 1000));
        Add("UInt64", NumberDataViewType.UInt64, () => (ulong)_random.Next(1000));
        AddVector("Vector", NumberDataViewType.Single, 2, () => _random.NextSingle());
        AddVector("Shorts", NumberDataViewType.Int16, 3, () => (short)_random.Next(100));
        AddSparse("Sparse", 4);
        View = _builder.GetDataView(rows);
    }

    public static string[] Scalars { get; } = ["Single", "Double", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64",
        "UInt64"];

    public static string[] Numbers { get; } = [.. Scalars, "Vector", "Shorts", "Sparse"];

    public static string[] GroupTypes { get; } = ["text", "key", "int", "float", "bool", "time"];

    public int Rows { get; }

    /// <summary>The group of each row.</summary>
    public int[] Group { get; }

    public IDataView View { get; }

    /// <summary>The values of a column in a row as Single.</summary>
    public float[] Values(string column, int row) => _values[column][row];

    private void AddGroup(string type)
    {
        switch (type)
        {
            case "text":
                _builder.AddColumn("Group", Group.Select(g => g == 0 ? "" : $"g{g}").ToArray());
                break;
            case "key":
                _builder.AddColumn("Group", KeyNames, 100, Group
                    .Select(g => (uint)g).ToArray()); // 0 is the missing key: a group like another
                break;
            case "int":
                _builder.AddColumn("Group", NumberDataViewType.Int32, Group);
                break;
            case "float":
                _builder.AddColumn("Group", NumberDataViewType.Single, Group.Select(g => g == 0 ? float.NaN : g).ToArray());
                break;
            case "bool":
                for (var i = 0; i < Rows; i++)
                    Group[i] %= 2;
                _builder.AddColumn("Group", BooleanDataViewType.Instance, Group.Select(g => g == 1).ToArray());
                break;
            default:
                _builder.AddColumn("Group", DateTimeDataViewType.Instance, Group
                    .Select(g => new DateTime(2020, 1, 1).AddDays(g)).ToArray());
                break;
        }
    }

    private static void KeyNames(ref VBuffer<ReadOnlyMemory<char>> names)
        => names = new(100, [.. Enumerable.Range(0, 100).Select(i => $"k{i}".AsMemory())]);

    private void Add<T>(string name, PrimitiveDataViewType type, Func<T> next) where T : struct, IConvertible
    {
        var values = Enumerable.Range(0, Rows).Select(_ => next()).ToArray();
        _builder.AddColumn(name, type, values);
        _values[name] = [.. values.Select(value => new[] { value.ToSingle(null) })];
    }

    private void AddVector<T>(string name, PrimitiveDataViewType type, int size, Func<T> next) where T : struct, IConvertible
    {
        var values = Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, size).Select(_ => next()).ToArray()).ToArray();
        _builder.AddColumn(name, type, values);
        _values[name] = [.. values.Select(row => row.Select(value => value.ToSingle(null)).ToArray())];
    }

    private void AddSparse(string name, int size)
    {
        var values = Enumerable.Range(0, Rows).Select(_ => new VBuffer<double>(size, 1, [_random.NextDouble()],
            [_random.Next(size)])).ToArray();
        _builder.AddColumn(name, NumberDataViewType.Double, values);
        _values[name] = [.. values.Select(row => row.DenseValues().Select(value => (float)value).ToArray())];
    }
}
