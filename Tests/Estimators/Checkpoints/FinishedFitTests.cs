namespace MlNetRnn.Tests;

/// <summary>A checkpoint of training that has ended, or that was stopped in good order.</summary>
[TestClass]
public class FinishedFitTests
{
    [TestMethod]
    public void The_same_fit_gives_the_same_model_without_training()
    {
        using var fit = new BrokenFit();
        using var first = fit.Fit(Networks.Tiny);
        byte[] file = File.ReadAllBytes(fit.Path);
        int batches = 0;
        TrainingEndContext? end = null;

        using var again = fit.Fit(Networks.Tiny, new ActionCallback(_ => batches++) { Ended = e => end = e });

        Assert.AreEqual(0, batches);
        Assert.AreEqual((TrainingEndReason.LastEpoch, 2, 2), (end!.Reason, end.BestEpoch, end.History.Count));
        BrokenFit.AssertSame(first, again);
        Assert.AreSequenceEqual(first.History, again.History, "with the seconds of the first run");
        Assert.IsGreaterThanOrEqualTo(first.History.Sum(h => h.Seconds), again.Model.Manifest.Training.Seconds);
        Assert.AreSequenceEqual(file, File.ReadAllBytes(fit.Path));
    }

    [TestMethod]
    public void So_does_one_that_stopped_early()
    {
        using var fit = new BrokenFit { EveryEpochs = 100 };
        var options = Networks.Tiny.Train(t => t with { Epochs = 50, LearningRate = 1e-30, EarlyStopping = new() { Patience = 2 } });
        using var first = fit.Fit(options);
        TrainingEndReason? reason = null;
        int batches = 0;

        using var again = fit.Fit(options.Train(t => t with { Epochs = 70 }), new ActionCallback(_ => batches++) { Ended = e => reason = e.Reason });

        Assert.AreEqual((0, TrainingEndReason.EarlyStopping), (batches, reason!.Value));
        BrokenFit.AssertSame(first, again);
    }

    [TestMethod]
    public void More_epochs_go_on_from_the_last_one()
    {
        foreach (var schedule in new LearningRateSchedule?[] { null, new StepSchedule { Epochs = 1 }, new WarmUpSchedule { Epochs = 1.5 } })
        {
            using var fit = new BrokenFit { EveryEpochs = 3 };
            var options = Networks.Tiny.Train(t => t with { Epochs = 5, Schedule = schedule });
            using var unbroken = fit.FitUnbroken(options);
            using var three = fit.Fit(options.Train(t => t with { Epochs = 2 }));
            using var five = fit.Fit(options);
            BrokenFit.AssertSame(unbroken, five);
        }
    }

    [TestMethod]
    public void More_epochs_are_refused_where_the_schedule_depends_on_them()
    {
        using var fit = new BrokenFit();
        var options = Networks.Tiny.Train(t => t with { Schedule = new CosineSchedule() });
        using var first = fit.Fit(options);
        Fails.With<InvalidOperationException>(
            () => fit.Fit(options.Train(t => t with { Epochs = 3 })), "Training.Schedule is CosineSchedule", "with 3 epochs", "10 steps", "Delete the file");
    }

    [TestMethod]
    public void Fewer_epochs_than_were_trained_are_refused()
    {
        using var fit = new BrokenFit();
        using var first = fit.Fit(Networks.Tiny);
        Fails.With<InvalidOperationException>(
            () => fit.Fit(Networks.Tiny.Train(t => t with { Epochs = 1 })), "Training.Epochs is 1, fewer than the 2 epochs that were trained");
    }

    [TestMethod]
    public void What_a_callback_stops_after_an_epoch_is_kept_whatever_the_interval()
    {
        using var fit = new BrokenFit { EveryEpochs = 100 };
        var options = Networks.Tiny.Train(t => t with { Epochs = 5 });
        using var unbroken = fit.FitUnbroken(options);
        using var stopped = fit.Fit(options, TrainingCallback.EachEpoch(e => { if (e.Metrics.Epoch == 3) e.Stop(); }));
        Assert.HasCount(3, stopped.History);
        int completed = 0;
        using var resumed = fit.Fit(options, new ActionCallback { Started = s => completed = s.CompletedEpochs });
        Assert.AreEqual(3, completed);
        BrokenFit.AssertSame(unbroken, resumed);
    }

    [TestMethod]
    public void Cancelled_after_an_epoch_it_goes_on_from_there()
    {
        using var fit = new BrokenFit { EveryEpochs = 100 };
        var options = Networks.Tiny.Train(t => t with { Epochs = 5 });
        using var unbroken = fit.FitUnbroken(options);
        using var cancellation = new CancellationTokenSource();
        using var cancelled = fit.Fit(
            options.Train(t => t with { CancellationToken = cancellation.Token }),
            TrainingCallback.EachEpoch(e => { if (e.Metrics.Epoch == 2) cancellation.Cancel(); }));
        Assert.HasCount(2, cancelled.History);
        using var resumed = fit.Fit(options);
        BrokenFit.AssertSame(unbroken, resumed);
    }

    [TestMethod]
    public void Cancelled_within_an_epoch_it_goes_on_from_the_one_before()
    {
        using var fit = new BrokenFit();
        var options = Networks.Tiny.Train(t => t with { Epochs = 5 });
        using var unbroken = fit.FitUnbroken(options);
        using var cancellation = new CancellationTokenSource();
        using var cancelled = fit.Fit(
            options.Train(t => t with { CancellationToken = cancellation.Token }),
            new ActionCallback(b => { if (b is { Epoch: 3, Batch: 2 }) cancellation.Cancel(); }));
        int completed = 0;
        using var resumed = fit.Fit(options, new ActionCallback { Started = s => completed = s.CompletedEpochs });
        Assert.AreEqual(2, completed);
        BrokenFit.AssertSame(unbroken, resumed);
    }

    [TestMethod]
    public void A_run_that_goes_on_and_is_cancelled_at_once_gives_the_model_of_the_checkpoint()
    {
        using var fit = new BrokenFit();
        var options = Networks.Tiny.Train(t => t with { Epochs = 5 });
        fit.BreakOff(options, epoch: 3);
        using var two = fit.FitUnbroken(options.Train(t => t with { Epochs = 2 }));
        using var cancelled = fit.Fit(options, new ActionCallback { Started = s => s.Stop() });
        BrokenFit.AssertSame(two, cancelled);
    }

    [TestMethod]
    public void A_callback_that_threw_is_told_of_the_epoch_again()
    {
        using var fit = new BrokenFit();
        var options = Networks.Tiny.Train(t => t with { Epochs = 4 });
        var told = new List<int>();
        bool throws = true;
        var callback = TrainingCallback.EachEpoch(e =>
        {
            told.Add(e.Metrics.Epoch);
            if (throws && e.Metrics.Epoch == 2)
                throw new NotSupportedException();
        });
        Assert.ThrowsExactly<RecurrentTrainingException>(() => fit.Fit(options, callback)).Transformer!.Dispose();
        throws = false;
        using var resumed = fit.Fit(options, callback);
        Assert.AreSequenceEqual([1, 2, 2, 3, 4], told);
    }

    [TestMethod]
    public void Where_it_cannot_be_written_training_ends_with_the_best_model_so_far()
    {
        using var fit = new BrokenFit();
        var options = Networks.Tiny.Train(t => t with { Epochs = 5 });
        using var two = fit.FitUnbroken(options.Train(t => t with { Epochs = 2 }));
        var e = Assert.ThrowsExactly<RecurrentTrainingException>(() => fit.Fit(options, TrainingCallback.EachEpoch(e =>
        {
            if (e.Metrics.Epoch == 2)
                Directory.Delete(fit.Folder.Path, recursive: true);
        })));
        Directory.CreateDirectory(fit.Folder.Path);
        Assert.Contains("Training.Checkpoint could not be written after epoch 2", e.Message);
        Assert.Contains(fit.Path, e.Message);
        Assert.IsInstanceOfType<IOException>(e.InnerException);
        BrokenFit.AssertSame(two, e.Transformer!);
    }
}
