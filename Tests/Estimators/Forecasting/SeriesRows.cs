using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Rows of several series, one behind the other, with what stands beside their values.</summary>
internal static class SeriesRows
{
    public static IDataView View(MLContext ml, params (string Name, float[] Values)[] series) => View(ml, (_, _) => 0, series);

    /// <param name="ml">The context.</param>
    /// <param name="known">What is known ahead of each row, by series and place.</param>
    /// <param name="series">The series.</param>
    public static IDataView View(MLContext ml, Func<string, int, float> known, params (string Name, float[] Values)[] series) =>
        ml.Data.LoadFromEnumerable(series.SelectMany(s => s.Values.Select((value, i) => new Row { Series = s.Name, Value = value, Known = known(s.Name, i) })).ToArray());

    /// <summary>The windows of all rows, and their labels.</summary>
    public static SlidingWindowOptions Windows(int length, int horizon, WindowPadding padding = WindowPadding.None) => new()
    {
        InputColumns = ["Value"],
        WindowLength = length,
        Horizon = horizon,
        GroupColumn = "Series",
        Padding = padding,
    };

    public static float[][] Column(ITransformer model, IDataView rows, string name) => [.. model.Transform(rows).GetColumn<float[]>(name)];

    internal sealed class Row
    {
        public string Series { get; set; } = "";

        public float Value { get; set; }

        public float Known { get; set; }
    }
}
