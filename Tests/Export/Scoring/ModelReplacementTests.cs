namespace MlNetRnn.Tests;

[TestClass]
public sealed class ModelReplacementTests
{
    private static readonly SequenceModel s_old = TinyModel.Regression;
    private static readonly SequenceModel s_new = TinyModel.Retrained(TinyModel.Regression);
    private static readonly float[] s_sequences = [.. Enumerable.Range(0, 150 * 12).Select(i => MathF.Sin(i))];

    [TestMethod]
    public void While_models_are_replaced_each_answer_is_wholly_of_one_of_them()
    {
        using var predictor = new SequencePredictor(s_old, new() { Threads = 2 });
        float[][] answers = [Answer(s_old), Answer(s_new)];
        Assert.AreNotEqual(answers[0][0], answers[1][0]);
        bool done = false;
        long calls = 0, wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 6).Select(t => new Thread(() =>
        {
            for (; !Volatile.Read(ref done); Interlocked.Increment(ref calls))
            {
                float[] answer = t % 2 == 0 ? predictor.PredictBatch(s_sequences) : predictor.Predict(s_sequences.AsSpan(0, 12));
                bool right = t % 2 == 0
                    ? answers.Any(a => answer.AsSpan().SequenceEqual(a.AsSpan(1)))
                    : answers.Any(a => answer[0] == a[0]);
                if (!right)
                    Interlocked.Increment(ref wrong);
            }
        }))];
        foreach (var thread in threads)
            thread.Start();

        for (int i = 1; i <= 20; i++)
        {
            predictor.Replace(i % 2 == 0 ? s_old : s_new);
            Assert.AreEqual(answers[i % 2][0], predictor.Predict(s_sequences.AsSpan(0, 12))[0], "the replacing thread sees the new one at once");
            Thread.Sleep(5);
        }
        Volatile.Write(ref done, true);
        foreach (var thread in threads)
            thread.Join();

        Assert.AreEqual(0, wrong);
        Assert.IsGreaterThan(20, calls);
    }

    [TestMethod]
    public void A_replaced_model_is_given_and_told_of()
    {
        using var predictor = new SequencePredictor(s_old);
        List<SequenceModel> told = [];
        predictor.ModelReplaced += (sender, _) => told.Add(((SequencePredictor)sender!).Model);

        predictor.Replace(s_new);

        Assert.AreSame(s_new, predictor.Model);
        Assert.AreSequenceEqual([s_new], told);
    }

    [TestMethod]
    public void A_model_of_another_shape_is_refused_and_the_current_one_stays()
    {
        using var predictor = new SequencePredictor(s_old);

        Fails.With<ArgumentException>(() => predictor.Replace(TinyModel.Forecasting), "'Forecast'", "'Score'", "6 steps");
        Fails.With<ArgumentException>(() => predictor.Replace(TinyModel.Ragged), "any number", "'Features'");
        Fails.With<ArgumentNullException>(() => predictor.Replace(null!), "model");

        Assert.AreSame(s_old, predictor.Model);
        Assert.AreEqual(Answer(s_old)[0], predictor.Predict(s_sequences.AsSpan(0, 12))[0]);
    }

    [TestMethod]
    public void A_model_that_takes_no_whole_sequences_is_refused_with_what_scores_it()
    {
        var model = StreamedModels.Fit("lstm");
        using var predictor = new SequencePredictor(model);
        var several = model.With(model.Manifest with { Inputs = [new("Shop", OnnxElementType.String, ["Shop"], [4, 1])] });

        Fails.With<ArgumentException>(() => predictor.Replace(model.AsStreaming()), "streaming form", "StreamingPredictor");
        Fails.With<NotSupportedException>(() => predictor.Replace(several), "'Shop'", "ApplyOnnxModel");

        Assert.AreSame(model, predictor.Model);
    }

    [TestMethod]
    public void Dispose_and_replacement_may_meet_calls_that_open_the_form_for_large_batches()
    {
        SequenceModel[] models = [TinyModel.Forecasting, TinyModel.Retrained(TinyModel.Forecasting)];
        float[] sequences = s_sequences[..(128 * 12)];
        float[][] answers = [.. models.Select(model =>
        {
            using var alone = new SequencePredictor(model, new() { Threads = 2 });
            return alone.PredictBatch(sequences);
        })];
        var failures = new System.Collections.Concurrent.ConcurrentBag<Exception>();
        int wrong = 0, refused = 0;
        for (int round = 0; round < 30; round++)
        {
            var predictor = new SequencePredictor(models[0], new() { Threads = 2 });
            using var start = new Barrier(6);
            void Until(Action<int> act)
            {
                start.SignalAndWait();
                try
                {
                    for (int i = 1; ; i++)
                        act(i);
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
                catch (Exception e)
                {
                    failures.Add(e);
                }
            }
            void Ask(int call)
            {
                float[] answer = predictor.PredictBatch(sequences);
                if (!answers.Any(a => a.AsSpan().SequenceEqual(answer)))
                    Interlocked.Increment(ref wrong);
            }
            void Replace(int call) => predictor.Replace(models[call % 2]);
            Thread[] threads = [.. new Action<int>[] { Ask, Ask, Ask, Ask, Replace }.Select(act => new Thread(() => Until(act)))];
            foreach (var thread in threads)
                thread.Start();
            start.SignalAndWait();
            Thread.Sleep(round % 10);

            predictor.Dispose();

            foreach (var thread in threads)
                Assert.IsTrue(thread.Join(TimeSpan.FromMinutes(1)));
        }
        Assert.IsEmpty(failures, string.Join(Environment.NewLine, failures));
        Assert.AreEqual((0, 30 * 5), (wrong, refused));
    }

    [TestMethod]
    public void A_disposed_predictor_takes_no_model()
    {
        var predictor = new SequencePredictor(s_old);
        predictor.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => predictor.Replace(s_new));
        Assert.AreSame(s_old, predictor.Model);
    }

    // The first sequence alone, then all of them.
    private static float[] Answer(SequenceModel model)
    {
        using var predictor = new SequencePredictor(model, new() { Threads = 2 });
        return [predictor.Predict(s_sequences.AsSpan(0, 12))[0], .. predictor.PredictBatch(s_sequences)];
    }
}
