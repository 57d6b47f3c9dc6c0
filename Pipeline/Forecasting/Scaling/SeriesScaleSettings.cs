using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>What scales are learnt of, checked before there is data.</summary>
internal sealed record SeriesScaleSettings(string OutputColumnName, string InputColumnName, string? GroupColumnName, SeriesScaling Scaling,
    UnseenSeriesPolicy UnseenSeries)
{
    /// <exception cref="ArgumentException">Something is wrong; the text lists all of it.</exception>
    public SeriesScaleSettings Checked()
    {
        var problems = new Problems();
        problems.AddIf(string.IsNullOrEmpty(OutputColumnName), "outputColumnName is empty: name the column that receives location and scale.");
        problems.AddIf(string.IsNullOrEmpty(InputColumnName), "inputColumnName is empty: name the column of values.");
        problems.AddIf(GroupColumnName is "", "groupColumnName is empty: name a column, or give null when the data is one series.");
        problems.AddIf(!Enum.IsDefined(Scaling), $"scaling is {Scaling}, expected one of {string.Join(", ", Enum.GetNames<SeriesScaling>())}.");
        problems.AddIf(!Enum.IsDefined(UnseenSeries),
            $"unseenSeries is {UnseenSeries}, expected one of {string.Join(", ", Enum.GetNames<UnseenSeriesPolicy>())}.");
        problems.ThrowIfAny("SeriesScale");
        return this;
    }

    /// <param name="source">The columns of the rows.</param>
    /// <param name="isFitting">Whether the values are read; else the group alone is.</param>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type; the text lists all problems.</exception>
    public void CheckSource(SchemaShape source, bool isFitting)
    {
        var problems = new Problems();
        if (isFitting && Find(source, InputColumnName, "value", problems) is { } value
            && (value.Kind != SchemaShape.Column.VectorKind.Scalar || value.IsKey || value.ItemType is not NumberDataViewType))
            problems.Add($"value column '{InputColumnName}' is {value.GetTypeString()}, expected a scalar Single, Double or integer: convert it "
                + "with ml.Transforms.Conversion.ConvertType.");
        if (GroupColumnName is { } name && Find(source, name, "group", problems) is { } group
            && (group.Kind != SchemaShape.Column.VectorKind.Scalar || group.ItemType is not PrimitiveDataViewType))
            problems.Add($"group column '{name}' is {group.GetTypeString()}, expected a scalar number, key, text, Boolean or time.");
        problems.ThrowIfAny("SeriesScale");
    }

    private static SchemaShape.Column? Find(SchemaShape source, string name, string role, Problems problems)
    {
        if (source.TryFindColumn(name, out var column))
            return column;
        problems.Add($"{role} column '{name}' is not in the data, which has: {string.Join(", ", source.Select(c => c.Name))}.");
        return null;
    }
}
