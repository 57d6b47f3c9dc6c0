namespace MlNetRnn.Tests;

/// <summary>Large batches of RNN and GRU are scored in another form of the graph, with the same results.</summary>
[TestClass]
public sealed class WideFormTests
{
    private static readonly SequencePredictorOptions s_options = new() { Threads = 2 };

    [TestMethod]
    public void Rnn_and_gru_have_it_and_lstm_does_not()
    {
        using var gru = WideForm.Of(TinyModel.Forecasting, s_options, 0);
        using var rnn = WideForm.Of(Rnn(bidirectional: true), s_options, 0);

        Assert.AreSame(PartSizes.OfScannedGru, gru!.Sizes);
        Assert.AreSame(PartSizes.OfScannedRnn, rnn!.Sizes);
        Assert.IsNull(WideForm.Of(TinyModel.Regression, s_options, 0));
    }

    [TestMethod]
    [DataRow(1, 2)]
    [DataRow(15, 1)]
    [DataRow(16, 1)]
    [DataRow(17, 2)]
    [DataRow(32, 2)]
    [DataRow(127, 1)]
    [DataRow(128, 2)]
    [DataRow(129, 7)]
    [DataRow(700, 2)]
    [DataRow(1000, 7)]
    [DataRow(4096, 64)]
    public void Batches_of_every_size_give_what_single_sequences_give_on_any_number_of_threads(int count, int threads)
    {
        foreach (var model in new[] { TinyModel.Forecasting, Rnn(bidirectional: false), Rnn(bidirectional: true) })
        {
            using var predictor = new SequencePredictor(model, new() { Threads = threads });
            float[] sequences = StreamedModels.Values(count * predictor.SequenceSize, seed: count);

            float[] batch = predictor.PredictBatch(sequences);

            for (int i = 0; i < count; i++)
            {
                float[] single = predictor.Predict(sequences.AsSpan(i * predictor.SequenceSize, predictor.SequenceSize));
                for (int k = 0; k < single.Length; k++)
                    Assert.AreEqual(single[k], batch[(i * single.Length) + k], 1e-5f);
            }
        }
    }

    [TestMethod]
    public void It_is_freed_with_the_model_after_the_last_call()
    {
        var loaded = new LoadedModel(TinyModel.Forecasting, s_options);
        var pool = loaded.BatchesFor(1000);
        Assert.AreNotSame(pool, loaded.BatchesFor(1));
        loaded.TryAcquire();
        var scorer = pool.Rent();

        loaded.Dispose();

        float[] sequences = StreamedModels.Values(200 * 12, seed: 1), results = new float[200 * 3];
        scorer.Score(sequences, 200, TinyModel.Forecasting.Manifest.Outputs.AsSpan(), results); // under way: it may end
        pool.Return(scorer);
        loaded.Release();
        Assert.IsFalse(loaded.TryAcquire());
        Assert.IsTrue(results.All(float.IsFinite));
    }

    private static SequenceModel Rnn(bool bidirectional) =>
        StreamedModels.Fit(Networks.Tiny with { Cell = RecurrentCell.Rnn, Bidirectional = bidirectional });
}
