using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The forecasts of many series from the ends of their histories, in memory.</summary>
internal sealed class SeriesForecasts
{
    private readonly Dictionary<string, float[]?[]> _values; // by column: by series, [horizon, width]

    private SeriesForecasts(SeriesEnds ends, ForecastOutputs columns, int horizon)
    {
        (Ends, Columns, Horizon, Reasons) = (ends, columns, horizon, new string?[ends.Count]);
        _values = columns.All.ToDictionary(column => column.Name, _ => new float[]?[ends.Count]);
    }

    public SeriesEnds Ends { get; }

    public ForecastOutputs Columns { get; }

    public int Horizon { get; }

    /// <summary>By series: why it has no forecast; null where it has one.</summary>
    public string?[] Reasons { get; }

    /// <summary>The values of a column for a series that has a forecast, [horizon, width].</summary>
    public float[] Values(string column, int series) => _values[column][series]!;

    /// <summary>Scores the last row of each series and reads the columns.</summary>
    public static SeriesForecasts Read(IDataView scored, SeriesEnds ends, ForecastModel model, ForecastOutputs columns, CancellationToken token)
    {
        var forecasts = new SeriesForecasts(ends, columns, model.Horizon);
        using var cursor = OneCursor.Open(scored, [.. columns.All.Select(column => column.Column)]);
        var getId = cursor.GetIdGetter();
        var readers = columns.All.Select(c => (Values: forecasts._values[c.Name], Reader: new SingleColumn(cursor, c.Column))).ToArray();
        var id = default(DataViewRowId);
        while (cursor.MoveNext())
        {
            token.ThrowIfCancellationRequested();
            getId(ref id);
            var series = AnchorRows.SeriesOf(ends, id);
            if (series < 0)
                throw new InvalidOperationException("Forecast: a step of the model gives rows that were not there before it, or with other ids. "
                    + "Forecasts need row-to-row steps.");
            foreach (var (values, reader) in readers)
                values[series] = reader.Read().ToArray();
        }
        forecasts.FindReasons(model.Window);
        return forecasts;
    }

    private void FindReasons(SlidingWindowSettings window)
    {
        for (var series = 0; series < Ends.Count; series++)
            Reasons[series] = Reason(window, series, _values["Forecast"][series]);
    }

    private string? Reason(SlidingWindowSettings window, int series, float[]? forecast)
    {
        if (forecast is null)
            return Ends.Rows(series) < window.WindowLength
                ? $"it has {Ends.Rows(series)} rows, fewer than a window, {window.WindowLength} (SlidingWindowOptions.Padding gives shorter series "
                    + "windows, too)"
                : $"it has fewer rows than a window, {window.WindowLength}, after its last gap in time";
        return forecast.All(float.IsFinite)
            ? null
            : $"its forecast is {forecast.First(value => !float.IsFinite(value))}: check its last values, which may be missing "
                + "(SlidingWindowOptions.MissingValues fills them)";
    }
}
