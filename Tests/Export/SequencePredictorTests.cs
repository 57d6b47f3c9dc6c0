namespace MlNetRnn.Tests;

[TestClass]
public sealed class SequencePredictorTests
{
    private const int Count = 300; // more than one batch

    private static readonly float[] s_sequences = Values(Count * TinyModel.Steps * TinyModel.Features);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void All_ways_to_predict_agree(bool forecasting)
    {
        using var predictor = new SequencePredictor(forecasting ? TinyModel.Forecasting : TinyModel.Regression);
        Assert.AreEqual(forecasting ? 3 : 1, predictor.OutputSize);
        Assert.AreEqual(12, predictor.SequenceSize);

        float[] batched = predictor.PredictBatch(s_sequences);

        Assert.HasCount(Count * predictor.OutputSize, batched);
        float[] destination = new float[predictor.OutputSize];
        for (int i = 0; i < Count; i++)
        {
            float[] single = predictor.Predict(Sequence(i));
            predictor.Predict(Sequence(i), destination);
            Assert.AreSequenceEqual(single, destination);
            for (int k = 0; k < single.Length; k++)
                Assert.AreEqual(single[k], batched[(i * single.Length) + k], 1e-6f * Math.Max(1, Math.Abs(single[k])));
        }
    }

    [TestMethod]
    public void Threads_share_one_predictor()
    {
        using var predictor = new SequencePredictor(TinyModel.Regression);
        float[] expected = [.. Enumerable.Range(0, Count).Select(i => predictor.Predict(Sequence(i))[0])];
        float[] expectedBatch = predictor.PredictBatch(s_sequences);

        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                int index = ((t * 37) + i) % Count;
                bool same = i % 100 == 99
                    ? predictor.PredictBatch(s_sequences).AsSpan().SequenceEqual(expectedBatch)
                    : predictor.Predict(Sequence(index))[0] == expected[index];
                if (!same)
                    Interlocked.Increment(ref wrong);
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();

        Assert.AreEqual(0, wrong);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(31)]
    [DataRow(64)]
    [DataRow(65)]
    [DataRow(Count)]
    public void A_batch_goes_to_memory_of_the_callers(int count)
    {
        using var predictor = new SequencePredictor(TinyModel.Forecasting, new() { Threads = 3 });
        float[] destination = [.. Enumerable.Repeat(7f, (3 * count) + 1)];

        predictor.PredictBatch(s_sequences.AsSpan(0, 12 * count), destination.AsSpan(0, 3 * count));

        Assert.AreSequenceEqual([.. predictor.PredictBatch(s_sequences.AsSpan(0, 12 * count)), 7f], destination);
    }

    [TestMethod]
    public void A_destination_must_be_apart_from_the_sequences()
    {
        using var predictor = new SequencePredictor(TinyModel.Regression);
        float[] memory = [.. s_sequences];

        Fails.With<ArgumentException>(() => predictor.PredictBatch(memory.AsSpan(0, 120), memory.AsSpan(110, 10)), "overlaps");

        Assert.AreSequenceEqual(s_sequences, memory);
    }

    [TestMethod]
    public void A_missing_value_makes_its_own_prediction_missing_alone()
    {
        using var predictor = new SequencePredictor(TinyModel.Forecasting);
        float[] sequences = [.. s_sequences];
        sequences[(12 * 100) + 5] = float.NaN;

        float[] expected = predictor.PredictBatch(s_sequences), actual = predictor.PredictBatch(sequences);

        for (int i = 0; i < actual.Length; i++)
            Assert.AreEqual(i / 3 == 100 ? float.NaN : expected[i], actual[i], 1e-6f);
        Assert.IsTrue(predictor.Predict(sequences.AsSpan(12 * 100, 12)).All(float.IsNaN));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_batch_of_none_gives_none(bool forecasting)
    {
        using var predictor = new SequencePredictor(forecasting ? TinyModel.Forecasting : TinyModel.Regression);

        Assert.IsEmpty(predictor.PredictBatch([]));
        predictor.PredictBatch([], []);
        Assert.IsEmpty(predictor.PredictRagged([]));
        Assert.HasCount(predictor.OutputSize, predictor.PredictBatch(Sequence(0)));
    }

    [TestMethod]
    public void Wrong_sizes_are_refused_with_the_right_ones()
    {
        using var predictor = new SequencePredictor(TinyModel.Forecasting);

        Fails.With<ArgumentException>(() => predictor.Predict(new float[11]), "11 values", "6 steps", "2 features", "12",
            "takes 'Window', Single [batch, 6 steps, 2 features]", "gives 'Forecast', Single [batch, 3]");
        Fails.With<ArgumentException>(() => predictor.Predict([]), "0 values", "12");
        Fails.With<ArgumentException>(() => predictor.PredictBatch(new float[25]), "25 values", "12");
        Fails.With<ArgumentException>(() => predictor.Predict(new float[12], new float[2]), "2 values", "3");
        Fails.With<ArgumentException>(() => predictor.PredictBatch(new float[24], new float[5]), "5 values", "6 are needed", "2 sequences");
    }

    [TestMethod]
    public void After_Dispose_it_says_so()
    {
        var predictor = new SequencePredictor(TinyModel.Regression);
        predictor.Predict(Sequence(0));

        predictor.Dispose();
        predictor.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => predictor.Predict(Sequence(0)));
        Assert.ThrowsExactly<ObjectDisposedException>(() => predictor.PredictBatch(s_sequences));
        Assert.ThrowsExactly<ObjectDisposedException>(() => predictor.PredictBatch([]));
    }

    private static ReadOnlySpan<float> Sequence(int index) => s_sequences.AsSpan(index * 12, 12);

    private static float[] Values(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];
    }
}
