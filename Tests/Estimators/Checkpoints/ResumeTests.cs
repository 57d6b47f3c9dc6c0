using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Training that is broken off and taken up again comes to the model of an unbroken run, bit for bit.</summary>
[TestClass]
public class ResumeTests
{
    // All that has a state of its own: dropout of every kind, normalisation, best weights, plateaus.
    private static readonly RecurrentOptions Full = new()
    {
        HiddenSizes = [5, 4],
        DenseSizes = [3],
        Dropout = 0.2,
        InputDropout = 0.1,
        RecurrentDropout = 0.2,
        LayerNormalization = true,
        Training = new()
        {
            Epochs = 6,
            BatchSize = 8,
            Seed = 1,
            LearningRate = 0.02,
            EarlyStopping = new() { Patience = 4 },
            ReduceLearningRate = new() { Patience = 1, Factor = 0.5 },
        },
    };

    public static IEnumerable<object[]> Networks =>
        from cell in new[] { "rnn", "lstm", "gru", "min-gru" }
        from bidirectional in new[] { false, true }
        select new object[] { cell, bidirectional };

    [TestMethod, DynamicData(nameof(Networks))]
    public void With_every_cell(string cell, bool bidirectional) =>
        Check(CellOf(cell) with { Bidirectional = bidirectional }, 4);

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(6)]
    public void In_every_epoch(int epoch) => Check(Full, epoch);

    [TestMethod]
    public void Again_and_again() => Check(Full, 2, 3, 3, 5, 6);

    [TestMethod]
    [DataRow(Optimizer.Adam)]
    [DataRow(Optimizer.AdamW)]
    [DataRow(Optimizer.RmsProp)]
    [DataRow(Optimizer.Sgd)]
    public void With_every_optimizer(Optimizer optimizer) => Check(Full.Train(t => t with { Optimizer = optimizer, WeightDecay = 0.01 }), 4);

    [TestMethod]
    public void With_every_schedule()
    {
        var warm = new WarmUpSchedule { Epochs = 2.5, Then = new CosineSchedule() };
        foreach (var schedule in new LearningRateSchedule[] { new StepSchedule { Epochs = 2 }, new CosineSchedule(), new OneCycleSchedule(), warm })
            Check(Full.Train(t => t with { Schedule = schedule, ReduceLearningRate = null }), 3);
    }

    [TestMethod]
    public void Where_a_plateau_lowers_the_rate_after_it_was_taken_up()
    {
        var options = Full.Train(t => t with { Epochs = 12, LearningRate = 0.1, EarlyStopping = null, ReduceLearningRate = new() { Patience = 3 } });
        using var model = Check(options, 3, 5, 7);
        Assert.IsLessThan(0.1, model.History[^1].LearningRate, "it should have been lowered");
        Assert.AreEqual(0.1, model.History[2].LearningRate);
    }

    [TestMethod]
    public void Where_early_stopping_ends_it_after_it_was_taken_up()
    {
        // too high a rate: an early epoch is the best one
        var options = Full.Train(t => t with { Epochs = 60, LearningRate = 0.2, EarlyStopping = new() { Patience = 5 }, ReduceLearningRate = null });
        using var unbroken = new BrokenFit().FitUnbroken(options);
        int best = unbroken.Model.Manifest.Training.BestEpoch;
        Assert.AreEqual(best + 5, unbroken.History.Count, "it should stop early");
        using var model = Check(options, best + 1, best + 3);
    }

    [TestMethod]
    public void Without_validation() => Check(Full.Train(t => t with { ValidationFraction = 0 }), 4);

    [TestMethod]
    public void With_all_epochs_kept() => Check(Full.Train(t => t with { EarlyStopping = null }), 4);

    [TestMethod]
    public void With_validation_data()
    {
        using var fit = new BrokenFit { Validation = () => Examples.Random(12, seed: 5).View(new MLContext()) };
        Check(fit, Full, [4]);
    }

    [TestMethod]
    public void From_an_initial_model()
    {
        using var initial = new BrokenFit().FitUnbroken(Full.Train(t => t with { Seed = 7, Epochs = 2 }));
        using var fit = new BrokenFit { InitialModel = initial.Model };
        Check(fit, Full, [4]);
    }

    [TestMethod]
    public void With_data_that_is_read_anew_each_epoch() => Check(Full.Train(t => t with { ShuffleBufferSize = 10 }), 2, 4);

    [TestMethod]
    public void With_streamed_validation_data()
    {
        using var fit = new BrokenFit { Validation = () => Examples.Random(12, seed: 5).View(new MLContext()) };
        Check(fit, Full.Train(t => t with { ShuffleBufferSize = 10 }), [4]);
    }

    [TestMethod]
    public void With_several_threads() => Check(Full.Train(t => t with { Threads = 3 }), 3);

    [TestMethod]
    public void With_sequences_of_their_own_lengths()
    {
        using var fit = new BrokenFit { Training = () => new MLContext().Data.LoadFromEnumerable(Ragged()) };
        Check(fit, Full with { Cell = RecurrentCell.Gru, Bidirectional = true }, [4]);
    }

    [TestMethod]
    public void With_labels_of_several_steps_some_unknown()
    {
        var examples = Examples.Random(40, labelSize: 3).WithLabels((i, label) => i % 5 == 0 ? [label[0], float.NaN, label[2]] : label);
        using var fit = new BrokenFit
        {
            Training = () => examples.View(new MLContext()),
            Trainer = (ml, o) => ml.Forecasting.ForecastByRecurrent("Forecast", "Features", "Label", o),
        };
        Check(fit, Full, [4]);
    }

    [TestMethod]
    public void Where_a_batch_is_the_whole_data() => CheckAtBatch(1, Full.Train(t => t with { BatchSize = 36 }), 4);

    [TestMethod]
    public void From_the_last_of_every_second_epoch()
    {
        using var fit = new BrokenFit { EveryEpochs = 2 };
        using var unbroken = fit.FitUnbroken(Full);
        fit.BreakOff(Full, epoch: 4);
        var epochs = new List<int>();
        using var resumed = fit.Fit(Full, TrainingCallback.EachEpoch(e => epochs.Add(e.Metrics.Epoch)));
        Assert.AreSequenceEqual([3, 4, 5, 6], epochs);
        BrokenFit.AssertSame(unbroken, resumed);
    }

    [TestMethod]
    public void With_the_seed_of_the_run_before_where_none_is_given()
    {
        using var fit = new BrokenFit();
        var unseeded = Full.Train(t => t with { Seed = null });
        fit.BreakOff(unseeded, epoch: 3);
        using var resumed = fit.Fit(unseeded);
        int seed = resumed.Model.Manifest.Training.Seed;
        using var unbroken = fit.FitUnbroken(Full.Train(t => t with { Seed = seed }));
        BrokenFit.AssertSame(unbroken, resumed);
    }

    [TestMethod]
    public void Writing_checkpoints_changes_nothing()
    {
        using var fit = new BrokenFit();
        using var unbroken = fit.FitUnbroken(Full);
        using var kept = fit.Fit(Full);
        BrokenFit.AssertSame(unbroken, kept);
    }

    private static RecurrentOptions CellOf(string cell) => cell == "min-gru" // which has no recurrent weights
        ? Full with { Cell = new MinGruCell(), RecurrentDropout = 0 }
        : Full with { Cell = Tests.Networks.Cell(cell) };

    private static SequenceTransformer Check(RecurrentOptions options, params int[] epochs) => CheckAtBatch(2, options, epochs);

    private static SequenceTransformer CheckAtBatch(int batch, RecurrentOptions options, params int[] epochs)
    {
        using var fit = new BrokenFit();
        return Check(fit, options, epochs, batch);
    }

    private static SequenceTransformer Check(BrokenFit fit, RecurrentOptions options, int[] epochs, int batch = 2)
    {
        using var unbroken = fit.FitUnbroken(options);
        foreach (int epoch in epochs)
            fit.BreakOff(options, epoch, batch);
        int completed = -1;
        var resumed = fit.Fit(options, new ActionCallback { Started = s => completed = s.CompletedEpochs });
        Assert.AreEqual(epochs[^1] - 1, completed, "where it was taken up");
        BrokenFit.AssertSame(unbroken, resumed);
        return resumed;
    }

    private static IEnumerable<Row> Ragged()
    {
        var random = new Random(4);
        for (int i = 0; i < 40; i++)
            yield return new Row { Features = [.. Enumerable.Range(0, 2 * random.Next(1, 9)).Select(_ => random.NextSingle())], Label = random.NextSingle() };
    }

    private sealed class Row
    {
        [VectorType(0, 2)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
