namespace MlNetRnn.Tests;

/// <summary>What calls allocate once they have been made before.</summary>
[TestClass, DoNotParallelize] // counts what the whole process allocates
public sealed class AllocationTests
{
    private const int Count = 300; // several parts for each thread

    private readonly float[] _sequences = Values(Count * TinyModel.Steps * TinyModel.Features);

    [TestMethod]
    public void A_single_call_allocates_nothing()
    {
        using var predictor = new SequencePredictor(TinyModel.Forecasting);
        float[] destination = new float[3];
        void Call(int i) => predictor.Predict(_sequences.AsSpan(12 * (i % Count), 12), destination);
        Call(0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Call(i);

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void A_single_call_on_a_length_seen_before_allocates_nothing()
    {
        using var predictor = new SequencePredictor(TinyModel.Ragged);
        float[] destination = new float[1];
        void EachLength()
        {
            for (int steps = 0; steps < 50; steps++)
                predictor.Predict(_sequences.AsSpan(0, 2 * steps), destination);
        }
        EachLength();
        EachLength(); // the buffer has grown to the longest in the first round

        long before = GC.GetAllocatedBytesForCurrentThread();
        EachLength();

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(4)]
    public void A_batch_on_several_threads_allocates_nothing(int threads)
    {
        using var predictor = new SequencePredictor(TinyModel.Regression, new() { Threads = threads });
        float[] destination = new float[Count];

        Assert.AreEqual(0, LeastAllocated(() =>
        {
            predictor.PredictBatch(_sequences, destination);
            predictor.PredictBatch(_sequences.AsSpan(0, 12 * 77), destination.AsSpan(0, 77));
        }));
    }

    [TestMethod]
    public void A_ragged_batch_on_several_threads_allocates_nothing()
    {
        using var predictor = new SequencePredictor(TinyModel.Ragged, new() { Threads = 3 });
        var random = new Random(1);
        ReadOnlyMemory<float>[] sequences =
            [.. Enumerable.Range(0, Count).Select(_ => (ReadOnlyMemory<float>)_sequences.AsMemory(0, 2 * random.Next(0, 40)))];
        float[] destination = new float[Count];

        Assert.AreEqual(0, LeastAllocated(() => predictor.PredictRagged(sequences, destination)));
    }

    [TestMethod]
    public void A_prediction_engine_scores_without_allocating()
    {
        var ml = new Microsoft.ML.MLContext(1);
        using var transformer = new SequenceTransformer(TinyModel.Regression);
        using var engine = ml.Model.CreatePredictionEngine<WindowRow, ScoredWindow>(transformer);
        var row = WindowRow.Random(new Random(1));
        var result = new ScoredWindow();
        engine.Predict(row, ref result);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            engine.Predict(row, ref result);

        // ML.NET makes a string of the column passed through for each row; a score adds nothing to it.
        Assert.IsLessThan(100 * 100, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // The whole process is counted, in which the runtime itself allocates now and then: in one round of several it does not.
    private static long LeastAllocated(Action call)
    {
        call();
        long least = long.MaxValue;
        for (int round = 0; round < 20 && least > 0; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 10; i++)
                call();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least;
    }

    private static float[] Values(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }
}
