using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Gradients of the loss by the input, step by step.</summary>
[TestClass]
public sealed class GradientNormsTests
{
    private const int Steps = 6, Features = 2;

    private static readonly MLContext Ml = new(1);

    [TestMethod]
    [DataRow("rnn")]
    [DataRow("lstm")]
    [DataRow("gru")]
    public void They_are_those_of_finite_differences(string cell)
    {
        var rows = Rows(5);
        var data = View(rows);
        using var model = Ml.Regression.Trainers.Recurrent("Label", "Sequence", (Networks.Tiny with { Cell = Networks.Cell(cell) }).Train(t => t with { BatchSize = 2, ValidationFraction = 0 }))
            .Fit(data);
        using var predictor = new SequencePredictor(model.Model);
        var scaling = model.Model.Manifest.Scaling;

        double[] norms = GradientNorms.ByDistance(model.Model, data);

        Assert.HasCount(Steps, norms);
        for (int distance = 0; distance < Steps; distance++)
        {
            double expected = rows.Average(row => Math.Sqrt(Enumerable.Range(0, Features).Sum(f =>
                Math.Pow(Derivative(row, ((Steps - 1 - distance) * Features) + f) * scaling.FeatureScales[f], 2))));
            Assert.AreEqual(expected, norms[distance], 1e-2 * expected + 2e-4, $"{distance} steps back");
        }

        double Loss(Row row, float[] sequence) => Math.Pow((predictor.Predict(sequence)[0] - row.Label) / scaling.TargetScales[0], 2);

        double Derivative(Row row, int value)
        {
            const float h = 0.02f;
            float[] up = [.. row.Sequence], down = [.. row.Sequence];
            up[value] += h;
            down[value] -= h;
            return (Loss(row, up) - Loss(row, down)) / (2 * h);
        }
    }

    [TestMethod]
    public void What_cannot_be_differentiated_is_refused()
    {
        var data = View(Rows(30));
        using var regression = Ml.Regression.Trainers.Gru("Label", "Sequence", Networks.Tiny).Fit(data);
        using var forecast = Ml.Forecasting.ForecastByRecurrent("Forecast", "Sequence", "Label", Networks.Tiny).Fit(data);

        Fails.With<ArgumentException>(() => GradientNorms.ByDistance(forecast.Model, data), "forecasting");
        Fails.With<ArgumentException>(() => GradientNorms.ByDistance(regression.Model, Ml.Transforms.DropColumns("Label").Fit(data).Transform(data)), "'Label'");
        Fails.With<InvalidOperationException>(() => GradientNorms.ByDistance(regression.Model, View(Rows(3).Select(r => new Row { Sequence = r.Sequence, Label = float.NaN }))), "No row has a label");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => GradientNorms.ByDistance(regression.Model, data, rows: 0));
    }

    private static Row[] Rows(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => new Row
        {
            Sequence = [.. Enumerable.Range(0, Steps * Features).Select(_ => (random.NextSingle() * 2) - 1)],
            Label = random.NextSingle(),
        })];
    }

    private static IDataView View(IEnumerable<Row> rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["Sequence"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Steps, Features);
        return Ml.Data.LoadFromEnumerable(rows, schema);
    }

    private sealed class Row
    {
        public float[] Sequence { get; set; } = [];

        public float Label { get; set; }
    }
}
