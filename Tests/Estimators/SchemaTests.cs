using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>The schema that an estimator promises is the one that its model gives.</summary>
[TestClass]
public class SchemaTests
{
    private static readonly MLContext Ml = new();

    [TestMethod]
    public void Regression() => Check(Ml.Regression.Trainers.Recurrent(Networks.Tiny), Examples.Random(20).View(Ml));

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Forecasting(int horizon) => Check(
        Ml.Forecasting.ForecastByRecurrent("Next", "Features", "Label", Networks.Tiny), Examples.Random(20, labelSize: horizon).View(Ml));

    [TestMethod]
    public void A_column_of_the_outputs_name_is_replaced()
    {
        var data = Ml.Transforms.CopyColumns("Score", "Label").Fit(Examples.Random(20).View(Ml)).Transform(Examples.Random(20).View(Ml));
        Check(Ml.Regression.Trainers.Recurrent(Networks.Tiny), data);
    }

    [TestMethod]
    public void An_output_cannot_have_the_name_of_the_sequences()
    {
        Fails.With<ArgumentException>(() => Ml.Forecasting.ForecastByRecurrent("Window", "Window"), "named 'Window', as is the model's output");
        Fails.With<ArgumentException>(() => Ml.Regression.Trainers.Lstm(featureColumnName: "Score"), "named 'Score', as is the model's output");
    }

    [TestMethod]
    [DataRow("head.weight")]
    [DataRow("Add_0")]
    public void An_output_of_a_name_within_the_graph_is_refused_before_training(string name)
    {
        int batches = 0;
        var options = Networks.Tiny.Train(t => t with { Callbacks = [new ActionCallback(_ => batches++)] });
        Fails.With<InvalidOperationException>(
            () => Ml.Forecasting.ForecastByRecurrent(name, "Features", "Label", options).Fit(Examples.Random(20).View(Ml)),
            "cannot be written as ONNX", $"already has a value named '{name}'");
        Assert.AreEqual(0, batches);
    }

    [TestMethod]
    public void A_chain_of_windowing_and_training()
    {
        var rows = Ml.Data.LoadFromEnumerable(Series.NoisySine(60).Select(v => new Row { Value = v }));
        var chain = Ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 5, horizon: 2)
            .Append(Ml.Forecasting.ForecastByRecurrent(options: Networks.Tiny));
        var promised = Describe(chain.GetOutputSchema(SchemaShape.Create(rows.Schema)));
        Assert.AreSequenceEqual(Describe(SchemaShape.Create(chain.Fit(rows).GetOutputSchema(rows.Schema))), promised);
    }

    [TestMethod]
    public void Score_is_a_Single_and_a_forecast_a_vector_as_long_as_the_horizon()
    {
        using var regression = Ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(Examples.Random(20).View(Ml));
        Assert.AreEqual(NumberDataViewType.Single, regression.GetOutputSchema(Examples.Random(20).View(Ml).Schema)["Score"].Type);
        foreach (int horizon in (int[])[1, 4])
        {
            var data = Examples.Random(20, labelSize: horizon).View(Ml);
            using var forecasting = Ml.Forecasting.ForecastByRecurrent(inputColumnName: "Features", options: Networks.Tiny).Fit(data);
            Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, horizon), forecasting.GetOutputSchema(data.Schema)["Forecast"].Type);
        }
    }

    [TestMethod]
    public void Flat_vectors_are_cut_into_steps_by_the_number_of_features()
    {
        var data = Ml.Data.LoadFromEnumerable(Examples.Random(20, steps: 3, features: 4).Sequences.Select(s => new Flat { Features = s }));
        using var model = Ml.Regression.Trainers.Recurrent(Networks.Tiny with { Features = 4 }).Fit(data);
        Assert.AreEqual((3, 4), (model.Model.Manifest.Steps, model.Model.Manifest.Features));
        using var single = Ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(data);
        Assert.AreEqual((12, 1), (single.Model.Manifest.Steps, single.Model.Manifest.Features));
    }

    [TestMethod]
    public void Trainer_asks_for_neither_normalisation_nor_caching()
    {
        var info = Ml.Regression.Trainers.Recurrent().Info;
        Assert.IsFalse(info.NeedNormalization);
        Assert.IsFalse(info.WantCaching);
    }

    private static void Check(RecurrentEstimator estimator, IDataView data)
    {
        using var model = estimator.Fit(data);
        var promised = Describe(estimator.GetOutputSchema(SchemaShape.Create(data.Schema)));
        Assert.AreSequenceEqual(Describe(SchemaShape.Create(model.GetOutputSchema(data.Schema))), promised);
        Assert.AreSequenceEqual(promised, Describe(SchemaShape.Create(model.Transform(data).Schema)));
    }

    // Sorted: a schema of shapes has no order.
    private static string[] Describe(SchemaShape schema) => [.. schema
        .Select(c => $"{c.Name}: {c.Kind} {c.ItemType} key {c.IsKey} annotations {string.Join(",", c.Annotations.Select(a => $"{a.Name} {a.Kind} {a.ItemType}").Order())}")
        .Order()];

    private sealed class Row
    {
        public float Value { get; set; }
    }

    private sealed class Flat
    {
        [VectorType(12)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
