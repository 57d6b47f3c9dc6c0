using System.Globalization;
using System.Text;

namespace MlNetRnn.Scenarios;

/// <summary>Forecasts as a table: a row for each series and step.</summary>
public static class ForecastsCsv
{
    /// <summary>Writes <c>id,time,step,actual,forecast,lower,upper</c>, the time only where it is known; what is not known is empty.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="forecasts">The forecasts; read once.</param>
    public static void Save(string path, IEnumerable<SeriesForecast> forecasts)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            bool? timed = null;
            foreach (var forecast in forecasts)
            {
                if (timed is null)
                    writer.WriteLine((timed = forecast.Times is not null) == true ? "id,time,step,actual,forecast,lower,upper" : "id,step,actual,forecast,lower,upper");
                Write(writer, forecast, timed.Value);
            }
        });
    }

    private static void Write(TextWriter writer, SeriesForecast forecast, bool timed)
    {
        string id = forecast.Id.AsSpan().ContainsAny("\",\r\n") ? $"\"{forecast.Id.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : forecast.Id;
        for (int k = 0; k < forecast.Forecast.Length; k++)
        {
            string time = timed ? $"{forecast.Times?[k].ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}," : "";
            writer.WriteLine($"{id},{time}{k + 1},{Text(forecast.Actual?[k])},{Text(forecast.Forecast[k])},{Text(forecast.Lower?[k])},{Text(forecast.Upper?[k])}");
        }
    }

    private static string Text(float? value) => value is { } number && float.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "";
}
