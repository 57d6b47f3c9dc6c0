using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Goes on from the ends of histories, in two passes over their rows: one to find the ends, one to score them.</summary>
internal static class ForecastRows
{
    private const int MostNamed = 5;

    /// <summary>Forecasts each series.</summary>
    /// <param name="model">The model.</param>
    /// <param name="history">Raw rows up to where forecasts begin.</param>
    /// <param name="future">Raw rows that follow, in the same schema; null where there are none.</param>
    /// <param name="options">The columns.</param>
    public static SeriesForecasts Run(ForecastModel model, IDataView history, IDataView? future, ForecastRowsOptions options)
    {
        var (rows, window) = (model.Prepare(history), model.Window);
        RandomSampling.Refuse(rows, window.GroupColumnName);
        _ = Columns(model.OutputSchema(rows.Schema)); // what is wrong with columns comes before any row is read
        var time = TimeColumn(rows.Schema, options.TimeColumnName ?? window.TimeColumnName);
        var group = window.GroupColumnName is { } name ? rows.Schema[name] : (DataViewSchema.Column?)null;
        var ends = SeriesEnds.Read(rows, group, time, options.CancellationToken);
        var ahead = model.NeedsFuture && future is not null
            ? FutureRows.Read(model.Prepare(future), ends, model.Horizon, options.CancellationToken)
            : null;
        ends.CheckTimes(model.Horizon);
        var source = new ForecastSource(rows, ends, ahead, Known(rows.Schema, window, time));
        var scored = model.Score(source, ends, ahead is not null);
        return SeriesForecasts.Read(scored, ends, model, Columns(scored.Schema), options.CancellationToken);

        ForecastOutputs Columns(DataViewSchema schema) => ForecastOutputs.Find(schema, model.Horizon, options.ForecastColumnName,
            options.LowerBoundColumnName, options.UpperBoundColumnName);
    }

    /// <summary>Throws where a series has no forecast.</summary>
    public static void CheckComplete(SeriesForecasts forecasts)
    {
        int[] failed = [.. Enumerable.Range(0, forecasts.Ends.Count).Where(series => forecasts.Reasons[series] is not null)];
        if (failed.Length == 0)
            return;
        var named = failed.Take(MostNamed).Select(series => $"{forecasts.Ends.Names.Describe(series)}: {forecasts.Reasons[series]}");
        throw new InvalidOperationException($"Forecast: {failed.Length} of {forecasts.Ends.Count} series cannot be forecast. "
            + $"{string.Join("; ", named)}{(failed.Length > MostNamed ? $"; and {failed.Length - MostNamed} more" : "")}. Or leave such series "
            + "out by MissingForecasts = MissingForecastPolicy.LeaveOut.");
    }

    private static DataViewSchema.Column? TimeColumn(DataViewSchema schema, string? name)
    {
        if (name is null)
            return null;
        return schema.GetColumnOrNull(name) ?? throw new ArgumentException($"Forecast: TimeColumnName is '{name}', which is not in the data; it "
            + $"has: {string.Join(", ", schema.Select(column => column.Name))}.");
    }

    // The columns of future rows that are used: what is known ahead, and which row of which series it is.
    private static bool[] Known(DataViewSchema schema, SlidingWindowSettings window, DataViewSchema.Column? time)
    {
        var known = new bool[schema.Count];
        foreach (var name in window.FutureColumnNames)
            known[schema[name].Index] = true;
        if (window.GroupColumnName is { } group)
            known[schema[group].Index] = true;
        if (window.TimeColumnName is { } own)
            known[schema[own].Index] = true;
        if (time is { } column)
            known[column.Index] = true;
        return known;
    }
}
