namespace MlNetRnn.Tests;

/// <summary>What a predictor keeps between calls levels off: managed memory and ONNX Runtime's.</summary>
[TestClass, DoNotParallelize]
public sealed class MemoryGrowthTests
{
    [TestMethod]
    public void What_one_very_long_sequence_took_is_given_back()
    {
        using var predictor = new SequencePredictor(TinyModel.Ragged, new() { Threads = 2 });
        float[] sequence = StreamedModels.Values(2 * 3_000_000, seed: 1);
        predictor.Predict(sequence.AsSpan(0, 200));
        long before = Megabytes();

        predictor.Predict(sequence); // 400 MB in ONNX Runtime

        Assert.IsLessThan(before + 150, Megabytes());
        Assert.AreEqual(predictor.Predict(sequence.AsSpan(0, 200))[0], predictor.PredictRagged([sequence.AsMemory(0, 200)])[0], 1e-6f);
    }

    [TestMethod]
    public void A_session_without_an_arena_takes_long_sequences_too()
    {
        var options = new SequencePredictorOptions { ConfigureSession = session => session.EnableCpuMemArena = false };
        using var predictor = new SequencePredictor(TinyModel.Ragged, options);
        using var usual = new SequencePredictor(TinyModel.Ragged);
        float[] sequence = StreamedModels.Values(2 * (PartSizes.MostSteps + 1), seed: 1);

        Assert.AreEqual(usual.Predict(sequence)[0], predictor.Predict(sequence)[0]);
    }

    [TestMethod, TestCategory("Long")]
    public void Ten_thousand_calls_of_varying_shapes_leave_no_more_than_a_thousand()
    {
        using var ragged = new SequencePredictor(TinyModel.Ragged, new() { Threads = 2 });
        using var wide = new SequencePredictor(TinyModel.Forecasting, new() { Threads = 2 });
        var random = new Random(1);
        float[] values = StreamedModels.Values(2 * 4000, seed: 1);
        void Call(int times)
        {
            for (int i = 0; i < times; i++)
            {
                int most = random.Next(1, 60);
                ReadOnlyMemory<float> Sequence() => values.AsMemory(0, 2 * random.Next(1, most + 1));
                ragged.PredictRagged([.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Sequence())]);
                ragged.Predict(values.AsSpan(0, 2 * random.Next(1, 4000)));
                wide.PredictBatch(values.AsSpan(0, 12 * random.Next(1, 600)));
            }
        }
        Call(2000);
        (long managed, long all) = (GC.GetTotalMemory(forceFullCollection: true), Megabytes());

        Call(8000);

        Assert.IsLessThan(managed + (2 << 20), GC.GetTotalMemory(forceFullCollection: true));
        Assert.IsLessThan(all + 30, Megabytes());
    }

    // Of the working set.
    private static long Megabytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        return Environment.WorkingSet >> 20;
    }
}
