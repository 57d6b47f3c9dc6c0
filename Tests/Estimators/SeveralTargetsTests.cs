using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Labels of several targets, <c>[horizon, targets]</c>, each with a scaling of its own.</summary>
[TestClass]
public class SeveralTargetsTests
{
    private const int Horizon = 3;

    private static readonly MLContext Ml = new(1);

    [TestMethod]
    public void Each_target_is_forecast_in_its_own_units()
    {
        using var model = Ml.Forecasting.ForecastByRecurrent("Forecast", "Features", "Label", new()
        {
            HiddenSizes = [16],
            DenseSizes = [16],
            Dropout = 0,
            Training = new() { Epochs = 30, LearningRate = 0.01, Seed = 1 },
        }).Fit(View());

        var scored = model.Transform(View());
        var type = (VectorDataViewType)scored.Schema["Forecast"].Type;
        Assert.AreSequenceEqual([Horizon, 2], type.Dimensions);
        Assert.HasCount(2, model.Model.Manifest.Scaling.TargetMeans);
        Assert.AreEqual(1000, model.Model.Manifest.Scaling.TargetMeans[1], 20f);
        float[][] forecasts = [.. scored.GetColumn<float[]>("Forecast")];
        var rows = Rows();
        for (int k = 0; k < Horizon * 2; k++)
        {
            double error = Math.Sqrt(forecasts.Select((f, i) => Math.Pow(f[k] - rows[i].Label[k], 2)).Average());
            Assert.IsLessThan(k % 2 == 0 ? 0.15 : 15.0, error, $"value {k}: always the mean has 0.7 and 70");
        }

        var metrics = Ml.Forecasting.Evaluate(scored);
        Assert.HasCount(Horizon, metrics.MeanAbsoluteErrorPerStep);
        double first = forecasts.Select((f, i) => (Math.Abs(f[0] - rows[i].Label[0]) + Math.Abs(f[1] - rows[i].Label[1])) / 2.0).Average();
        Assert.AreEqual(first, metrics.MeanAbsoluteErrorPerStep[0], 1e-3 * first);
    }

    [TestMethod]
    public void It_meets_what_ml_net_expects_of_a_component() =>
        ComponentContract.Check(Ml, Ml.Forecasting.ForecastByRecurrent("Forecast", "Features", "Label", Networks.Tiny), View());

    [TestMethod]
    public void Differencing_needs_to_know_which_features_they_are()
    {
        var options = Networks.Tiny with { Scaling = new() { Difference = true } };
        var trainer = Ml.Forecasting.ForecastByRecurrent("Forecast", "Features", "Label", options);
        Assert.Contains("Make every target an input", Assert.ThrowsExactly<ArgumentException>(() => trainer.Fit(View())).Message);

        trainer = Ml.Forecasting.ForecastByRecurrent("Forecast", "Features", "Label", options with { Scaling = new() { Difference = true, TargetFeature = 1 } });
        Assert.Contains("Leave TargetFeature out", Assert.ThrowsExactly<ArgumentException>(() => trainer.Fit(View())).Message);
    }

    [TestMethod]
    public void A_manifest_of_the_first_format_is_read()
    {
        var current = TinyModel.Regression.Manifest;
        var old = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(current, ManifestJson.Default.SequenceModelManifest))!;
        old["formatVersion"] = 1;
        ((JsonObject)old).Remove("variableLength");
        var scaling = (JsonObject)old["scaling"]!;
        foreach (string name in new[] { "targetMean", "targetScale", "differencedFeature" })
        {
            scaling[name] = scaling[$"{name}s"]![0]!.DeepClone();
            scaling.Remove($"{name}s");
        }

        var read = System.Text.Json.JsonSerializer.Deserialize(ManifestUpgrade.ToCurrent(old.ToJsonString()), ManifestJson.Default.SequenceModelManifest)!;

        Assert.AreEqual(SequenceModelManifest.CurrentFormatVersion, read.FormatVersion);
        Assert.AreSequenceEqual(current.Scaling.TargetMeans, read.Scaling.TargetMeans);
        Assert.AreSequenceEqual(current.Scaling.TargetScales, read.Scaling.TargetScales);
        Assert.AreSequenceEqual(current.Scaling.DifferencedFeatures!.Value, read.Scaling.DifferencedFeatures!.Value);
        Assert.IsFalse(read.VariableLength);
    }

    // A sine, and another one a hundred times as large around 1000.
    private static Row[] Rows()
    {
        float[] Step(int t) => [MathF.Sin(0.3f * t), 1000 + 100 * MathF.Cos(0.2f * t)];
        return [.. Enumerable.Range(0, 200).Select(i => new Row
        {
            Features = [.. Enumerable.Range(i, 8).SelectMany(Step)],
            Label = [.. Enumerable.Range(i + 8, Horizon).SelectMany(Step)],
        })];
    }

    private static IDataView View() => Ml.Data.LoadFromEnumerable(Rows());

    private sealed class Row
    {
        [VectorType(8, 2)]
        public float[] Features { get; set; } = [];

        [VectorType(Horizon, 2)]
        public float[] Label { get; set; } = [];
    }
}
