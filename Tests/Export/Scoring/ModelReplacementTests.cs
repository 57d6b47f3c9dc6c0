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
