using CsCheck;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class RaggedPredictionTests
{
    [TestMethod]
    public void Each_sequence_of_any_mixture_scores_as_it_does_alone()
    {
        using var predictor = new SequencePredictor(TinyModel.Ragged, new() { Threads = 3 });
        var sequence = Gen.OneOf(Gen.Int[0, 3], Gen.Int[0, 30], Gen.Int[200, 400])
            .SelectMany(steps => Gen.Single[-1, 1].Array[2 * steps]);
        sequence.Array[0, 150].Sample(sequences =>
        {
            float[] together = predictor.PredictRagged([.. sequences.Select(s => (ReadOnlyMemory<float>)s)]);
            for (int i = 0; i < sequences.Length; i++)
                Assert.AreEqual(predictor.Predict(sequences[i])[0], together[i], 1e-5f);
        }, iter: 30);
    }

    [TestMethod]
    public void Sequences_without_a_step_score_missing_and_harm_no_other()
    {
        using var predictor = new SequencePredictor(TinyModel.Ragged);

        Assert.AreEqual(float.NaN, predictor.Predict([])[0]);
        Assert.AreSequenceEqual([float.NaN, float.NaN], predictor.PredictRagged([default, default]));
        float[] mixed = predictor.PredictRagged([default, new float[] { 1, 2 }, default, new float[] { 1, 2, 3, 4 }]);
        Assert.AreSequenceEqual([true, false, true, false], mixed.Select(float.IsNaN));
        Assert.AreEqual(predictor.Predict([1, 2])[0], mixed[1], 1e-6f);
    }

    [TestMethod]
    public void A_very_long_sequence_among_many_of_one_step_and_of_none_scores_as_alone()
    {
        using var predictor = new SequencePredictor(TinyModel.Ragged, new() { Threads = 2 });
        int[] steps = [30_000, .. Enumerable.Range(0, 400).Select(i => i % 3), 3000, 30_000];
        float[][] sequences = [.. steps.Select((count, i) => StreamedModels.Values(2 * count, i))];

        float[] together = predictor.PredictRagged([.. sequences.Select(s => (ReadOnlyMemory<float>)s)]);

        for (int i = 0; i < sequences.Length; i++)
            Assert.AreEqual(predictor.Predict(sequences[i])[0], together[i], 1e-5f, $"{steps[i]} steps");
    }

    [TestMethod]
    public void Results_over_sequences_that_are_still_to_be_read_are_refused()
    {
        using var predictor = new SequencePredictor(TinyModel.Ragged);
        float[] memory = [1, 2, 3, 4, 5, 6];

        Fails.With<ArgumentException>(
            () => predictor.PredictRagged([memory.AsMemory(0, 2), memory.AsMemory(2, 4)], memory.AsSpan(4, 2)), "overlaps", "memory of its own");

        Assert.AreSequenceEqual([1f, 2, 3, 4, 5, 6], memory);
        predictor.PredictRagged([memory.AsMemory(0, 2), memory.AsMemory(2, 2)], memory.AsSpan(4, 2)); // beside them
    }

    [TestMethod]
    public void No_sequence_gives_no_result()
    {
        using var predictor = new SequencePredictor(TinyModel.Ragged);

        Assert.IsEmpty(predictor.PredictRagged([]));
        predictor.PredictRagged([], []);
    }

    [TestMethod]
    public void A_model_of_fixed_length_takes_a_list_of_its_sequences()
    {
        using var predictor = new SequencePredictor(TinyModel.Forecasting);
        float[][] sequences = [.. Enumerable.Range(0, 100).Select(i => WindowRow.Random(new Random(i)).Window)];

        float[] listed = predictor.PredictRagged([.. sequences.Select(s => (ReadOnlyMemory<float>)s)]);

        float[] block = predictor.PredictBatch([.. sequences.SelectMany(s => s)]);
        for (int i = 0; i < block.Length; i++)
            Assert.AreEqual(block[i], listed[i], 1e-6f);
    }

    [TestMethod]
    public void Padding_stays_below_what_runs_of_their_own_would_cost()
    {
        var random = new Random(1);
        var batch = new RaggedBatch(TinyModel.Ragged.Manifest, PartSizes.OfOperators);
        int[] lengths = [.. Enumerable.Range(0, 5000).Select(_ => (int)Math.Exp(8 * random.NextDouble()))];
        foreach (int length in lengths)
            batch.Add(new float[2 * length]);

        (int Count, int Steps)[] runs = [.. batch.Runs(threads: 2)];

        Assert.AreEqual(lengths.Length, runs.Sum(r => r.Count));
        Assert.IsLessThan(1.1 * lengths.Sum(), runs.Sum(r => (double)r.Count * r.Steps), "steps that are run");
        Assert.IsTrue(runs.All(r => r.Count is >= 1 and <= 64 && (r.Count == 1 || r.Count * r.Steps <= 1 << 13)), "the memory of a run is bounded");
        Assert.IsLessThan(lengths.Length / 8, runs.Length);
    }

    [TestMethod]
    public void A_wrong_length_is_refused_before_any_is_scored_and_the_next_call_is_right()
    {
        using var predictor = new SequencePredictor(TinyModel.Ragged);
        float expected = predictor.Predict([1, 2])[0];
        float[] destination = [7, 7];

        Fails.With<ArgumentException>(
            () => predictor.PredictRagged([new float[4], new float[3]], destination), "Sequence 2", "3 values", "'Features'", "'Score'");

        Assert.AreSequenceEqual([7f, 7f], destination);
        Assert.AreEqual(expected, predictor.PredictRagged([new float[] { 1, 2 }])[0], 1e-6f);
        Fails.With<ArgumentException>(() => predictor.PredictRagged([new float[4]], destination), "2 values", "1 are needed");
        Fails.With<ArgumentNullException>(() => predictor.PredictRagged(null!), "sequences");
    }
}
