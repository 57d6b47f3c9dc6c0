using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The columns beside a window: values of the steps ahead that are known already, values and keys that do not change in a series.</summary>
/// <param name="Columns">The columns, in the order in which their values stand.</param>
/// <param name="Horizon">Steps ahead.</param>
internal sealed record Covariates(ImmutableArray<CovariateSummary> Columns, int Horizon)
{
    /// <summary>Values of all.</summary>
    public int Size { get; } = Columns.Sum(c => c.Size);

    /// <summary>As sequences are read with them.</summary>
    public SequenceContext Context => new(
        [.. Columns.Select(c => c.ColumnName)], [.. Columns.Select(c => c.Kind == CovariateKind.Future)], Size);

    /// <summary>Null where the options name no columns.</summary>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type.</exception>
    public static Covariates? Find(DataViewSchema schema, ForecastOptions options, int horizon)
    {
        CovariateSummary[] columns =
        [
            .. options.FutureColumnName is { } future ? [Future(schema, future, horizon)] : (CovariateSummary[])[],
            .. options.StaticColumnNames.Select(name => Static(schema, name)),
            .. options.SeriesScaleColumnName is { } scale ? [SeriesScale(schema, scale)] : (CovariateSummary[])[],
        ];
        return columns.Length == 0 ? null : new([.. columns], horizon);
    }

    /// <summary>Whether a value is a number that the network reads.</summary>
    public bool IsNumber(int value) => ColumnOf(value).Column.Kind is CovariateKind.Future or CovariateKind.Static;

    /// <summary>Whether the network reads any of them.</summary>
    public bool AreRead => Columns.Any(c => c.Kind != CovariateKind.SeriesScale);

    /// <summary>Where location and scale of the series stand; null where they do not.</summary>
    public int? SeriesScaleAt => Columns[^1].Kind == CovariateKind.SeriesScale ? Size - 2 : null;

    /// <summary>The value whose mean and scale a value shares: those of the same column ahead have one.</summary>
    public int Pooled(int value)
    {
        var (column, start) = ColumnOf(value);
        return column.Kind == CovariateKind.Future ? start + ((value - start) % (column.Size / Horizon)) : value;
    }

    private (CovariateSummary Column, int Start) ColumnOf(int value)
    {
        int start = 0, c = 0;
        while (value >= start + Columns[c].Size)
            start += Columns[c++].Size;
        return (Columns[c], start);
    }

    private static CovariateSummary Future(DataViewSchema schema, string name, int horizon)
    {
        var column = SingleColumn.Find(schema, name, "Future");
        int size = SingleColumn.Size(column);
        return size > 0 && size % horizon == 0 && (size == horizon || column.Type is not VectorDataViewType { Dimensions: [var steps, _] } || steps == horizon)
            ? new(name, CovariateKind.Future, size, Keys: 0)
            : throw new ArgumentException($"ForecastOptions.FutureColumnName '{name}' is {column.Type}, expected Vector<Single, {horizon}, values>: "
                + $"values for each of the {horizon} steps of the label. SlidingWindowOptions.FutureColumns makes it.");
    }

    private static CovariateSummary SeriesScale(DataViewSchema schema, string name)
    {
        var column = SingleColumn.Find(schema, name, "Series scale");
        return SingleColumn.Size(column) == 2
            ? new(name, CovariateKind.SeriesScale, 2, Keys: 0)
            : throw new ArgumentException($"ForecastOptions.SeriesScaleColumnName '{name}' is {column.Type}, expected Vector<Single, 2>, location and scale. "
                + "ml.Transforms.SeriesScale makes it.");
    }

    private static CovariateSummary Static(DataViewSchema schema, string name)
    {
        var column = schema.GetColumnOrNull(name) ?? throw TrainingColumns.Missing(name, schema.Where(c => !c.IsHidden).Select(c => c.Name));
        if (column.Type is KeyDataViewType key && key.Count is > 0 and <= KeyGetters.MostKeys)
            return new(name, CovariateKind.StaticKey, 1, (int)key.Count);
        if (column.Type == NumberDataViewType.Single || column.Type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single)
            return new(name, CovariateKind.Static, SingleColumn.Size(column), Keys: 0);
        throw new ArgumentException($"ForecastOptions.StaticColumnNames has '{name}', which is {column.Type}; expected a Single, a vector of Single of "
            + "known size, or a key. Text becomes a key by ml.Transforms.Conversion.MapValueToKey.");
    }
}
