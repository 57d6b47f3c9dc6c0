using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Sequences with their labels, as arrays that tests compute with and as a view for trainers.</summary>
/// <param name="Features">Values per step.</param>
/// <param name="Sequences">Each <c>[steps, Features]</c>.</param>
/// <param name="Labels">Each as long as the horizon.</param>
internal sealed record Examples(int Features, float[][] Sequences, float[][] Labels)
{
    public int Count => Sequences.Length;

    public int Steps => Sequences[0].Length / Features;

    /// <summary>Every window of a series, labelled with the values that follow it.</summary>
    public static Examples Windows(float[] series, int steps, int horizon = 1)
    {
        int[] starts = [.. Enumerable.Range(0, series.Length - steps - horizon + 1)];
        return new(1, [.. starts.Select(i => series[i..(i + steps)])], [.. starts.Select(i => series[(i + steps)..(i + steps + horizon)])]);
    }

    /// <summary>Random values without meaning: for what does not depend on whether anything is learnt.</summary>
    public static Examples Random(int count, int steps = 4, int features = 2, int labelSize = 1, int seed = 1)
    {
        var random = new Random(seed);
        float[] Values(int size) => [.. Enumerable.Range(0, size).Select(_ => random.NextSingle() * 2 - 1)];
        return new(features, [.. Enumerable.Range(0, count).Select(_ => Values(steps * features))], [.. Enumerable.Range(0, count).Select(_ => Values(labelSize))]);
    }

    public Examples Slice(Range range) => this with { Sequences = Sequences[range], Labels = Labels[range] };

    public Examples WithLabels(Func<int, float[], float[]> change) => this with { Labels = [.. Labels.Select((label, i) => change(i, label))] };

    /// <summary>Columns Features and Label: a Single, or a vector when the horizon is longer than 1.</summary>
    public IDataView View(MLContext ml) => Labels[0].Length == 1
        ? ml.Data.LoadFromEnumerable(Sequences.Select((s, i) => new ScalarRow { Features = s, Label = Labels[i][0] }), Schema(typeof(ScalarRow)))
        : ml.Data.LoadFromEnumerable(Sequences.Select((s, i) => new VectorRow { Features = s, Label = Labels[i] }), Schema(typeof(VectorRow)));

    /// <summary>As training sees them.</summary>
    public Sequences Read() =>
        MlNetRnn.Sequences.Read(View(new MLContext()), "Features", Features, "Label", Labels[0].Length, CancellationToken.None);

    /// <summary>A model's predictions of a Single.</summary>
    public float[] Score(ITransformer model) => [.. model.Transform(View(new MLContext())).GetColumn<float>("Score")];

    /// <summary>A model's forecasts.</summary>
    public float[][] Forecast(ITransformer model) => [.. model.Transform(View(new MLContext())).GetColumn<float[]>("Forecast")];

    /// <summary>Mean squared error of a model's predictions.</summary>
    public double MeanSquaredError(ITransformer model) => Score(model).Zip(Labels, (score, label) => Math.Pow(score - label[0], 2)).Average();

    private SchemaDefinition Schema(Type row)
    {
        var schema = SchemaDefinition.Create(row);
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Steps, Features);
        if (Labels[0].Length > 1)
            schema["Label"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Labels[0].Length);
        return schema;
    }

    private sealed class ScalarRow
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class VectorRow
    {
        public float[] Features { get; set; } = [];

        public float[] Label { get; set; } = [];
    }
}
