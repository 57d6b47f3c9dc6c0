using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class SaveAsOnnxTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly IDataView _series;
    private readonly SequenceTransformer _transformer = new(TinyModel.Regression);

    public SaveAsOnnxTests() => _series = TinyModel.Series(_ml, 80);

    public void Dispose() => _transformer.Dispose();

    [TestMethod]
    public void A_chain_with_windowing_records_how_windows_are_cut()
    {
        var windowing = _ml.Transforms.SlidingWindow("Window", ["Value", "Other"], 6, 3, "Next", "Other", "Name", 2).Fit(_series);
        using var forecaster = new SequenceTransformer(TinyModel.Forecasting);

        var window = Export(new TransformerChain<ITransformer>(windowing, forecaster)).Manifest.Window!;

        Assert.AreSequenceEqual(["Value", "Other"], window.InputColumnNames);
        Assert.AreEqual((6, 3, 2, "Other", "Name"), (window.WindowLength, window.Horizon, window.Stride, window.TargetColumnName, window.GroupColumnName));
    }

    [TestMethod]
    public void All_that_decides_about_windows_is_recorded_and_comes_back()
    {
        var windowing = _ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = ["Value", "Other"],
            TargetColumns = ["Other", "Value"],
            TimeColumn = "Value",
            GroupColumn = "Name",
            WindowLength = 6,
            Padding = WindowPadding.Start,
            MissingValues = MissingValuePolicy.ForwardFill,
            Groups = SeriesGroups.Interleaved,
            TimeGaps = TimeGaps.NewSeries,
            LargestNumericTimeStep = 2.5,
        }).Fit(_series);

        var window = Export(new TransformerChain<ITransformer>(windowing, _transformer)).Manifest.Window!;

        Assert.AreSequenceEqual(["Other", "Value"], window.TargetColumnNames!.Value);
        Assert.AreEqual(
            new WindowSummary(window.InputColumnNames, 6, 1, 1, "Other", "Name", window.TargetColumnNames, WindowPadding.Start,
                MissingValuePolicy.ForwardFill, SeriesGroups.Interleaved, "Value", TimeGaps.NewSeries, null, 2.5),
            window);
    }

    [TestMethod]
    public void A_manifest_without_the_later_fields_of_windows_is_read()
    {
        string written = System.Text.Json.JsonSerializer.Serialize(
            TinyModel.Regression.Manifest with { Window = new(["Value"], 6, 3, 2, "Value", null) },
                ManifestJson.Default.SequenceModelManifest);
        int window = written.IndexOf("\"window\":{", StringComparison.Ordinal);
        string older = written[..window] + """
            "window":{"inputColumnNames":["Value"],"windowLength":6,"horizon":3,"stride":2,"targetColumnName":"Value",
            "groupColumnName":null}}
            """;

        var read = System.Text.Json.JsonSerializer.Deserialize(older, ManifestJson.Default.SequenceModelManifest)!.Window!;

        Assert.AreEqual(new WindowSummary(read.InputColumnNames, 6, 3, 2, "Value", null), read);
    }

    [TestMethod]
    public void The_rest_of_the_manifest_is_the_models()
    {
        var exported = Export(TinyModel.Chain(_ml, TinyModel.Regression));

        Assert.AreEqual(TinyModel.Regression.Manifest, exported.Manifest with
        {
            Window = null,
            TargetFeatures = TinyModel.Regression.Manifest.TargetFeatures,
            Outputs = TinyModel.Regression.Manifest.Outputs,
            Scaling = TinyModel.Regression.Manifest.Scaling,
            Network = TinyModel.Regression.Manifest.Network,
            Training = TinyModel.Regression.Manifest.Training,
        });
        Assert.AreSequenceEqual(TinyModel.Regression.Manifest.Training.History, exported.Manifest.Training.History);
    }

    [TestMethod]
    public void A_trainer_alone_is_exported_without_a_window()
    {
        var windows = TinyModel.Windowing(_ml).Fit(_series).Transform(_series);
        using var stream = new MemoryStream();

        _ml.Model.SaveAsOnnx(_transformer, windows.Schema, stream);

        stream.Position = 0;
        Assert.IsNull(SequenceModel.Load(stream).Manifest.Window);
        Assert.AreSequenceEqual(TinyModel.Regression.OnnxBytes, stream.ToArray());
    }

    [TestMethod]
    public void A_pipeline_without_one_trainer_is_refused()
    {
        Fails.With<NotSupportedException>(() => Export(TinyModel.Windowing(_ml).Fit(_series)), "no fitted MlNetRnn trainer", "SlidingWindowTransformer");
        Fails.With<NotSupportedException>(() => Export(new TransformerChain<ITransformer>(
            TinyModel.Windowing(_ml).Fit(_series), _transformer, _transformer)), "holds 2", "SequenceTransformer, SequenceTransformer");
    }

    [TestMethod]
    public void A_window_that_is_not_the_models_input_is_refused()
    {
        var other = _ml.Transforms.SlidingWindow("Other window", ["Value", "Other"], 6, labelColumnName: "Other label").Fit(_series);
        var windows = TinyModel.Windowing(_ml).Fit(_series);

        Fails.With<NotSupportedException>(() => Export(new TransformerChain<ITransformer>(windows, other, _transformer)), "windows 2 times", "SlidingWindowTransformer, ");
        var renamed = new SequenceTransformer(TinyModel.Regression.With(TinyModel.Regression.Manifest with { FeatureColumnName = "Given" }));
        var given = new ArrayDataViewBuilder(_ml);
        given.AddColumn("Value", NumberDataViewType.Single, new float[9]);
        given.AddColumn("Other", NumberDataViewType.Single, new float[9]);
        given.AddColumn("Given", NumberDataViewType.Single, new float[9][].Select(_ => new float[12]).ToArray());
        Fails.With<NotSupportedException>(() => _ml.Model.SaveAsOnnx(
            new TransformerChain<ITransformer>(windows, renamed), given.GetDataView().Schema, Stream.Null), "'Window'", "'Given'");
    }

    [TestMethod]
    public void A_schema_that_does_not_suit_the_pipeline_is_refused()
    {
        var wrong = _ml.Data.LoadFromEnumerable(new[] { new { Price = 1f } }).Schema;

        Fails.With<ArgumentException>(() => _ml.Model.SaveAsOnnx(TinyModel.Chain(_ml, TinyModel.Regression), wrong, Stream.Null), "Value");
    }

    [TestMethod]
    public void A_good_model_passes_its_verification()
    {
        var options = new OnnxExportOptions { SampleRows = _series };

        Export(TinyModel.Chain(_ml, TinyModel.Regression), options);
        Export(TinyModel.Chain(_ml, TinyModel.Forecasting), options);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_graph_that_is_not_the_models_fails_its_verification(bool forecasting)
    {
        var model = forecasting ? TinyModel.Forecasting : TinyModel.Regression;
        var tampered = TinyModel.Tampered(model, graph =>
        {
            var bias = graph.Initializer.Single(i => i.Name == "head.bias"); // one value for each output: the last is changed
            byte[] bytes = bias.RawData.ToByteArray();
            BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), BitConverter.ToSingle(bytes, bytes.Length - 4) + 0.01f);
            bias.RawData = Google.Protobuf.ByteString.CopyFrom(bytes);
        });

        var pipeline = TinyModel.Chain(_ml, model);
        var chain = new ConvertedChain(pipeline, _series.Schema, []);

        Fails.With<InvalidOperationException>(() => ExportVerification.Verify(pipeline, chain, tampered, _series, 1e-5),
            forecasting ? "'Forecast'" : "'Score'", $"window 1, value {(forecasting ? 3 : 1)}", "1E-05", "not written");
        ExportVerification.Verify(pipeline, chain, tampered, _series, 0.02);
    }

    [TestMethod]
    public void Verification_needs_a_window()
    {
        Fails.With<InvalidOperationException>(
            () => Export(TinyModel.Chain(_ml, TinyModel.Regression), new OnnxExportOptions { SampleRows = TinyModel.Series(_ml, 5) }), "no window");
    }

    [TestMethod]
    public void ApplyOnnxModel_gives_the_same_numbers()
    {
        using var folder = new Scenarios.TemporaryFolder();
        _ml.Model.SaveAsOnnx(TinyModel.Chain(_ml, TinyModel.Regression), _series.Schema, folder["model.onnx"]);
        var windows = TinyModel.Windowing(_ml).Fit(_series).Transform(_series);
        var shapes = new Dictionary<string, int[]> { ["Window"] = [1, TinyModel.Steps, TinyModel.Features] };

        using var applied = _ml.Transforms.ApplyOnnxModel(["Score"], ["Window"], folder["model.onnx"], shapes, gpuDeviceId: null, fallbackToCpu: false).Fit(windows);

        float[] actual = [.. applied.Transform(windows).GetColumn<float[]>("Score").Select(s => s.Single())];
        float[] expected = [.. TinyModel.Scores(_transformer.Transform(windows))];
        Assert.HasCount(75, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-6f);
    }

    [TestMethod]
    public void A_bare_session_scores_batches_of_any_size()
    {
        using var stream = new MemoryStream();
        _ml.Model.SaveAsOnnx(TinyModel.Chain(_ml, TinyModel.Forecasting), _series.Schema, stream);
        using var session = new InferenceSession(stream.ToArray());
        using var predictor = new SequencePredictor(TinyModel.Forecasting);
        using var run = new RunOptions();
        foreach (int count in new[] { 1, 3, 70 })
        {
            float[] input = [.. Enumerable.Range(0, count * 12).Select(i => MathF.Sin(i))];
            using var tensor = OrtValue.CreateTensorValueFromMemory(input, [count, TinyModel.Steps, TinyModel.Features]);

            using var outputs = session.Run(run, ["Window"], [tensor], ["Forecast"]);

            Assert.AreSequenceEqual([count, 3L], outputs[0].GetTensorTypeAndShape().Shape);
            float[] expected = predictor.PredictBatch(input);
            for (int i = 0; i < expected.Length; i++)
                Assert.AreEqual(expected[i], outputs[0].GetTensorDataAsSpan<float>()[i], 1e-6f);
        }
    }

    [TestMethod]
    public void The_file_keeps_to_what_its_header_promises()
    {
        var model = Onnx.ModelProto.Parser.ParseFrom(TinyModel.Regression.OnnxBytes);

        Assert.AreEqual(8, model.IrVersion);
        Assert.AreEqual(("", 17L), (model.OpsetImport.Single().Domain, model.OpsetImport.Single().Version));
        Assert.AreEqual("MlNetRnn", model.ProducerName);
        Assert.AreEqual("batch", model.Graph.Input.Single().Type.TensorType.Shape.Dim[0].DimParam);
        Assert.AreSequenceEqual(["Score"], model.Graph.Output.Select(o => o.Name));
    }

    private SequenceModel Export(ITransformer model, OnnxExportOptions? options = null)
    {
        using var stream = new MemoryStream();
        _ml.Model.SaveAsOnnx(model, _series.Schema, stream, options);
        stream.Position = 0;
        return SequenceModel.Load(stream);
    }
}
