using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class StreamingPredictorTests
{
    private const int Features = 2;

    private static readonly Lazy<SequenceModel> s_lstm = new(() => StreamedModels.Fit("lstm"));
    private static readonly Lazy<SequenceModel> s_forecast = new(() => StreamedModels.Fit("gru"));

    public static IEnumerable<object[]> Kinds => StreamedModels.Kinds.Select(k => new object[] { k.Name });

    [TestMethod, DynamicData(nameof(Kinds))]
    public void After_every_step_the_prediction_is_that_of_the_sequence_so_far(string kind)
    {
        var model = StreamedModels.Fit(kind);
        using var whole = new InferenceSession(model.OnnxBytes);
        using var predictor = new StreamingPredictor(model);
        var series = predictor.CreateSeries();
        float[] values = StreamedModels.Values(60 * Features, seed: 3);

        for (int t = 0; t < 60; t++)
        {
            float[] actual = series.Step(values.AsSpan(t * Features, Features));

            AreClose(StreamedModels.WholeSequence(whole, model, values[..((t + 1) * Features)]), actual, $"step {t + 1}");
        }
        Assert.AreEqual(60, series.Steps);
    }

    [TestMethod]
    [DataRow(ForecastDistribution.Quantiles)]
    [DataRow(ForecastDistribution.Normal)]
    [DataRow(ForecastDistribution.StudentT)]
    public void Forecasts_of_distributions_stream_by_their_point(ForecastDistribution distribution)
    {
        var ml = new Microsoft.ML.MLContext(1);
        var forecast = new ForecastOptions { InputColumnName = "Features", Distribution = distribution, QuantilesColumnName = "Quantiles" };
        using var model = ml.Forecasting.ForecastByRecurrent(forecast, Networks.Tiny).Fit(Examples.Random(40, labelSize: 3).View(ml));
        using var whole = new InferenceSession(model.Model.OnnxBytes);
        using var predictor = new StreamingPredictor(model.Model);
        var series = predictor.CreateSeries();
        float[] values = StreamedModels.Values(10 * Features, seed: 3);

        for (int t = 0; t < 10; t++)
        {
            float[] actual = series.Step(values.AsSpan(t * Features, Features));

            AreClose(StreamedModels.WholeSequence(whole, model.Model, values[..((t + 1) * Features)]), actual, $"step {t + 1}");
        }
    }

    [TestMethod, DynamicData(nameof(Kinds))]
    public void Series_stepped_together_are_independent_of_each_other(string kind)
    {
        using var predictor = new StreamingPredictor(StreamedModels.Fit(kind));
        const int Count = 150; // more than run together
        StreamingSeries[] alone = [.. Enumerable.Range(0, Count).Select(_ => predictor.CreateSeries())];
        StreamingSeries[] together = [.. Enumerable.Range(0, Count).Select(_ => predictor.CreateSeries())];
        float[] predictions = new float[Count * predictor.OutputSize];
        foreach (int count in new[] { Count, 3, 1, 70 }) // not all of them every time
        {
            float[] values = StreamedModels.Values(count * Features, seed: count);
            predictor.StepBatch(together.AsSpan(0, count), values, predictions.AsSpan(0, count * predictor.OutputSize));
            for (int i = 0; i < count; i++)
            {
                float[] expected = alone[i].Step(values.AsSpan(i * Features, Features));
                AreClose(expected, predictions.AsSpan(i * expected.Length, expected.Length).ToArray(), $"series {i} of {count}");
            }
        }
        Assert.AreEqual(4, together[0].Steps);
        Assert.AreEqual(1, together[^1].Steps);
    }

    [TestMethod]
    public void A_saved_series_goes_on_in_another_predictor()
    {
        using var folder = new Scenarios.TemporaryFolder();
        s_forecast.Value.Save(folder["model.onnx"]);
        using var first = new StreamingPredictor(s_forecast.Value);
        using var second = StreamingPredictor.Load(folder["model.onnx"]);
        var series = first.CreateSeries();
        for (int t = 0; t < 5; t++)
            series.Step([t, -t]);
        series.Save(folder["state"]);
        using var bytes = new MemoryStream();
        series.Save(bytes);
        bytes.Position = 0;

        var restored = second.RestoreSeries(folder["state"]);
        var fromStream = second.RestoreSeries(bytes);

        Assert.AreEqual(5, restored.Steps);
        float[] expected = series.Step([0.5f, 1]);
        Assert.AreSequenceEqual(expected, restored.Step([0.5f, 1]));
        Assert.AreSequenceEqual(expected, fromStream.Step([0.5f, 1]));
        Assert.AreSequenceEqual(["model.onnx", "state"], folder.Names.Order());
    }

    [TestMethod]
    public void A_saved_series_of_another_model_or_a_damaged_one_is_refused()
    {
        using var folder = new Scenarios.TemporaryFolder();
        using var predictor = new StreamingPredictor(s_lstm.Value);
        using var other = new StreamingPredictor(s_forecast.Value);
        var series = predictor.CreateSeries();
        series.Step([1, 2]);
        series.Save(folder["state"]);

        Fails.With<InvalidOperationException>(() => other.RestoreSeries(folder["state"]), "another model", folder["state"]);
        Fails.With<FileNotFoundException>(() => predictor.RestoreSeries(folder["none"]), "none", "StreamingSeries.Save");
        byte[] whole = File.ReadAllBytes(folder["state"]);
        for (int length = 0; length < whole.Length; length += 7)
            Fails.With<FormatException>(() => predictor.RestoreSeries(new MemoryStream(whole[..length])), "saved series");
        for (int i = 0; i < whole.Length; i += 5)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 0x10;
            Assert.Throws<Exception>(() => predictor.RestoreSeries(new MemoryStream(changed)));
        }
    }

    [TestMethod]
    public void Reset_begins_anew()
    {
        using var predictor = new StreamingPredictor(s_lstm.Value);
        var series = predictor.CreateSeries();
        float[] first = series.Step([1, 2]);
        series.Step([3, 4]);
        float[] missing = series.Step([float.NaN, 1]);
        float[] after = series.Step([1, 2]);

        series.Reset();

        Assert.IsTrue(float.IsNaN(missing[0]));
        Assert.IsTrue(float.IsNaN(after[0]), "a sequence with a missing value has no prediction");
        Assert.AreEqual(0, series.Steps);
        Assert.AreSequenceEqual(first, series.Step([1, 2]));
    }

    [TestMethod]
    public void A_step_allocates_nothing()
    {
        using var predictor = new StreamingPredictor(s_lstm.Value);
        StreamingSeries[] many = [.. Enumerable.Range(0, 100).Select(_ => predictor.CreateSeries())];
        float[] values = StreamedModels.Values(100 * Features, seed: 1), predictions = new float[100];
        void Step()
        {
            predictor.Step(many[0], values.AsSpan(0, Features), predictions.AsSpan(0, 1));
            predictor.StepBatch(many, values, predictions);
        }
        for (int i = 0; i < 100; i++)
            Step();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Step();

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Wrong_sizes_and_series_are_refused_and_no_series_is_stepped()
    {
        using var predictor = new StreamingPredictor(s_forecast.Value);
        using var other = new StreamingPredictor(s_forecast.Value);
        var series = predictor.CreateSeries();
        float[] predictions = new float[4];

        Fails.With<ArgumentException>(() => series.Step([1, 2, 3]), "3 values", "'Features'", "2 values an observation");
        Fails.With<ArgumentException>(() => series.Step([1, 2], new float[1]), "1 values", "2 are needed");
        Fails.With<ArgumentException>(() => predictor.StepBatch([series], new float[4], predictions), "4 values", "1 observation");
        Fails.With<ArgumentException>(() => predictor.StepBatch([series, other.CreateSeries()], new float[4], predictions), "Series 2", "another predictor");
        Fails.With<ArgumentException>(() => predictor.StepBatch([series, null!], new float[4], predictions), "Series 2", "null");
        Fails.With<InvalidOperationException>(() => predictor.StepBatch([series, series], new float[4], predictions), "twice in one batch");
        predictor.StepBatch([], [], []);

        Assert.AreEqual(0, series.Steps);
        series.Step([1, 2]);
        Assert.AreEqual(1, series.Steps);
    }

    [TestMethod]
    public void A_hundred_thousand_series_are_stepped_at_once_or_not_at_all()
    {
        const int Count = 100_000;
        using var predictor = new StreamingPredictor(s_lstm.Value);
        StreamingSeries[] series = [.. Enumerable.Range(0, Count).Select(_ => predictor.CreateSeries())];
        float[] values = StreamedModels.Values(Count * Features, seed: 1), predictions = new float[Count];

        predictor.StepBatch(series, values, predictions);

        foreach (int i in new[] { 0, 63, 64, 77_777, Count - 1 })
            AreClose(predictor.CreateSeries().Step(values.AsSpan(i * Features, Features)), [predictions[i]], $"series {i}");
        var last = series[^1];
        series[^1] = series[3];
        Fails.With<InvalidOperationException>(() => predictor.StepBatch(series, values, predictions), "twice in one batch");
        Assert.IsTrue(series.All(s => s.Steps == 1));
        series[^1] = last;
        predictor.StepBatch(series, values, predictions); // none stayed in use
        Assert.IsTrue(series.All(s => s.Steps == 2));
    }

    [TestMethod]
    public void A_step_may_write_over_its_observation_and_a_batch_may_not()
    {
        using var predictor = new StreamingPredictor(s_forecast.Value); // two features, two outputs
        var (alone, over) = (predictor.CreateSeries(), predictor.CreateSeries());
        float[] memory = [0.5f, -1, 7, 7];
        float[] first = alone.Step(memory.AsSpan(0, 2)), second = alone.Step(first);

        over.Step(memory.AsSpan(0, 2), memory.AsSpan(0, 2));
        Assert.AreSequenceEqual(first, memory[..2]);
        over.Step(memory.AsSpan(0, 2), memory.AsSpan(0, 2)); // predictions as the next observations
        Assert.AreSequenceEqual(second, memory[..2]);

        Fails.With<ArgumentException>(
            () => predictor.StepBatch([over], memory.AsSpan(0, 2), memory.AsSpan(1, 2)), "overlaps the observations", "memory of its own");
        Assert.AreEqual(2, over.Steps);
    }

    [TestMethod]
    public void A_first_observation_with_one_missing_value_is_no_padding_where_its_prediction_is_written_over_it()
    {
        var model = s_forecast.Value.AsStreaming();
        using var predictor = new StreamingPredictor(model.With(model.Manifest with { VariableLength = true }));
        var series = predictor.CreateSeries();
        float[] memory = [float.NaN, float.NaN];

        series.Step(memory, memory);
        Assert.AreEqual(0, series.Steps, "padding");
        memory[1] = 1;
        series.Step(memory, memory);

        Assert.AreEqual(1, series.Steps);
        Assert.IsTrue(series.Step([1, 2]).All(float.IsNaN), "a sequence with a missing value has no prediction");
    }

    [TestMethod]
    public void A_state_of_a_network_of_the_same_shape_with_other_weights_is_refused()
    {
        using var predictor = new StreamingPredictor(s_lstm.Value);
        using var retrained = new StreamingPredictor(TinyModel.Retrained(s_lstm.Value.AsStreaming()));
        Assert.AreEqual(predictor.StateSize, retrained.StateSize);
        using var state = new MemoryStream();
        predictor.CreateSeries().Save(state);
        state.Position = 0;

        Fails.With<InvalidOperationException>(() => retrained.RestoreSeries(state), "another model", "start a new series");
    }

    [TestMethod]
    public void A_step_graph_that_does_not_fit_its_manifest_is_refused_at_once()
    {
        var model = s_lstm.Value.AsStreaming();
        var manifest = model.Manifest;
        SequenceModelManifest[] wrong =
        [
            manifest with { Features = 5 },
            manifest with { Outputs = [manifest.Outputs[0] with { Length = 4 }] },
            manifest with { StreamingStates = [.. manifest.StreamingStates.Select(s => s with { Size = s.Size + 3 })] },
            manifest with { StreamingStates = manifest.StreamingStates[1..] },
        ];

        foreach (var other in wrong)
            Fails.With<FormatException>(() => _ = new StreamingPredictor(model.With(other)), "step by step", "'Features'", "Export the model anew");
    }

    [TestMethod]
    public void Threads_step_their_series_over_one_predictor()
    {
        using var predictor = new StreamingPredictor(s_lstm.Value);
        float[] values = StreamedModels.Values(200 * Features, seed: 5);
        float[] Run(StreamingSeries series) => [.. Enumerable.Range(0, 200).Select(t => series.Step(values.AsSpan(t * Features, Features))[0])];
        float[] expected = Run(predictor.CreateSeries());
        int wrong = 0;

        Thread[] threads = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 5; i++)
            {
                if (!Run(predictor.CreateSeries()).AsSpan().SequenceEqual(expected))
                    Interlocked.Increment(ref wrong);
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        Assert.AreEqual(0, wrong);
    }

    [TestMethod]
    public void After_Dispose_it_says_so()
    {
        var predictor = new StreamingPredictor(s_lstm.Value);
        var series = predictor.CreateSeries();
        series.Step([1, 2]);

        predictor.Dispose();
        predictor.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => series.Step([1, 2]));
        Assert.AreEqual(1, series.Steps);
    }

    [TestMethod]
    public void Networks_that_need_the_whole_sequence_are_refused_with_the_reason()
    {
        var bidirectional = StreamedModels.Fit(Networks.Tiny with { Bidirectional = true });
        var differenced = TinyModel.Regression;

        Fails.With<NotSupportedException>(() => _ = new StreamingPredictor(bidirectional), "bidirectional", "without Bidirectional");
        Fails.With<NotSupportedException>(() => _ = new StreamingPredictor(differenced), "Scaling.Difference", "relative to the last");
    }

    [TestMethod]
    public void The_streaming_form_is_no_model_of_sequences()
    {
        var streaming = s_lstm.Value.AsStreaming();

        Assert.IsTrue(streaming.Manifest.IsStreaming);
        Fails.With<ArgumentException>(() => _ = new SequencePredictor(streaming), "StreamingPredictor", "OnnxExportOptions.Streaming");
        Assert.AreSame(streaming, streaming.AsStreaming());
    }

    [TestMethod]
    public void The_step_costs_the_file_no_second_set_of_weights()
    {
        var model = StreamedModels.Fit(Networks.Tiny with { Cell = RecurrentCell.Lstm, HiddenSizes = [64, 64] });

        Assert.IsLessThan(0.1 * model.OnnxBytes.Length, model.OnnxBytes.Length - WithoutStep(model));
    }

    private static int WithoutStep(SequenceModel model)
    {
        var proto = Onnx.ModelProto.Parser.ParseFrom(model.OnnxBytes);
        proto.MetadataProps.Remove(proto.MetadataProps.Single(p => p.Key == StepGraph.Key));
        return proto.CalculateSize();
    }

    private static void AreClose(float[] expected, float[] actual, string where)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5f * Math.Max(1, Math.Abs(expected[i])), where);
    }
}
