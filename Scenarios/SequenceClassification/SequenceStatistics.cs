using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>What can be told of a sequence of numbers without its order, and of its ends.</summary>
internal sealed class SequenceStatistics
{
    private const int PerFeature = 6;

    public string Label { get; set; } = "";

    /// <summary>Of each feature mean, standard deviation, least, greatest, first and last; and the number of steps.</summary>
    public float[] Statistics { get; set; } = [];

    public static IDataView View(MLContext ml, IDataView data, string column)
    {
        int features = ((VectorDataViewType)data.Schema[column].Type).Dimensions[^1];
        var rows = data.GetColumn<float[]>(column).Zip(data.GetColumn<string>(ClassificationData.LabelColumn), (values, label) => Of(values, features, label));
        var schema = SchemaDefinition.Create(typeof(SequenceStatistics));
        schema[nameof(Statistics)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, (PerFeature * features) + 1);
        return ml.Data.LoadFromEnumerable(rows.ToArray(), schema);
    }

    private static SequenceStatistics Of(float[] values, int features, string label) => new()
    {
        Label = label,
        Statistics = [.. Enumerable.Range(0, features).SelectMany(f => OfFeature(values, f, features)), values.Length / features],
    };

    private static float[] OfFeature(float[] values, int feature, int features)
    {
        float[] series = [.. Enumerable.Range(0, values.Length / features).Select(step => values[(step * features) + feature])];
        double mean = series.Average(v => (double)v), variance = series.Average(v => (v - mean) * (v - mean));
        return [(float)mean, (float)Math.Sqrt(variance), series.Min(), series.Max(), series[0], series[^1]];
    }
}
