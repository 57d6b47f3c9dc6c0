using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The columns of a model's output that hold one or more values for each step of the horizon.</summary>
/// <param name="Forecast">The forecast.</param>
/// <param name="Lower">Lower bounds, or null.</param>
/// <param name="Upper">Upper bounds, or null.</param>
/// <param name="Quantiles">Quantiles, [horizon, levels], or null.</param>
internal sealed record ForecastOutputs(DataViewSchema.Column Forecast, DataViewSchema.Column? Lower, DataViewSchema.Column? Upper,
    DataViewSchema.Column? Quantiles)
{
    public const string LowerBound = "LowerBound";
    public const string UpperBound = "UpperBound";
    public const string QuantilesName = "Quantiles";

    /// <summary>The columns that there are, each under the name that results give it.</summary>
    public IEnumerable<(string Name, DataViewSchema.Column Column)> All => new[]
    {
        ("Forecast", (DataViewSchema.Column?)Forecast), (LowerBound, Lower), (UpperBound, Upper), (QuantilesName, Quantiles),
    }.Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!.Value));

    /// <exception cref="ArgumentException">A column is missing, or does not suit the horizon; the text lists all problems.</exception>
    public static ForecastOutputs Find(DataViewSchema schema, int horizon, string forecast, string? lower, string? upper)
    {
        var problems = new Problems();
        var found = new ForecastOutputs(
            Find(schema, horizon, forecast, nameof(ForecastRowsOptions.ForecastColumnName), problems) ?? default,
            Optional(lower, LowerBound, nameof(ForecastRowsOptions.LowerBoundColumnName)),
            Optional(upper, UpperBound, nameof(ForecastRowsOptions.UpperBoundColumnName)),
            Optional(null, QuantilesName, ""));
        problems.ThrowIfAny("Forecast");
        return found;

        DataViewSchema.Column? Optional(string? given, string usual, string option)
        {
            if (given is not null)
                return Find(schema, horizon, given, option, problems);
            return schema.GetColumnOrNull(usual) is { } column && Fits(column, horizon) ? column : null;
        }
    }

    private static DataViewSchema.Column? Find(DataViewSchema schema, int horizon, string name, string option, Problems problems)
    {
        if (schema.GetColumnOrNull(name ?? "") is not { } column)
            problems.Add($"{option} is '{name}', which the model does not give; it gives: {string.Join(", ", schema.Select(c => c.Name))}.");
        else if (!Fits(column, horizon))
            problems.Add($"{option}: column '{name}' is {column.Type}, expected Single values for each of the {horizon} steps of the horizon: "
                + $"Vector<Single, {horizon}>.");
        else
            return column;
        return null;
    }

    private static bool Fits(DataViewSchema.Column column, int horizon)
    {
        var item = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
        return item == NumberDataViewType.Single && SingleColumn.Size(column) is > 0 and var size && size % horizon == 0;
    }
}
