using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Records every value that it can see when it is fitted; changes nothing.</summary>
internal sealed class SpyEstimator(MLContext ml) : IEstimator<ITransformer>
{
    /// <summary>By fit: series and value of each row that was seen, by several cursors.</summary>
    public List<List<(string Series, float Value)>> Seen { get; } = [];

    public ITransformer Fit(IDataView input)
    {
        var seen = new List<(string, float)>();
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var cursor in input.GetRowCursorSet(input.Schema, 2))
                using (cursor)
                    Read(cursor, seen);
            using var shuffled = input.GetRowCursor(input.Schema, new Random(1));
            Read(shuffled, seen);
        }
        lock (Seen)
            Seen.Add(seen);
        return ml.Transforms.CopyColumns("Copy", "Value").Fit(input);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => ml.Transforms.CopyColumns("Copy", "Value").GetOutputSchema(inputSchema);

    private static void Read(DataViewRowCursor cursor, List<(string, float)> seen)
    {
        var (getSeries, getValue) = (cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["Series"]), cursor.GetGetter<float>(cursor.Schema["Value"]));
        var (series, value) = (default(ReadOnlyMemory<char>), 0f);
        while (cursor.MoveNext())
        {
            getSeries(ref series);
            getValue(ref value);
            seen.Add((series.ToString(), value));
        }
    }
}

/// <summary>
/// Learns every value of every row by heart, and forecasts from memory; the last value where it knows nothing. Without a leak it is the
/// naive forecast.
/// </summary>
internal sealed class MemorisingEstimator(MLContext ml) : IEstimator<ITransformer>
{
    public ITransformer Fit(IDataView input)
    {
        var memory = new Dictionary<(string, DateTime), float>();
        foreach (var row in ml.Data.CreateEnumerable<MemoryRow>(input, reuseRowObject: false))
        {
            for (var k = 0; k < row.Label.Length; k++)
                if (!float.IsNaN(row.Label[k]))
                    memory[(row.Series, row.Time.AddDays(k + 1))] = row.Label[k];
            memory[(row.Series, row.Time)] = row.Value;
        }
        return ml.Transforms.CustomMapping<MemoryRow, KnownForecast>((row, forecast) => forecast.Forecast = [.. Enumerable.Range(1, CountedSeries.Horizon)
            .Select(k => memory.TryGetValue((row.Series, row.Time.AddDays(k)), out var value) ? value : row.Window[^1])], null).Fit(input);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => CountedSeries.Knowing(ml).GetOutputSchema(new SchemaShape([.. inputSchema,
        new("Future", SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false)]));

    internal sealed class MemoryRow
    {
        public string Series { get; set; } = "";
        public DateTime Time { get; set; }
        public float Value { get; set; }

        [VectorType(CountedSeries.WindowLength, 1)]
        public float[] Window { get; set; } = [];

        [VectorType(CountedSeries.Horizon)]
        public float[] Label { get; set; } = [];
    }
}

/// <summary>An estimator that gives a transformer that was fitted before, on whatever rows.</summary>
internal sealed class FittedBefore(MLContext ml, ITransformer fitted) : IEstimator<ITransformer>
{
    public ITransformer Fit(IDataView input) => fitted;

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => new MemorisingEstimator(ml).GetOutputSchema(inputSchema);
}
