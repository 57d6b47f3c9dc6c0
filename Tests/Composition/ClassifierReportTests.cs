using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Composition;

/// <summary>Trained classifiers of sequences of any lengths: their reports, and which features they rely on.</summary>
[TestClass]
public sealed class ClassifierReportTests
{
    private static readonly string[] s_names = ["still", "slow", "fast"];

    private readonly MLContext _ml = new(seed: 1);

    private static RecurrentOptions Small => new()
    {
        HiddenSizes = [12],
        DenseSizes = [],
        Dropout = 0,
        Training = new() { Epochs = 12, LearningRate = 0.02, Seed = 1 },
    };

    [TestMethod]
    public void A_multiclass_model_is_reported_by_class_and_relies_on_the_feature_that_tells()
    {
        var rows = _ml.Data.LoadFromEnumerable([.. Rows(300, 1), new Row { Speed = "slow", IsFast = false, Features = [] }]);
        var data = _ml.Transforms.Conversion.MapValueToKey("Label", "Speed").Fit(rows).Transform(rows);
        var model = _ml.MulticlassClassification.Trainers.Gru(options: Small).Fit(_ml.Data.TakeRows(data, 300));
        var scored = model.Transform(data);

        var report = _ml.MulticlassClassification.Report(scored);
        // By value, against the text that the keys were made of.
        var byText = _ml.MulticlassClassification.Report(scored, "Speed");
        var metrics = _ml.MulticlassClassification.Evaluate(scored);
        var importance = _ml.MulticlassClassification.SequencePermutationImportance(model, data, permutationCount: 2, seed: 1);

        Assert.AreEqual((301L, 1L), (report.Rows, report.UnpredictedRows), "an empty sequence has no prediction");
        Assert.AreEqual((metrics.MicroAccuracy * 300) / 301, report.Accuracy, 1e-9, "which ML.NET leaves out");
        Assert.IsGreaterThan(0.9, report.Accuracy);
        Assert.AreEqual(report.Accuracy, byText.Accuracy);
        Assert.AreSequenceEqual(report.Classes.OrderBy(c => c.Label), byText.Classes.OrderBy(c => c.Label));
        Assert.AreEqual(metrics.MicroAccuracy, importance[1].Accuracy.Baseline, 1e-9);
        Assert.AreEqual(metrics.LogLoss, importance[1].LogLoss!.Value.Baseline, 1e-4);
        Assert.IsLessThan(-0.4, importance[1].Accuracy.Mean);
        Assert.IsGreaterThan(5 * Math.Abs(importance[0].LogLoss!.Value.Mean), importance[1].LogLoss!.Value.Mean);
    }

    [TestMethod]
    public void A_binary_model_is_reported_and_relies_on_the_feature_that_tells()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(300, 2));
        var model = _ml.BinaryClassification.Trainers.Gru("IsFast", options: Small).Fit(data);
        var scored = model.Transform(data);

        var report = _ml.BinaryClassification.Report(scored, "IsFast");
        var metrics = _ml.BinaryClassification.Evaluate(scored, "IsFast");
        var importance = _ml.BinaryClassification.SequencePermutationImportance(model, data, "IsFast", seed: 1);

        Assert.AreEqual(metrics.Accuracy, report.Accuracy, 1e-9);
        Assert.AreEqual(metrics.F1Score, report.Classes[1].F1, 1e-9);
        Assert.IsGreaterThan(0.9, report.Accuracy);
        Assert.AreEqual(metrics.LogLoss * Math.Log(2), importance[1].LogLoss!.Value.Baseline, 1e-4, "ML.NET's is in bits");
        Assert.IsGreaterThan(5 * Math.Abs(importance[0].LogLoss!.Value.Mean), importance[1].LogLoss!.Value.Mean);
    }

    // Noise, and a value whose level is the class.
    private static Row[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var speed = random.Next(3);
            return new Row
            {
                Speed = s_names[speed],
                IsFast = speed == 2,
                Features = [.. Enumerable.Range(0, random.Next(3, 12))
                    .SelectMany(_ => new[] { (float)Series.Normal(random), speed + (0.4f * (float)Series.Normal(random)) })],
            };
        })];
    }

    private sealed class Row
    {
        [VectorType(0, 2)]
        public float[] Features { get; set; } = [];

        public string Speed { get; set; } = "";

        public bool IsFast { get; set; }
    }
}
