using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Every form in which a model is exported: what is for it scores it rightly, and what is not says what is.</summary>
[TestClass]
public sealed class ExportedFormTests
{
    public static IEnumerable<object[]> Forms =>
        from name in new[] { "lstm", "lstm-small", "gru" }
        from precision in Enum.GetValues<OnnxPrecision>()
        from streaming in new[] { false, true }
        from sample in new[] { false, true }
        select new object[] { name, precision, streaming, sample };

    [TestMethod, DynamicData(nameof(Forms))]
    public void Each_is_scored_by_what_takes_it_and_refused_by_what_does_not(string name, OnnxPrecision precision, bool streaming, bool sample)
    {
        var rows = ReducedModels.Of(name).Rows;
        var model = ReducedModels.Export(name, new() { Precision = precision, Streaming = streaming, SampleRows = sample ? rows : null });
        float[][] windows = ReducedModels.Windows(name);
        using var trained = new SequencePredictor(ReducedModels.Model(name));
        float[] expected = [.. windows.Select(window => trained.Predict(window)[0])];
        double tolerance = precision switch { OnnxPrecision.Float32 => 1e-5, OnnxPrecision.Float16Weights => 1e-3, _ => 0.03 };

        using var stepped = new StreamingPredictor(model);
        Assert.IsLessThan(tolerance, Difference.Max(expected, [.. windows.Select(window => LastStep(stepped, window))]));
        if (streaming)
        {
            Fails.With<ArgumentException>(() => _ = new SequencePredictor(model), "score it by StreamingPredictor");
            return;
        }
        using var whole = new SequencePredictor(model);
        Assert.IsLessThan(tolerance, Difference.Max(expected, [.. windows.Select(window => whole.Predict(window)[0])]));
        Assert.IsLessThan(tolerance, Difference.Max(expected, Applied(model, windows)));
    }

    private static float LastStep(StreamingPredictor predictor, float[] window)
    {
        var series = predictor.CreateSeries();
        float prediction = 0;
        foreach (float[] observation in window.Chunk(predictor.ObservationSize))
            prediction = series.Step(observation)[0];
        return prediction;
    }

    private static float[] Applied(SequenceModel model, float[][] windows)
    {
        using var folder = new Scenarios.TemporaryFolder();
        model.Save(folder["model.onnx"]);
        var (ml, output) = (new MLContext(1), model.Manifest.Outputs[0].Name);
        var rows = ml.Data.LoadFromEnumerable(windows.Select(window => new WindowRow { Window = window }));
        var shapes = new Dictionary<string, int[]> { ["Window"] = [1, TinyModel.Steps, TinyModel.Features] };
        using var applied = ml.Transforms.ApplyOnnxModel([output], ["Window"], folder["model.onnx"], shapes, null, false).Fit(rows);
        return [.. applied.Transform(rows).GetColumn<float[]>(output).Select(values => values[0])];
    }
}
