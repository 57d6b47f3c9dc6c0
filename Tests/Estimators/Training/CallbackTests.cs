using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Callbacks are told what happens, may stop training, and cannot lose the model.</summary>
[TestClass]
public class CallbackTests
{
    private static readonly Examples Data = Examples.Random(40); // 36 train in batches of 8, 8, 8, 8, 4; 4 validate

    [TestMethod]
    public void All_that_happens_is_told_in_order_on_the_training_thread()
    {
        var told = new List<string>();
        int thread = Environment.CurrentManagedThreadId, elsewhere = 0;
        void Tell(string what)
        {
            told.Add(what);
            elsewhere += Environment.CurrentManagedThreadId == thread ? 0 : 1;
        }

        var callback = new ActionCallback(b => Tell($"batch {b.Epoch}.{b.Batch}/{b.BatchesPerEpoch}"))
        {
            Started = s => Tell($"start {s.Epochs} {s.BatchesPerEpoch} {s.TrainingSequences} {s.ValidationSequences}"),
            EpochEnded = e => Tell($"epoch {e.Metrics.Epoch}/{e.Epochs} best {e.BestEpoch}"),
            Ended = e => Tell($"end {e.Reason} {e.History.Count} {e.BestEpoch}"),
        };
        var progress = new RecordedProgress(_ => Tell("progress"));
        using var model = Fit(t => t with { Epochs = 2, Progress = progress, Callbacks = [callback, TrainingCallback.EachEpoch(_ => Tell("second"))] });
        Assert.AreSequenceEqual(
            [
                "start 2 5 36 4",
                "batch 1.1/5", "batch 1.2/5", "batch 1.3/5", "batch 1.4/5", "batch 1.5/5", "progress", "epoch 1/2 best 1", "second",
                "batch 2.1/5", "batch 2.2/5", "batch 2.3/5", "batch 2.4/5", "batch 2.5/5", "progress", "epoch 2/2 best 2", "second",
                "end LastEpoch 2 2",
            ], told);
        Assert.AreEqual(0, elsewhere);
    }

    [TestMethod]
    public void Epochs_are_told_as_they_stand_in_the_history()
    {
        var epochs = new List<EpochMetrics>();
        using var model = Fit(t => t with { Callbacks = [TrainingCallback.EachEpoch(e => epochs.Add(e.Metrics))] });
        Assert.AreSequenceEqual(model.History, epochs);
    }

    [TestMethod]
    public void Losses_of_the_batches_average_to_the_loss_of_the_epoch()
    {
        double sum = 0;
        int[] sizes = [8, 8, 8, 8, 4];
        using var model = Fit(t => t with { Epochs = 1, Callbacks = [new ActionCallback(b => sum += b.Loss * sizes[b.Batch - 1])] });
        Assert.AreEqual(model.History[0].TrainingLoss, sum / 36, 1e-6);
    }

    [TestMethod]
    public void A_loss_is_read_during_its_batch_or_never()
    {
        var batches = new List<BatchEndContext>();
        double first = 0;
        var callback = new ActionCallback(b =>
        {
            if (batches.Count == 0)
                first = b.Loss;
            batches.Add(b);
        });
        using var model = Fit(t => t with { Epochs = 1, Callbacks = [callback] });
        Assert.AreEqual(first, batches[0].Loss, "read once, kept");
        Fails.With<InvalidOperationException>(() => _ = batches[1].Loss, "only while OnBatchEnd runs");
    }

    [TestMethod]
    public void A_model_made_after_an_epoch_has_that_epochs_weights_and_stays()
    {
        var models = new List<SequenceModel>();
        var contexts = new List<EpochEndContext>();
        using var model = Fit(t => t with
        {
            Epochs = 3,
            EarlyStopping = null,
            Callbacks = [TrainingCallback.EachEpoch(e =>
            {
                models.Add(e.CreateModel());
                contexts.Add(e);
            })],
        });
        using var first = Fit(t => t with { Epochs = 1, EarlyStopping = null });

        Assert.AreSequenceEqual(ModelWeights.Of(first), ModelWeights.Of(models[0]));
        Assert.AreSequenceEqual(ModelWeights.Of(model), ModelWeights.Of(models[2]));
        Assert.IsFalse(ModelWeights.Of(models[0]).SequenceEqual(ModelWeights.Of(models[1])));
        Assert.AreSequenceEqual(new[] { 1, 2, 3 }, models.Select(m => m.Manifest.Training.BestEpoch));
        using var predictor = new SequencePredictor(models[2]);
        using var expected = new SequencePredictor(model.Model);
        float[] sequence = new float[predictor.SequenceSize];
        Assert.AreSequenceEqual(expected.Predict(sequence), predictor.Predict(sequence));
        Fails.With<InvalidOperationException>(() => contexts[0].CreateModel(), "only while OnEpochEnd runs");
    }

    [TestMethod]
    public void Watching_changes_nothing()
    {
        using var plain = Fit(t => t);
        using var watched = Fit(t => t with { Callbacks = [new ActionCallback(b => _ = b.Loss)] });
        Assert.AreSequenceEqual(Data.Score(plain), Data.Score(watched));
    }

    [TestMethod]
    public void Stopping_after_the_second_epoch_gives_two_epochs()
    {
        TrainingEndReason? reason = null;
        var callback = new ActionCallback
        {
            EpochEnded = e =>
            {
                if (e.Metrics.Epoch == 2)
                    e.Stop();
            },
            Ended = e => reason = e.Reason,
        };
        using var stopped = Fit(t => t with { Epochs = 50, Callbacks = [callback] });
        using var two = Fit(t => t with { Epochs = 2 });
        Assert.HasCount(2, stopped.History);
        Assert.AreEqual(TrainingEndReason.StoppedByCallback, reason);
        Assert.AreSequenceEqual(Data.Score(two), Data.Score(stopped));
    }

    [TestMethod]
    public void Stopping_within_an_epoch_keeps_the_epoch_before()
    {
        int batches = 0;
        var callback = new ActionCallback(b =>
        {
            batches++;
            if (b is { Epoch: 3, Batch: 2 })
                b.Stop();
        });
        using var stopped = Fit(t => t with { Epochs = 50, Callbacks = [callback] });
        using var two = Fit(t => t with { Epochs = 2 });
        Assert.AreEqual(12, batches, "no batch after the one that stopped");
        Assert.AreEqual(2, stopped.Model.Manifest.Training.BestEpoch);
        Assert.AreSequenceEqual(Data.Score(two), Data.Score(stopped));
    }

    [TestMethod]
    public void Stopping_restores_the_best_epoch()
    {
        // too high a rate: the first epochs are better than later ones
        using var model = Fit(t => t with
        {
            Epochs = 50,
            LearningRate = 0.1,
            EarlyStopping = new() { Patience = 50 },
            Callbacks = [TrainingCallback.EachEpoch(e => { if (e.Metrics.Epoch - e.BestEpoch == 3) e.Stop(); })],
        });
        int best = model.History.MinBy(h => h.ValidationLoss)!.Epoch;
        Assert.AreEqual(best + 3, model.History.Count);
        Assert.AreEqual(best, model.Model.Manifest.Training.BestEpoch);
    }

    [TestMethod]
    public void Stopping_before_the_first_epoch_ended_leaves_no_model()
    {
        foreach (var callback in new[] { new ActionCallback { Started = s => s.Stop() }, new ActionCallback(b => b.Stop()) })
        {
            var e = Assert.ThrowsExactly<RecurrentTrainingException>(() => Fit(t => t with { Callbacks = [callback] }));
            Assert.IsNull(e.Transformer);
            Assert.IsNull(e.InnerException);
            Assert.Contains("A callback stopped training before its first epoch ended", e.Message);
        }
    }

    [TestMethod]
    public void The_reason_of_an_early_stop_is_told()
    {
        TrainingEndReason? reason = null;
        using var model = Fit(t => t with
        {
            Epochs = 50,
            LearningRate = 1e-30,
            EarlyStopping = new() { Patience = 2 },
            Callbacks = [new ActionCallback { Ended = e => reason = e.Reason }],
        });
        Assert.AreEqual(TrainingEndReason.EarlyStopping, reason);
    }

    [TestMethod]
    public void A_callback_that_throws_after_an_epoch_ends_training_with_the_best_model()
    {
        var thrown = new NotSupportedException("no more");
        bool ended = false, later = false;
        var e = Throws(
            new ActionCallback { EpochEnded = e => { if (e.Metrics.Epoch == 2) throw thrown; }, Ended = _ => ended = true },
            new ActionCallback { EpochEnded = e => later = e.Metrics.Epoch == 2 });
        Assert.AreSame(thrown, e.InnerException);
        Assert.Contains("The callback ActionCallback threw NotSupportedException after epoch 2: no more", e.Message);
        Assert.Contains("holds epoch 2,", e.Message);
        Assert.HasCount(2, e.Transformer!.History);
        Assert.IsFalse(ended, "that was no orderly end");
        Assert.IsFalse(later, "nor is the next callback told");
        using var two = Fit(t => t with { Epochs = 2 });
        Assert.AreSequenceEqual(Data.Score(two), Data.Score(e.Transformer));
    }

    [TestMethod]
    public void A_callback_that_throws_after_a_batch_ends_training_with_the_epoch_before()
    {
        var e = Throws(new ActionCallback(b => { if (b is { Epoch: 2, Batch: 3 }) throw new NotSupportedException(); }));
        Assert.Contains("after batch 3 of epoch 2", e.Message);
        Assert.AreEqual(1, e.Transformer!.Model.Manifest.Training.BestEpoch);
        using var one = Fit(t => t with { Epochs = 1 });
        Assert.AreSequenceEqual(Data.Score(one), Data.Score(e.Transformer));
    }

    [TestMethod]
    public void A_callback_that_throws_before_an_epoch_ended_says_that_there_is_no_model()
    {
        var start = Throws(new ActionCallback { Started = _ => throw new NotSupportedException() });
        var batch = Throws(new ActionCallback(_ => throw new NotSupportedException()));
        Assert.Contains("at the start of training", start.Message);
        foreach (var e in new[] { start, batch })
        {
            Assert.IsNull(e.Transformer);
            Assert.IsInstanceOfType<NotSupportedException>(e.InnerException);
            Assert.Contains("No epoch ended before, so there is no model", e.Message);
        }
    }

    [TestMethod]
    public void A_callback_that_throws_at_the_end_does_not_lose_the_model()
    {
        var e = Throws(new ActionCallback { Ended = _ => throw new NotSupportedException() });
        Assert.Contains("at the end of training", e.Message);
        Assert.HasCount(4, e.Transformer!.History);
    }

    private static RecurrentTrainingException Throws(params TrainingCallback[] callbacks) =>
        Assert.ThrowsExactly<RecurrentTrainingException>(() => Fit(t => t with { Epochs = 4, Callbacks = [.. callbacks] }));

    private static SequenceTransformer Fit(Func<TrainingOptions, TrainingOptions> change)
    {
        var ml = new MLContext();
        return ml.Regression.Trainers.Recurrent(Networks.Tiny.Train(change)).Fit(Data.View(ml));
    }
}
