using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Reads a column of Single or Vector&lt;Single&gt; as a span of values, dense whatever the source's form. Keys are read as their numbers
/// (<see cref="KeyGetters"/>), true and false as 1 and 0.
/// </summary>
internal sealed class SingleColumn
{
    private readonly ValueGetter<float>? _getScalar;
    private readonly ValueGetter<VBuffer<float>>? _getVector;
    private readonly float[] _scalar = new float[1];
    private VBuffer<float> _vector;
    private float[] _dense = [];

    public SingleColumn(DataViewRow row, DataViewSchema.Column column)
    {
        bool isKey = KeyGetters.TypeOf(column) is not null;
        if (column.Type is VectorDataViewType)
            _getVector = isKey ? KeyGetters.Vector(row, column) : row.GetGetter<VBuffer<float>>(column);
        else if (column.Type is BooleanDataViewType)
            _getScalar = Boolean(row.GetGetter<bool>(column));
        else
            _getScalar = isKey ? KeyGetters.Scalar(row, column) : row.GetGetter<float>(column);
    }

    /// <summary>A column of Single or Vector&lt;Single&gt;.</summary>
    /// <exception cref="ArgumentException">It is missing or of another type.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string role)
        => Problem(schema, name, role) is { } problem ? throw new ArgumentException(problem) : schema[name];

    /// <summary>A column of Single or Vector&lt;Single&gt;; null, and a problem, where it is missing or of another type.</summary>
    public static DataViewSchema.Column? Find(DataViewSchema schema, string name, string role, Problems problems)
    {
        if (Problem(schema, name, role) is not { } problem)
            return schema[name];
        problems.Add(problem);
        return null;
    }

    private static string? Problem(DataViewSchema schema, string name, string role)
    {
        if (string.IsNullOrEmpty(name) || schema.GetColumnOrNull(name) is not { } column)
            return $"{role} column '{name}' is not in the data, which has: {string.Join(", ", schema.Select(c => c.Name))}.";
        var item = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
        return item == NumberDataViewType.Single
            ? null
            : $"{role} column '{name}' is {column.Type}, expected Single or a vector of Single: convert it with "
                + "ml.Transforms.Conversion.ConvertType.";
    }

    /// <summary>The number of values in each row by the column's type; 0 when it varies.</summary>
    public static int Size(DataViewSchema.Column column) => column.Type is VectorDataViewType vector ? vector.Size : 1;

    /// <summary>The number of values per step: the second dimension of [horizon, targets]; else 1.</summary>
    public static int Targets(DataViewSchema.Column column)
        => column.Type is VectorDataViewType { Size: > 0, Dimensions.Length: 2 } vector ? vector.Dimensions[1] : 1;

    /// <summary>The number of values that <see cref="Read"/> gave last.</summary>
    public int Length => _getScalar is null ? _vector.Length : 1;

    /// <summary>The current row's values, valid until the next call.</summary>
    public ReadOnlySpan<float> Read()
    {
        if (_getScalar is not null)
        {
            _getScalar(ref _scalar[0]);
            return _scalar;
        }
        _getVector!(ref _vector);
        if (_vector.IsDense)
            return _vector.GetValues();
        if (_dense.Length < _vector.Length)
            _dense = new float[_vector.Length];
        _vector.CopyTo(_dense);
        return _dense.AsSpan(0, _vector.Length);
    }

    private static ValueGetter<float> Boolean(ValueGetter<bool> getter)
    {
        bool flag = false;
        return (ref float value) =>
        {
            getter(ref flag);
            value = flag ? 1 : 0;
        };
    }
}
