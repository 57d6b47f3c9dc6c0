using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Models exported in reduced precision.</summary>
[TestClass]
public sealed class PrecisionTests
{
    private static readonly MLContext Ml = new(1);

    public static IEnumerable<object[]> Exports =>
        from name in ReducedModels.Names
        from precision in new[] { OnnxPrecision.Float16Weights, OnnxPrecision.Int8 }
        select new object[] { name, precision };

    [TestMethod, DynamicData(nameof(Exports))]
    public void A_file_is_verified_written_read_and_scored(string name, OnnxPrecision precision)
    {
        using var folder = new Scenarios.TemporaryFolder();
        var (chain, rows) = ReducedModels.Of(name);
        Ml.Model.SaveAsOnnx(chain, rows.Schema, folder["exact.onnx"]);

        Ml.Model.SaveAsOnnx(chain, rows.Schema, folder["reduced.onnx"], new OnnxExportOptions { Precision = precision, SampleRows = rows });

        using var exact = SequencePredictor.Load(folder["exact.onnx"]);
        using var reduced = SequencePredictor.Load(folder["reduced.onnx"]);
        Assert.AreEqual((OnnxPrecision.Float32, precision), (exact.Model.Manifest.Precision, reduced.Model.Manifest.Precision));
        float[] windows = [.. ReducedModels.Windows(name).SelectMany(w => w)];
        float[] expected = exact.PredictBatch(windows), actual = reduced.PredictBatch(windows);
        double difference = Difference.Max(expected, actual);
        Assert.IsLessThan(precision == OnnxPrecision.Int8 ? 0.05 : 2e-3, difference);
        Assert.IsGreaterThan(0, difference, "nothing was reduced");
        Assert.IsLessThan(new FileInfo(folder["exact.onnx"]).Length, new FileInfo(folder["reduced.onnx"]).Length);
    }

    [TestMethod]
    [DataRow("lstm", true)]
    [DataRow("lstm-stacked", true)]
    [DataRow("bilstm", true)]
    [DataRow("lstm-small", false)]
    [DataRow("gru", false)]
    public void Large_LSTM_layers_alone_are_computed_in_8_bits(string name, bool computed)
    {
        var graph = ReducedModels.Graph(ReducedModels.Export(name, new() { Precision = OnnxPrecision.Int8 }));
        string[] operators = [.. ReducedModels.Operators(graph)];

        Assert.AreEqual(computed, operators.Contains("DynamicQuantizeLSTM"));
        Assert.AreEqual(name is "lstm-stacked" or "lstm-small", operators.Contains("LSTM"));
    }

    [TestMethod]
    [DataRow("lstm", 256, 0)]
    [DataRow("lstm", 256, 128)]
    [DataRow("gru", 256, 0)]
    [DataRow("lstm", 64, 32)]
    public void Files_are_a_half_and_a_quarter_of_the_size(string cell, int first, int second)
    {
        var options = new RecurrentOptions
        {
            Cell = Networks.Cell(cell),
            HiddenSizes = second == 0 ? [first] : [first, second],
            Training = new() { Epochs = 1, BatchSize = 4, ValidationFraction = 0, Seed = 1 },
        };
        var data = Examples.Random(8, steps: 24, features: 1);
        using var model = Ml.Regression.Trainers.Recurrent(options).Fit(data.View(Ml));

        double exact = model.Model.OnnxBytes.Length;
        double half = PrecisionConverter.Convert(model.Model, OnnxPrecision.Float16Weights).OnnxBytes.Length / exact;
        double quarter = PrecisionConverter.Convert(model.Model, OnnxPrecision.Int8).OnnxBytes.Length / exact;

        bool large = first >= 256; // a file has some kilobytes of names and manifest
        Assert.IsLessThan(large ? 0.53 : 0.65, half);
        Assert.IsLessThan(large ? 0.30 : 0.45, quarter);
    }

    [TestMethod]
    [DataRow("lstm")]
    [DataRow("bilstm")]
    [DataRow("lstm-small")]
    public void A_sequence_alone_and_in_batches_of_any_kind_gives_the_same(string name)
    {
        using var predictor = new SequencePredictor(ReducedModels.Export(name, new() { Precision = OnnxPrecision.Int8 }));
        float[][] windows = ReducedModels.Windows(name);
        windows[3] = [.. windows[3].Select(v => 50 * v)];  // whose range would be the batch's
        windows[5] = [.. windows[5].Select(_ => float.NaN)];

        float[] together = predictor.PredictBatch([.. windows.SelectMany(w => w)]);

        for (int i = 0; i < windows.Length; i++)
            Assert.IsTrue(i == 5 || Math.Abs(predictor.Predict(windows[i])[0] - together[i]) <= 1e-6 * Math.Max(1, Math.Abs(together[i])));
        Assert.AreEqual(5, Array.FindIndex(together, float.IsNaN));
        Assert.AreEqual(1, together.Count(float.IsNaN));
    }

    [TestMethod]
    public void Ragged_sequences_do_not_depend_on_their_padding()
    {
        var random = new Random(1);
        float[][] sequences = [.. Enumerable.Range(0, 40).Select(i => Enumerable.Range(0, 2 * (1 + (i % 7))).Select(_ => random.NextSingle()).ToArray())];
        var data = Ml.Data.LoadFromEnumerable(sequences.Select((s, i) => new Ragged { Features = s, Label = s.Sum() + i % 2 }));
        var options = Networks.Tiny with { Cell = RecurrentCell.Lstm, HiddenSizes = [128, 128], LayerNormalization = true, Bidirectional = true };
        using var model = Ml.Regression.Trainers.Recurrent(options).Fit(data);
        using var exact = new SequencePredictor(model.Model);
        using var reduced = new SequencePredictor(PrecisionConverter.Convert(model.Model, OnnxPrecision.Int8));

        float[] expected = exact.PredictRagged([.. sequences]), together = reduced.PredictRagged([.. sequences]);

        Assert.IsLessThan(0.05, Difference.Max(expected, together));
        for (int i = 0; i < sequences.Length; i++)
            Assert.AreEqual(reduced.Predict(sequences[i])[0], together[i], 1e-6f * Math.Max(1, Math.Abs(together[i])));
        Assert.IsTrue(float.IsNaN(reduced.Predict([])[0]));
    }

    [TestMethod]
    [DataRow("lstm", OnnxPrecision.Int8)]
    [DataRow("lstm-stacked", OnnxPrecision.Int8)]
    [DataRow("gru", OnnxPrecision.Int8)]
    [DataRow("own-cell", OnnxPrecision.Int8)]
    [DataRow("lstm", OnnxPrecision.Float16Weights)]
    public void A_reduced_model_streams(string name, OnnxPrecision precision)
    {
        var streamed = ReducedModels.Export(name, new() { Precision = precision, Streaming = true });
        var whole = ReducedModels.Export(name, new() { Precision = precision });
        Assert.AreEqual((true, precision), (streamed.Manifest.IsStreaming, streamed.Manifest.Precision));
        using var exact = new StreamingPredictor(ReducedModels.Model(name));
        using var fromWhole = new StreamingPredictor(whole);
        using var predictor = new StreamingPredictor(streamed);
        var (expected, series, other) = (exact.CreateSeries(), predictor.CreateSeries(), fromWhole.CreateSeries());
        var (beside, loud) = (predictor.CreateSeries(), predictor.CreateSeries());
        float[] both = new float[2 * predictor.OutputSize];

        foreach (var row in TinyModel.Rows(30))
        {
            float[] observation = [row.Value, row.Other];
            float[] prediction = series.Step(observation);
            predictor.StepBatch([beside, loud], [.. observation, .. observation.Select(v => 30 * v)], both);

            Assert.IsLessThan(precision == OnnxPrecision.Int8 ? 0.05 : 2e-3, Difference.Max(expected.Step(observation), prediction));
            Assert.AreSequenceEqual(prediction, other.Step(observation));
            Assert.IsLessThan(1e-6, Difference.Max(prediction, both[..predictor.OutputSize]), "a series depends on the one beside it");
        }
    }

    [TestMethod]
    public void The_weights_of_both_graphs_are_stored_once()
    {
        var whole = ReducedModels.Export("lstm", new() { Precision = OnnxPrecision.Int8 });
        var streamed = ReducedModels.Export("lstm", new() { Precision = OnnxPrecision.Int8, Streaming = true });

        Assert.IsLessThan(1.2 * streamed.OnnxBytes.Length, whole.OnnxBytes.Length);
    }

    [TestMethod]
    public void Training_cannot_go_on_from_reduced_weights()
    {
        foreach (var precision in new[] { OnnxPrecision.Float16Weights, OnnxPrecision.Int8 })
        {
            var reduced = ReducedModels.Export("lstm", new() { Precision = precision });
            var rows = TinyModel.Windowing(Ml).Fit(TinyModel.Series(Ml, 60)).Transform(TinyModel.Series(Ml, 60));
            var options = RecurrentOptions.ForModel(reduced);

            Fails.With<InvalidOperationException>(() => reduced.ReadWeights(), $"Precision = {precision}", "quantised", ".zip", "Float32");
            Fails.With<ArgumentException>(
                () => Ml.Regression.Trainers.Recurrent("Label", "Window", options).Fit(rows, initialModel: reduced), $"exported in {precision}", "Float32");
            Fails.With<InvalidOperationException>(() => PrecisionConverter.Convert(reduced, OnnxPrecision.Float32), "Float32");
        }
    }

    [TestMethod]
    public void A_precision_that_there_is_not_is_refused_and_the_old_file_stays()
    {
        using var folder = new Scenarios.TemporaryFolder();
        File.WriteAllText(folder["model.onnx"], "old");
        var (chain, rows) = ReducedModels.Of("lstm-small");

        Fails.With<ArgumentException>(
            () => Ml.Model.SaveAsOnnx(chain, rows.Schema, folder["model.onnx"], new() { Precision = (OnnxPrecision)7 }), "7", "Float16Weights", "Int8");

        Assert.AreEqual("old", File.ReadAllText(folder["model.onnx"]));
    }

    [TestMethod]
    [DataRow("lstm", ".uint8")]
    [DataRow("differenced", ".uint8")]
    [DataRow("gru", ".int8")]
    [DataRow("gru", ".scales")]
    public void A_wrong_quantisation_is_found(string name, string damaged)
    {
        var (chain, rows) = ReducedModels.Of(name);
        var sound = PrecisionConverter.Convert(ReducedModels.Model(name), OnnxPrecision.Int8);
        var wrong = TinyModel.Tampered(sound, graph =>
        {
            foreach (var tensor in graph.Initializer.Where(t => t.Name.EndsWith(damaged, StringComparison.Ordinal)))
                tensor.RawData = Google.Protobuf.ByteString.CopyFrom(Turned(tensor.RawData.ToByteArray()));
        });

        Verify(chain, sound, rows);

        Fails.With<InvalidOperationException>(() => Verify(chain, wrong, rows), "In Int8", "of its spread", "CompareOnnxPrecisions");
    }

    private static void Verify(ITransformer pipeline, SequenceModel reduced, IDataView rows) =>
        PrecisionVerification.Verify(pipeline, new ConvertedChain(pipeline, rows.Schema, []), reduced, rows);

    [TestMethod]
    public void A_prediction_that_is_lost_is_found()
    {
        var (chain, rows) = ReducedModels.Of("lstm");
        var wrong = TinyModel.Tampered(PrecisionConverter.Convert(ReducedModels.Model("lstm"), OnnxPrecision.Int8), graph =>
            graph.Initializer.Single(t => t.Name == "head.bias").RawData = Google.Protobuf.ByteString.CopyFrom(BitConverter.GetBytes(float.NaN)));

        Fails.With<InvalidOperationException>(() => Verify(chain, wrong, rows), "NaN", "window 1", "not written");
    }

    [TestMethod]
    public void The_exact_form_is_verified_first()
    {
        var (chain, rows) = ReducedModels.Of("lstm-small");
        var copied = new TransformerChain<ITransformer>(chain, Ml.Transforms.CopyColumns("Prediction", "Score").Fit(chain.Transform(rows)));

        // By less than what reduced precision may cost.
        Fails.With<InvalidOperationException>(() => Ml.Model.SaveAsOnnx(copied, rows.Schema, Stream.Null, new()
        {
            Precision = OnnxPrecision.Int8,
            SampleRows = rows,
            Converters = [new WholeOrNothingTests.WrongCopy()],
        }), "beyond the tolerance");
    }

    [TestMethod]
    public void ML_NETs_own_step_scores_such_files()
    {
        using var folder = new Scenarios.TemporaryFolder();
        foreach (var precision in new[] { OnnxPrecision.Float16Weights, OnnxPrecision.Int8 })
        {
            var model = ReducedModels.Export("lstm", new() { Precision = precision });
            model.Save(folder["reduced.onnx"]);
            var windows = Ml.Data.LoadFromEnumerable(ReducedModels.Windows("lstm").Select(w => new WindowRow { Window = w }));
            var apply = Ml.Transforms.ApplyOnnxModel(["Score"], ["Window"], folder["reduced.onnx"], new Dictionary<string, int[]> { ["Window"] = [1, 6, 2] }, gpuDeviceId: null, fallbackToCpu: false);
            using var predictor = new SequencePredictor(model);

            float[] scores = [.. apply.Fit(windows).Transform(windows).GetColumn<float[]>("Score").Select(s => s[0])];

            Assert.IsLessThan(1e-6, Difference.Max(predictor.PredictBatch([.. ReducedModels.Windows("lstm").SelectMany(w => w)]), scores));
        }
    }

    [TestMethod]
    public void A_manifest_without_a_precision_is_of_32_bits()
    {
        string written = System.Text.Json.JsonSerializer.Serialize(TinyModel.Regression.Manifest, ManifestJson.Default.SequenceModelManifest);
        Assert.Contains("\"precision\":\"Float32\"", written);

        var older = System.Text.Json.JsonSerializer.Deserialize(
            written.Replace("\"precision\":\"Float32\",", "", StringComparison.Ordinal), ManifestJson.Default.SequenceModelManifest)!;

        Assert.AreEqual(OnnxPrecision.Float32, older.Precision);
    }

    private static byte[] Turned(byte[] bytes)
    {
        byte[] turned = new byte[bytes.Length];
        for (int i = 0; i < bytes.Length; i += 4) // by whole Singles, so that scales stay numbers
            bytes.AsSpan(i, 4).CopyTo(turned.AsSpan(bytes.Length - 4 - i));
        return turned;
    }

    private sealed class Ragged
    {
        [VectorType(0, 2)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
