using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class SequencePredictorOptionsTests
{
    private static readonly float[] s_sequences = [.. Enumerable.Range(0, 200 * 12).Select(i => MathF.Sin(i))];

    [TestMethod]
    [DataRow("CUDA", "Microsoft.ML.OnnxRuntime.Gpu")]
    [DataRow("TensorrtExecutionProvider", "Microsoft.ML.OnnxRuntime.Gpu")]
    [DataRow("directml", "Microsoft.ML.OnnxRuntime.DirectML")]
    [DataRow("OpenVINO", "Intel.ML.OnnxRuntime.OpenVino")]
    [DataRow("QNN", "Microsoft.ML.OnnxRuntime.QNN")]
    public void A_device_that_the_package_lacks_is_refused_with_the_package_to_add(string device, string package)
    {
        var options = new SequencePredictorOptions { ExecutionProvider = device };

        Fails.With<ArgumentException>(
            () => new SequencePredictor(TinyModel.Regression, options).Dispose(), $"'{device}'", package, "it has CPUExecutionProvider");
    }

    [TestMethod]
    public void A_device_that_nobody_knows_is_refused_with_the_known_ones() => Fails.With<ArgumentException>(
        () => new SequencePredictor(TinyModel.Regression, new() { ExecutionProvider = "Abacus" }).Dispose(), "'Abacus'", "CPUExecutionProvider", "CUDA", "CoreML");

    [TestMethod]
    [DataRow(null)]
    [DataRow("CPU")]
    [DataRow("cpu")]
    [DataRow("CPUExecutionProvider")]
    public void The_processor_is_the_default_device(string? device)
    {
        using var predictor = new SequencePredictor(TinyModel.Regression, new() { ExecutionProvider = device });
        using var plain = new SequencePredictor(TinyModel.Regression);

        Assert.AreSequenceEqual(plain.PredictBatch(s_sequences), predictor.PredictBatch(s_sequences));
    }

    [TestMethod]
    public void All_wrong_options_are_told_at_once()
    {
        var options = new SequencePredictorOptions
        {
            IntraOpThreads = 0,
            Threads = -1,
            ExecutionProvider = "CUDA",
            ExecutionProviderOptions = null!,
        };

        Fails.With<ArgumentException>(
            () => new SequencePredictor(TinyModel.Regression, options).Dispose(),
            "4 problems", "IntraOpThreads is 0", "Threads is -1", "'CUDA'", "ExecutionProviderOptions is null");
        Fails.With<ArgumentException>(
            () => new SequencePredictor(TinyModel.Regression, new() { Threads = int.MaxValue }).Dispose(), "Threads is 2147483647", "1 to 1024");
        Fails.With<ArgumentException>(
            () => new SequencePredictor(TinyModel.Regression, new() { ExecutionProviderOptions = new Dictionary<string, string> { ["device_id"] = "1" } }).Dispose(),
            "1 entries", "the CPU takes none");
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(1, 7)]
    [DataRow(2, 2)]
    public void Any_number_of_threads_gives_the_same_numbers(int intraOp, int threads)
    {
        using var plain = new SequencePredictor(TinyModel.Regression);
        using var predictor = new SequencePredictor(TinyModel.Regression, new() { IntraOpThreads = intraOp, Threads = threads });

        float[] expected = plain.PredictBatch(s_sequences), actual = predictor.PredictBatch(s_sequences);

        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-6f);
    }

    [TestMethod]
    public void The_session_can_be_configured_further()
    {
        (int Intra, int Calls) seen = default;
        var options = new SequencePredictorOptions
        {
            IntraOpThreads = 2,
            ConfigureSession = session =>
            {
                seen = (session.IntraOpNumThreads, seen.Calls + 1);
                session.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
            },
        };
        using var predictor = new SequencePredictor(TinyModel.Regression, options);
        using var plain = new SequencePredictor(TinyModel.Regression);

        Assert.AreEqual((2, 1), seen);
        Assert.AreSame(options, predictor.Options);
        Assert.AreEqual(plain.Predict(s_sequences.AsSpan(0, 12))[0], predictor.Predict(s_sequences.AsSpan(0, 12))[0], 1e-6f);
    }

    [TestMethod]
    public void Options_are_taken_when_a_file_is_loaded()
    {
        using var folder = new Scenarios.TemporaryFolder();
        TinyModel.Regression.Save(folder["model.onnx"]);

        using var predictor = SequencePredictor.Load(folder["model.onnx"], new() { Threads = 3 });

        Assert.AreEqual(3, predictor.Options.Threads);
        Fails.With<ArgumentException>(() => SequencePredictor.Load(folder["model.onnx"], new() { Threads = 0 }), "Threads is 0");
    }
}
