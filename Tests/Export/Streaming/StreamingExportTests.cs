using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Whole pipelines as one step: the steps before the windowing go into the file, which is verified step by step.</summary>
[TestClass]
public sealed class StreamingExportTests
{
    private readonly MLContext _ml = new(1);
    private readonly IDataView _series = TinyModel.Series(new MLContext(1), 60);

    [TestMethod]
    [DataRow(WindowPadding.None)]
    [DataRow(WindowPadding.Start)]
    public void Steps_before_the_windowing_are_applied_to_each_observation(WindowPadding padding)
    {
        var pipeline = Prepared(padding).Fit(_series);
        using var folder = new Scenarios.TemporaryFolder();

        _ml.Model.SaveAsOnnx(pipeline, _series.Schema, folder["step.onnx"], new() { Streaming = true, SampleRows = _series });

        using var predictor = StreamingPredictor.Load(folder["step.onnx"]);
        float[] expected = [.. TinyModel.Scores(pipeline.Transform(_series))];
        var series = predictor.CreateSeries();
        float[] actual = [.. TinyModel.Rows(TinyModel.Steps).Select(row => series.Step([row.Value, row.Other])[0])];
        Assert.AreEqual(2, predictor.ObservationSize);
        if (padding == WindowPadding.Start) // windows that grow with the series
            AreClose(expected[..TinyModel.Steps], actual);
        else
            Assert.AreEqual(expected[0], actual[^1], 1e-5f);
        Assert.AreSequenceEqual(["Value", "Other"], predictor.Model.Manifest.Window!.InputColumnNames);
    }

    [TestMethod]
    [DataRow(OnnxPrecision.Float16Weights)]
    [DataRow(OnnxPrecision.Int8)]
    public void Reduced_precisions_are_verified_step_by_step(OnnxPrecision precision)
    {
        var pipeline = Prepared(WindowPadding.None).Fit(_series);
        using var stream = new MemoryStream();

        _ml.Model.SaveAsOnnx(pipeline, _series.Schema, stream, new() { Streaming = true, Precision = precision, SampleRows = _series });

        stream.Position = 0;
        using var predictor = new StreamingPredictor(SequenceModel.Load(stream));
        Assert.AreEqual(precision, predictor.Model.Manifest.Precision);
        Assert.IsTrue(float.IsFinite(predictor.CreateSeries().Step([0.1f, 0.2f])[0]));
    }

    [TestMethod]
    public void A_step_that_is_wrong_is_found()
    {
        var pipeline = Prepared(WindowPadding.None).Fit(_series);
        var chain = new ConvertedChain(pipeline, _series.Schema, []);
        var wrong = TinyModel.Tampered(chain.Convert(streaming: true), graph =>
        {
            // The second of two states is lost: right in the first step, wrong from the second on.
            var next = graph.Node.Single(n => n.Output.Contains("cn0"));
            next.Input[0] = "c0";
        });

        Fails.With<InvalidOperationException>(() => ExportVerification.Verify(pipeline, chain, wrong, _series, 1e-5), "'Score'", "window 1");
        ExportVerification.Verify(pipeline, chain, chain.Convert(streaming: true), _series, 1e-5);
    }

    [TestMethod]
    public void Steps_that_read_whole_windows_are_refused()
    {
        var windowed = TinyModel.Windowing(_ml).Append(_ml.Transforms.NormalizeMeanVariance("Window"))
            .Append(_ml.Regression.Trainers.Lstm("Label", "Window", Options)).Fit(_series);

        Fails.With<NotSupportedException>(() => Save(windowed), "'Window'", "one observation at a time", "before the windowing");
        _ml.Model.SaveAsOnnx(windowed, _series.Schema, Stream.Null, new() { SampleRows = _series });
    }

    [TestMethod]
    public void Models_that_cannot_be_streamed_are_refused_and_the_old_file_stays()
    {
        using var folder = new Scenarios.TemporaryFolder();
        File.WriteAllText(folder["model.onnx"], "the old model");

        Fails.With<NotSupportedException>(
            () => _ml.Model.SaveAsOnnx(TinyModel.Chain(_ml, TinyModel.Regression), _series.Schema, folder["model.onnx"], new() { Streaming = true }),
            "Scaling.Difference");

        Assert.AreEqual("the old model", File.ReadAllText(folder["model.onnx"]));
    }

    private static RecurrentOptions Options => TinyModel.Options with { Scaling = new() };

    private void Save(ITransformer model) => _ml.Model.SaveAsOnnx(model, _series.Schema, Stream.Null, new() { Streaming = true });

    private EstimatorChain<SequenceTransformer> Prepared(WindowPadding padding) =>
        _ml.Transforms.NormalizeMinMax("Scaled", "Value").Append(_ml.Transforms.Concatenate("Both", "Scaled", "Other"))
            .Append(_ml.Transforms.SlidingWindow(new SlidingWindowOptions
            {
                InputColumns = ["Both"],
                TargetColumns = ["Value"],
                WindowLength = TinyModel.Steps,
                Padding = padding,
            }))
            .Append(_ml.Regression.Trainers.Lstm("Label", "Window", Options));

    private static void AreClose(float[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5f);
    }
}
