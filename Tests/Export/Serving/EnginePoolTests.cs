using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>One loaded model behind many threads, as ML.NET's PredictionEnginePool serves it: a pool of prediction engines.</summary>
[TestClass]
public sealed class EnginePoolTests
{
    private const int Threads = 8;

    private readonly MLContext _ml = new(1);
    private readonly ITransformer _model;

    public EnginePoolTests()
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(Readings.Model(_ml), _ml.Data.LoadFromEnumerable(Readings.Random(1, 1)).Schema, stream);
        stream.Position = 0;
        _model = _ml.Model.Load(stream, out _);
    }

    [TestMethod]
    public void Engines_of_a_pool_give_every_thread_the_scores_of_one_engine()
    {
        WindowRow[] windows = [.. Enumerable.Range(0, 50).Select(i => WindowRow.Random(new Random(i)))];
        var policy = new Policy(_ml, _model.WithoutWindowing());
        using var alone = policy.Create();
        float[] expected = [.. windows.Select(w => alone.Predict(w).Score)];
        policy.Created = 0;
        // Fewer are kept than are in use: the pool disposes of engines all the time while others predict.
        var pool = new DefaultObjectPoolProvider { MaximumRetained = 2 }.Create(policy);

        int wrong = 0;
        using var together = new Barrier(Threads);
        OnThreads(thread =>
        {
            for (int i = 0; i < 1000; i++)
            {
                int at = ((37 * thread) + i) % windows.Length;
                var engine = pool.Get();
                if (i % 50 == 0)
                    Meet(together); // every thread holds an engine …
                if (engine.Predict(windows[at]).Score != expected[at])
                    Interlocked.Increment(ref wrong);
                pool.Return(engine);
                if (i % 50 == 25)
                    Meet(together); // … none does
            }
        });
        (pool as IDisposable)?.Dispose();

        Assert.AreEqual(0, wrong);
        Assert.IsGreaterThan(5 * Threads, policy.Created, "few engines were disposed of while others were in use");
        Assert.AreEqual(expected[0], alone.Predict(windows[0]).Score);
    }

    [TestMethod]
    public void Sequence_engines_of_one_model_do_not_disturb_each_other()
    {
        var expected = new Dictionary<int, Prediction>[Threads];
        for (int thread = 0; thread < Threads; thread++)
            expected[thread] = Readings.Transformed(_ml, _model, Readings.Contiguous(Rows(thread), "Text"));

        var actual = new Dictionary<int, Prediction>[Threads];
        OnThreads(thread =>
        {
            for (int round = 0; round < 3; round++)
            {
                using var engine = _model.CreateSequenceEngine<Reading, Prediction>(_ml); // disposed while others work
                actual[thread] = Readings.Pushed(engine, Rows(thread));
            }
        });

        for (int thread = 0; thread < Threads; thread++)
        {
            Assert.AreEqual(expected[thread].Count, actual[thread].Count);
            Readings.AreEqual(expected[thread], actual[thread]);
        }
    }

    private static void Meet(Barrier together) =>
        Assert.IsTrue(together.SignalAndWait(TimeSpan.FromMinutes(1)), "a thread has gone");

    private static Reading[] Rows(int seed) => Readings.Random(seed, 300);

    private static void OnThreads(Action<int> work)
    {
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            try
            {
                work(t);
            }
            catch (Exception e)
            {
                Volatile.Write(ref failure, e);
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (failure is not null)
            throw new AssertFailedException("a thread failed", failure);
    }

    private sealed class Policy(MLContext ml, ITransformer model) : PooledObjectPolicy<PredictionEngine<WindowRow, ScoredWindow>>
    {
        private int _created;

        public int Created { get => _created; set => _created = value; }

        public override PredictionEngine<WindowRow, ScoredWindow> Create()
        {
            Interlocked.Increment(ref _created);
            return ml.Model.CreatePredictionEngine<WindowRow, ScoredWindow>(model);
        }

        public override bool Return(PredictionEngine<WindowRow, ScoredWindow> obj) => true;
    }
}
