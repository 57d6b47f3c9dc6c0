using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class TransformDownstreamTests
{
    private const int ImportantLag = 2;

    private readonly MLContext _ml = new(1);

    [TestMethod]
    public void A_regression_trainer_keeps_what_mlnet_expects_of_components()
    {
        var windows = Windows(160, horizon: 1);

        var transformer = ComponentContract.Check(_ml, _ml.Regression.Trainers.Lstm("Label", "Window", TinyModel.Options), windows);

        ((IDisposable)transformer).Dispose();
    }

    [TestMethod]
    public void A_forecaster_keeps_what_mlnet_expects_of_components()
    {
        var windows = Windows(160, horizon: 3);

        var transformer = ComponentContract.Check(_ml, _ml.Forecasting.ForecastByRecurrent("Forecast", "Window", "Label", TinyModel.Options), windows);

        ((IDisposable)transformer).Dispose();
    }

    [TestMethod]
    public void Windowing_and_trainer_together_keep_what_mlnet_expects_of_components()
    {
        var estimator = TinyModel.Windowing(_ml).Append(_ml.Regression.Trainers.Gru("Label", "Window", TinyModel.Options));

        ComponentContract.Check(_ml, estimator, TinyModel.Series(_ml, 160));
    }

    [TestMethod]
    public void Evaluate_agrees_with_errors_computed_by_hand()
    {
        using var transformer = new SequenceTransformer(TinyModel.Regression);
        var scored = transformer.Transform(Windows(160, horizon: 1));

        var metrics = _ml.Regression.Evaluate(scored);

        float[] errors = [.. TinyModel.Scores(scored).Zip(TinyModel.Scores(scored, "Label"), (s, l) => s - l).Where(float.IsFinite)];
        Assert.HasCount(154, errors, "the last window has no label");
        Assert.AreEqual(Math.Sqrt(errors.Average(e => (double)e * e)), metrics.RootMeanSquaredError, 1e-6);
        Assert.AreEqual(errors.Average(e => Math.Abs((double)e)), metrics.MeanAbsoluteError, 1e-6);
    }

    [TestMethod]
    public void Permutation_feature_importance_finds_the_lag_that_the_model_uses()
    {
        using var transformer = new SequenceTransformer(LagModel());
        var rows = transformer.Transform(_ml.Data.Cache(LabelledByLag(Windows(200, horizon: 1))));

        var typed = _ml.Regression.PermutationFeatureImportance(transformer, rows, "Target");
        var named = _ml.Regression.PermutationFeatureImportance((ITransformer)transformer, rows, "Target");

        var mae = typed.Select(m => m.MeanAbsoluteError.Mean).ToArray();
        Assert.HasCount(12, mae);
        int important = (TinyModel.Steps - 1 - ImportantLag) * TinyModel.Features;
        for (int i = 0; i < mae.Length; i++)
            Assert.AreEqual(i == important, mae[i] > 0.1, $"slot {i}: {mae[i]}");
        Assert.AreEqual("Value[t-2]", named.MaxBy(m => m.Value.MeanAbsoluteError.Mean).Key);
    }

    private IDataView Windows(int rows, int horizon)
    {
        var series = TinyModel.Series(_ml, rows);
        return TinyModel.Windowing(_ml, horizon).Fit(series).Transform(series);
    }

    // Score = Value[t-2], written as a graph.
    private static SequenceModel LagModel() => TinyModel.WithGraph(TinyModel.Regression.Manifest, (graph, input) =>
    {
        int step = TinyModel.Steps - 1 - ImportantLag;
        string value = graph.Node("Slice", [input, graph.Integers(step, 0), graph.Integers(step + 1, 1), graph.Integers(1, 2)]);
        return graph.Node("Reshape", [value, graph.Integers(0, 1)]);
    });

    private sealed class Input
    {
        [VectorType(TinyModel.Steps, TinyModel.Features)]
        public float[] Window { get; set; } = [];
    }

    private sealed class Target
    {
        [ColumnName("Target")]
        public float Value { get; set; }
    }

    private IDataView LabelledByLag(IDataView windows) => _ml.Transforms.CustomMapping<Input, Target>(
        (row, target) => target.Value = row.Window[(TinyModel.Steps - 1 - ImportantLag) * TinyModel.Features], contractName: null)
        .Fit(windows).Transform(windows);
}
