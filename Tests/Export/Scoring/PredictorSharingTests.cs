namespace MlNetRnn.Tests;

/// <summary>One predictor, many threads.</summary>
[TestClass]
public sealed class PredictorSharingTests
{
    private const int Threads = 32;

    [TestMethod]
    public void Threads_that_share_predictors_get_right_answers_in_every_way_to_ask() => Share(TimeSpan.FromSeconds(2));

    [TestMethod, TestCategory("Long")]
    public void Threads_that_share_predictors_for_a_minute_get_right_answers() => Share(TimeSpan.FromMinutes(1));

    [TestMethod]
    public void Batches_are_scored_when_the_thread_pool_is_busy()
    {
        using var predictor = new SequencePredictor(TinyModel.Regression, new() { Threads = 4 });
        var answers = new Answers(new Random(1));
        using var release = new ManualResetEventSlim();
        int waiting = 200; // more than the pool has threads for a while
        for (int i = 0; i < 200; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                release.Wait();
                Interlocked.Decrement(ref waiting);
            }, null);
        }
        try
        {
            for (int i = 0; i < 20; i++)
                Assert.AreSequenceEqual(answers.Fixed, predictor.PredictBatch(answers.Sequences));
        }
        finally
        {
            release.Set();
        }
        Assert.IsTrue(SpinWait.SpinUntil(() => Volatile.Read(ref waiting) == 0, TimeSpan.FromMinutes(1)));
        for (int i = 0; i < 20; i++) // the helpers called before have come, too late
            Assert.AreSequenceEqual(answers.Fixed, predictor.PredictBatch(answers.Sequences));
    }

    [TestMethod]
    public void Calls_that_race_with_Dispose_finish_or_are_refused()
    {
        var answers = new Answers(new Random(1));
        for (int round = 0; round < 20; round++)
        {
            var predictor = new SequencePredictor(TinyModel.Regression, new() { Threads = 2 });
            using var started = new CountdownEvent(8);
            int wrong = 0, refused = 0;
            Thread[] threads = [.. Enumerable.Range(0, 8).Select(t => new Thread(() =>
            {
                started.Signal();
                try
                {
                    for (int i = t; ; i++)
                    {
                        bool right = t % 2 == 0
                            ? predictor.Predict(answers.Sequence(i % Answers.Count))[0] == answers.Single[i % Answers.Count]
                            : predictor.PredictBatch(answers.Sequences).AsSpan().SequenceEqual(answers.Fixed);
                        if (!right)
                            Interlocked.Increment(ref wrong);
                    }
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
            }))];
            foreach (var thread in threads)
                thread.Start();
            started.Wait();
            Thread.Sleep(round);

            predictor.Dispose();

            foreach (var thread in threads)
                Assert.IsTrue(thread.Join(TimeSpan.FromMinutes(1)));
            Assert.AreEqual((0, 8), (wrong, refused));
        }
    }

    [TestMethod]
    public void Predictors_that_nobody_disposes_are_collected_without_harm()
    {
        var answers = new Answers(new Random(1));
        for (int round = 0; round < 5; round++)
        {
            Forget(answers);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        using var predictor = new SequencePredictor(TinyModel.Regression);
        Assert.AreEqual(answers.Single[0], predictor.Predict(answers.Sequence(0))[0]);
    }

    private static void Forget(Answers answers)
    {
        for (int i = 0; i < 3; i++)
        {
            var predictor = new SequencePredictor(TinyModel.Regression, new() { Threads = 3 });
            predictor.PredictBatch(answers.Sequences);
            predictor.Predict(answers.Sequence(i));
        }
    }

    private static void Share(TimeSpan time)
    {
        using var fixedLength = new SequencePredictor(TinyModel.Regression, new() { Threads = 3 });
        using var ragged = new SequencePredictor(TinyModel.Ragged, new() { Threads = 3 });
        Answers[] answers = [.. Enumerable.Range(0, 4).Select(i => new Answers(new Random(i)))];
        long calls = 0, wrong = 0;
        var failures = new System.Collections.Concurrent.ConcurrentBag<Exception>();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            try
            {
                var random = new Random(t);
                var own = answers[t % answers.Length];
                for (; clock.Elapsed < time; Interlocked.Increment(ref calls))
                {
                    if (!own.AreGivenBy(fixedLength, ragged, random))
                        Interlocked.Increment(ref wrong);
                }
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();

        Assert.IsEmpty(failures, string.Join(Environment.NewLine, failures));
        Assert.AreEqual(0, wrong);
        Assert.IsGreaterThan(10 * Threads, calls);
    }

    /// <summary>Random questions and their answers, each as a predictor of one caller gives it.</summary>
    private sealed class Answers
    {
        public const int Count = 200;

        private readonly float[][] _ragged;
        private readonly float[] _raggedSingle;
        private readonly float[] _raggedBatch;

        public Answers(Random random)
        {
            Sequences = [.. Enumerable.Range(0, Count * 12).Select(_ => random.NextSingle())];
            _ragged = [.. Enumerable.Range(0, Count).Select(_ => RaggedRow.Random(random, 30).Features)];
            using var predictor = new SequencePredictor(TinyModel.Regression, new() { Threads = 3 });
            using var ragged = new SequencePredictor(TinyModel.Ragged, new() { Threads = 3 });
            Single = [.. Enumerable.Range(0, Count).Select(i => predictor.Predict(Sequence(i))[0])];
            Fixed = predictor.PredictBatch(Sequences);
            _raggedSingle = [.. _ragged.Select(sequence => ragged.Predict(sequence)[0])];
            _raggedBatch = ragged.PredictRagged([.. _ragged.Select(sequence => (ReadOnlyMemory<float>)sequence)]);
        }

        public float[] Sequences { get; }

        public float[] Single { get; }

        public float[] Fixed { get; }

        public ReadOnlySpan<float> Sequence(int index) => Sequences.AsSpan(12 * index, 12);

        public bool AreGivenBy(SequencePredictor fixedLength, SequencePredictor ragged, Random random)
        {
            int i = random.Next(Count);
            return random.Next(20) switch
            {
                0 => fixedLength.PredictBatch(Sequences).AsSpan().SequenceEqual(Fixed),
                1 => ragged.PredictRagged([.. _ragged.Select(s => (ReadOnlyMemory<float>)s)]).AsSpan().SequenceEqual(_raggedBatch),
                2 => Close(fixedLength.PredictBatch(Sequences.AsSpan(0, 12 * (i + 1))), Single),
                3 => Close(ragged.PredictRagged([.. _ragged.Take(i).Select(s => (ReadOnlyMemory<float>)s)]), _raggedSingle),
                < 12 => ragged.Predict(_ragged[i])[0] == _raggedSingle[i],
                _ => fixedLength.Predict(Sequence(i))[0] == Single[i],
            };
        }

        // Another size of batch may round otherwise; another row's answer is far from it.
        private static bool Close(float[] actual, float[] expected) => actual.Zip(expected).All(p => Math.Abs(p.First - p.Second) < 1e-5f);
    }
}
