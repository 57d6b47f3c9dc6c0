using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Series as rows of ML.NET.</summary>
internal static class Rows
{
    /// <summary>A row for each value.</summary>
    public static IDataView Values(MLContext ml, IEnumerable<TimeSeries> series) =>
        ml.Data.LoadFromEnumerable(series.SelectMany(s => s.Values.Select(value => new ValueRow { Series = s.Id, Value = value })));

    /// <summary>A row for each origin: the window that ends there, all values up to there, and what came after.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="origins">Series, the values up to the origin, and those after it.</param>
    /// <param name="window">Steps of a window; shorter ones begin with NaN.</param>
    /// <param name="horizon">Steps after the origin.</param>
    public static IDataView Origins(MLContext ml, IEnumerable<(string Series, ArraySegment<float> Before, float[] After)> origins, int window, int horizon)
    {
        var schema = SchemaDefinition.Create(typeof(OriginRow));
        schema[Columns.Window].ColumnType = new VectorDataViewType(NumberDataViewType.Single, window, 1);
        schema[Columns.Label].ColumnType = new VectorDataViewType(NumberDataViewType.Single, horizon);
        return ml.Data.LoadFromEnumerable(
            origins.Select(o => new OriginRow { Series = o.Series, Window = Window(o.Before, window), History = [.. o.Before], Label = o.After }), schema);
    }

    private static float[] Window(ArraySegment<float> values, int window)
    {
        var steps = new float[window];
        int own = Math.Min(window, values.Count);
        steps.AsSpan(0, window - own).Fill(float.NaN);
        values.AsSpan(values.Count - own).CopyTo(steps.AsSpan(window - own));
        return steps;
    }

    private sealed class ValueRow
    {
        public string Series { get; set; } = "";

        public float Value { get; set; }
    }

    private sealed class OriginRow
    {
        public string Series { get; set; } = "";

        public float[] Window { get; set; } = [];

        public float[] History { get; set; } = [];

        public float[] Label { get; set; } = [];
    }
}
