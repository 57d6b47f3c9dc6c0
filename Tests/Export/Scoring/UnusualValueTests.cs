namespace MlNetRnn.Tests;

/// <summary>NaN and infinity: no prediction for the sequence that has one, in every way of scoring, and no trace in others.</summary>
[TestClass]
public sealed class UnusualValueTests
{
    private const int Count = 300;
    private const int Bad = 100; // the sequence that has the value

    [TestMethod]
    [DataRow("lstm")]
    [DataRow("gru")]
    [DataRow("rnn")]
    [DataRow("rnn-relu")]
    [DataRow("own-cell-of-two-states")]
    public void One_in_a_sequence_leaves_it_without_a_prediction_and_harms_no_other(string kind) => Check(StreamedModels.Fit(kind));

    [TestMethod]
    [DataRow("lstm", OnnxPrecision.Int8)]
    [DataRow("lstm-small", OnnxPrecision.Int8)]
    [DataRow("gru", OnnxPrecision.Int8)]
    [DataRow("bilstm", OnnxPrecision.Int8)]
    [DataRow("differenced", OnnxPrecision.Int8)]
    [DataRow("lstm", OnnxPrecision.Float16Weights)]
    public void In_a_reduced_precision_too(string name, OnnxPrecision precision) =>
        Check(ReducedModels.Export(name, new() { Precision = precision }));

    [TestMethod]
    [DataRow("lstm")]
    [DataRow("gru")]
    [DataRow("own-cell-of-two-states")]
    public void In_series_stepped_alone_and_together(string kind)
    {
        using var predictor = new StreamingPredictor(StreamedModels.Fit(kind));
        CheckSeries(predictor);
    }

    [TestMethod]
    public void In_series_of_8_bits()
    {
        var model = ReducedModels.Export("lstm", new() { Precision = OnnxPrecision.Int8, Streaming = true });
        using var predictor = new StreamingPredictor(model);
        CheckSeries(predictor);
    }

    private static void Check(SequenceModel model)
    {
        using var predictor = new SequencePredictor(model, new() { Threads = 2 });
        int size = predictor.SequenceSize, outputs = predictor.OutputSize;
        float[] clean = StreamedModels.Values(Count * size, seed: 1);
        float[] expected = predictor.PredictBatch(clean);
        foreach (float value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            foreach (int place in new[] { 0, size / 2, size - 1 })
            {
                float[] sequences = [.. clean];
                sequences[(Bad * size) + place] = value;

                float[] wide = predictor.PredictBatch(sequences);
                float[] few = predictor.PredictBatch(sequences.AsSpan((Bad - 1) * size, 3 * size));

                for (int i = 0; i < wide.Length; i++)
                    Assert.AreEqual(i / outputs == Bad ? float.NaN : expected[i], wide[i], 1e-5f, $"{value} at {place}, result {i}");
                for (int i = 0; i < few.Length; i++)
                    Assert.AreEqual(wide[((Bad - 1) * outputs) + i], few[i], 1e-5f, $"{value} at {place}");
                Assert.IsTrue(predictor.Predict(sequences.AsSpan(Bad * size, size)).All(float.IsNaN), $"{value} at {place}");
            }
        }
    }

    private static void CheckSeries(StreamingPredictor predictor)
    {
        const int Together = 70, Steps = 5; // more than run at once
        int features = predictor.ObservationSize, outputs = predictor.OutputSize;
        float[] predictions = new float[Together * outputs];
        foreach (float value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            StreamingSeries[] together = [.. Enumerable.Range(0, Together).Select(_ => predictor.CreateSeries())];
            StreamingSeries[] alone = [.. Enumerable.Range(0, Together).Select(_ => predictor.CreateSeries())];
            for (int t = 0; t < Steps; t++)
            {
                float[] observations = StreamedModels.Values(Together * features, seed: t);
                if (t == 2)
                    observations[(50 * features) + 1] = value;
                predictor.StepBatch(together, observations, predictions);
                for (int i = 0; i < Together; i++)
                {
                    float[] expected = alone[i].Step(observations.AsSpan(i * features, features));
                    Assert.AreEqual(i == 50 && t >= 2, float.IsNaN(expected[0]), $"{value}, series {i}, step {t}");
                    for (int k = 0; k < outputs; k++)
                        Assert.AreEqual(expected[k], predictions[(i * outputs) + k], 1e-5f, $"{value}, series {i}, step {t}");
                }
            }
        }
    }
}
