using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>
/// Random series in groups, with columns of every type that can be windowed, times with gaps and values that do not change within a
/// group; also as plain numbers for a reference.
/// </summary>
internal sealed class RandomSeries
{
    private readonly Random _random;
    private readonly ArrayDataViewBuilder _builder = new(new MLContext());
    private readonly Dictionary<string, float[][]> _values = [];
    private readonly double _missing;

    /// <param name="seed">Gives the same series again.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="groups">The number of groups at most.</param>
    /// <param name="groupType">One of <see cref="GroupTypes"/>.</param>
    /// <param name="interleaved">Whether the rows of a group come in several runs, or in one.</param>
    /// <param name="missing">The share of values of Single and Double that are NaN.</param>
    public RandomSeries(int seed, int rows, int groups, string groupType, bool interleaved = false, double missing = 0)
    {
        _random = new Random(seed);
        _missing = missing;
        Rows = rows;
        Group = new int[rows];
        var most = groupType == "bool" ? Math.Min(2, groups) : groups;
        for (var i = 1; i < rows; i++)
            Group[i] = _random.Next(5) != 0 ? Group[i - 1] : interleaved ? _random.Next(most) : Math.Min(Group[i - 1] + 1, most - 1);
        AddGroup(groupType);
        AddTimes();
        AddStatics();
        _builder.AddColumn("Row", NumberDataViewType.Int64, Enumerable.Range(0, rows).Select(i => (long)i).ToArray());
        Add("Single", NumberDataViewType.Single, NextSingle);
        Add("Double", NumberDataViewType.Double, () => NextSingle() / 3.0);
        Add("SByte", NumberDataViewType.SByte, () => (sbyte)_random.Next(-128, 128));
        Add("Byte", NumberDataViewType.Byte, () => (byte)_random.Next(256));
        Add("Int16", NumberDataViewType.Int16, () => (short)_random.Next(-30000, 30000));
        Add("UInt16", NumberDataViewType.UInt16, () => (ushort)_random.Next(60000));
        Add("Int32", NumberDataViewType.Int32, () => _random.Next(-1000, 1000));
        Add("UInt32", NumberDataViewType.UInt32, () => (uint)_random.Next(1000));
        Add("Int64", NumberDataViewType.Int64, () => (long)_random.Next(-1000, 1000));
        Add("UInt64", NumberDataViewType.UInt64, () => (ulong)_random.Next(1000));
        AddVector("Vector", NumberDataViewType.Single, 2, NextSingle);
        AddVector("Shorts", NumberDataViewType.Int16, 3, () => (short)_random.Next(100));
        AddSparse("Sparse", 4);
        View = _builder.GetDataView(rows);
    }

    public static string[] Scalars { get; } = ["Single", "Double", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64",
        "UInt64"];

    public static string[] Numbers { get; } = [.. Scalars, "Vector", "Shorts", "Sparse"];

    public static string[] GroupTypes { get; } = ["text", "key", "int", "float", "bool", "time"];

    /// <summary>Columns of the same times in several types.</summary>
    public static string[] TimeColumns { get; } = ["DateTime", "Offset", "Span", "Clock", "Counter", "Small"];

    public int Rows { get; }

    /// <summary>The time of each row, increasing within its group.</summary>
    public int[] Time { get; private set; } = [];

    /// <summary>The group of each row.</summary>
    public int[] Group { get; }

    public IDataView View { get; }

    /// <summary>The values of a column in a row as Single.</summary>
    public float[] Values(string column, int row) => _values[column][row];

    private float NextSingle() => _random.NextDouble() < _missing ? float.NaN : _random.NextSingle();

    // Steps of 2 to 7: some are gaps, more than 1.5 times the smallest so far.
    private void AddTimes()
    {
        var last = new int[Group.DefaultIfEmpty(0).Max() + 1];
        Time = [.. Group.Select(g => last[g] += _random.Next(8) == 0 ? _random.Next(4, 8) : _random.Next(2, 4))];
        var start = new DateTime(2024, 2, 27);
        _builder.AddColumn("DateTime", DateTimeDataViewType.Instance, Time.Select(t => start.AddDays(t)).ToArray());
        _builder.AddColumn("Offset", DateTimeOffsetDataViewType.Instance, // the hour of the clock goes back, the time does not
            Time.Select(t => new DateTimeOffset(start.AddDays(t)).ToOffset(TimeSpan.FromHours(-(t % 12)))).ToArray());
        _builder.AddColumn("Span", TimeSpanDataViewType.Instance, Time.Select(t => TimeSpan.FromSeconds(t)).ToArray());
        _builder.AddColumn("Clock", NumberDataViewType.Double, Time.Select(t => (t * 0.5) - 7).ToArray());
        _builder.AddColumn("Counter", NumberDataViewType.UInt64, Time.Select(t => ulong.MaxValue - 1000 + (ulong)t).ToArray());
        _builder.AddColumn("Small", NumberDataViewType.Int16, Time.Select(t => (short)(t - 400)).ToArray());
    }

    private void AddStatics()
    {
        var names = Group.Select(g => g == 1 ? float.NaN : 10f * g).ToArray();
        _builder.AddColumn("Size", NumberDataViewType.Single, names);
        _values["Size"] = [.. names.Select(value => new[] { value })];
        _builder.AddColumn("Place", NumberDataViewType.Int32, Group.Select(g => new[] { g, -g }).ToArray());
        _values["Place"] = [.. Group.Select(g => new float[] { g, -g })];
    }

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
