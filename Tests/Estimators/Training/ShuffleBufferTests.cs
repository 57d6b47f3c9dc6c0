using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Training through a shuffle buffer, from data that is read anew each epoch.</summary>
[TestClass]
public class ShuffleBufferTests
{
    private static readonly MLContext Ml = new(1);
    private static readonly Examples Data = Examples.Random(60);

    private static readonly RecurrentOptions Options = (Networks.Tiny with { Dropout = 0.1 }).Train(t => t with
    {
        Epochs = 3,
        LearningRate = 0.02,
        ValidationFraction = 0.2,
        ShuffleBufferSize = 16,
    });

    [TestMethod]
    public void The_same_seed_gives_the_same_model()
    {
        using var first = Fit(Options, Data);
        using var second = Fit(Options, Data);
        using var other = Fit(Options.Train(t => t with { Seed = 2 }), Data);
        Assert.AreSequenceEqual(Data.Score(first), Data.Score(second));
        Assert.AreSequenceEqual(first.History.Select(h => h with { Seconds = 0 }), second.History.Select(h => h with { Seconds = 0 }));
        Assert.AreNotEqual(first.History[0].TrainingLoss, other.History[0].TrainingLoss);
    }

    [TestMethod]
    public void It_learns_as_from_memory()
    {
        var windows = Examples.Windows(Series.NoisySine(600), steps: 12);
        var options = new RecurrentOptions
        {
            Cell = RecurrentCell.Gru,
            HiddenSizes = [12],
            DenseSizes = [],
            Dropout = 0,
            Training = new() { Epochs = 10, LearningRate = 0.01, Seed = 1 },
        };
        using var stored = Fit(options, windows);
        using var streamed = Fit(options.Train(t => t with { ShuffleBufferSize = 200 }), windows);
        var (a, b) = (stored.Model.Manifest, streamed.Model.Manifest);
        Assert.AreEqual((a.Training.TrainingSequences, a.Training.ValidationSequences), (b.Training.TrainingSequences, b.Training.ValidationSequences));
        Assert.AreSequenceEqual(a.Scaling.FeatureMeans, b.Scaling.FeatureMeans);
        Assert.AreSequenceEqual(a.Scaling.FeatureScales, b.Scaling.FeatureScales);
        double from = windows.MeanSquaredError(stored), to = windows.MeanSquaredError(streamed);
        Assert.IsInRange(0.8 * from, 1.25 * from, to);
        Assert.AreNotEqual(from, to, "the order is another");
        Assert.IsLessThan(1e-5, b.Training.OnnxMaxAbsDiff);
    }

    [TestMethod]
    public void Where_order_does_not_matter_the_model_is_that_of_memory()
    {
        // one batch of all, no dropout: only sums are taken in another order
        var options = (Options with { Dropout = 0 }).Train(t => t with { BatchSize = 48, ShuffleBufferSize = 48 });
        using var stored = Fit(options.Train(t => t with { ShuffleBufferSize = null }), Data);
        using var streamed = Fit(options, Data);
        Assert.IsLessThan(1e-5, Difference.Max(Data.Score(stored), Data.Score(streamed)));
        foreach (var (a, b) in stored.History.Zip(streamed.History))
        {
            Assert.AreEqual(a.TrainingLoss, b.TrainingLoss, 1e-5);
            Assert.AreEqual(a.ValidationLoss!.Value, b.ValidationLoss!.Value, 1e-5);
        }
    }

    [TestMethod]
    public void Data_of_its_own_validates()
    {
        var options = (Options with { Dropout = 0 }).Train(t => t with { BatchSize = 40, ShuffleBufferSize = 40 });
        using var stored = Fit(options.Train(t => t with { ShuffleBufferSize = null }), Data.Slice(..40), Data.Slice(40..));
        using var streamed = Fit(options, Data.Slice(..40), Data.Slice(40..));
        Assert.AreEqual(20, streamed.Model.Manifest.Training.ValidationSequences);
        Assert.IsLessThan(1e-5, Difference.Max(Data.Score(stored), Data.Score(streamed)));
        Assert.AreEqual(stored.History[2].ValidationLoss!.Value, streamed.History[2].ValidationLoss!.Value, 1e-5);
    }

    [TestMethod]
    public void It_goes_on_from_a_model_with_its_scaling()
    {
        using var first = Fit(Options, Data);
        var standing = Options.Train(t => t with { Epochs = 1, LearningRate = 1e-12 });
        using var second = Ml.Regression.Trainers.Recurrent(standing).Fit(Examples.Random(60, seed: 9).View(Ml), initialModel: first.Model);
        Assert.IsLessThan(1e-6, Difference.Max(Data.Score(first), Data.Score(second)));
        Assert.AreSequenceEqual(first.Model.Manifest.Scaling.FeatureMeans, second.Model.Manifest.Scaling.FeatureMeans);
    }

    [TestMethod]
    public void Sequences_may_grow_longer_while_they_are_streamed()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(1, 60).Select(i => new RaggedRow
        {
            Features = [.. Enumerable.Range(0, 2 * (1 + i / 4)).Select(_ => random.NextSingle())],
            Label = i % 7 == 0 ? float.NaN : i,
        }).ToArray();
        var options = (Options with { Dropout = 0 }).Train(t => t with { BatchSize = 42, ShuffleBufferSize = 42 });
        using var stored = Ml.Regression.Trainers.Recurrent(options.Train(t => t with { ShuffleBufferSize = null })).Fit(Ml.Data.LoadFromEnumerable(rows));
        using var streamed = Ml.Regression.Trainers.Recurrent(options).Fit(Ml.Data.LoadFromEnumerable(rows));
        using var small = Ml.Regression.Trainers.Recurrent(options.Train(t => t with { BatchSize = 4, ShuffleBufferSize = 4 }))
            .Fit(Ml.Data.LoadFromEnumerable(rows));
        float[] Score(ITransformer model) => [.. model.Transform(Ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];
        Assert.IsLessThan(1e-3, Difference.Max(Score(stored), Score(streamed)));
        Assert.AreEqual(stored.Model.Manifest.Training.TrainingSequences, small.Model.Manifest.Training.TrainingSequences);
    }

    [TestMethod]
    public void Callbacks_are_told_of_the_batches_that_there_will_be()
    {
        var told = new List<string>();
        var callback = new ActionCallback(b => told.Add($"{b.Epoch}.{b.Batch}/{b.BatchesPerEpoch}"))
        {
            Started = s => told.Add($"{s.BatchesPerEpoch} {s.TrainingSequences} {s.ValidationSequences}"),
        };
        using var model = Fit(Options.Train(t => t with { Epochs = 1, BatchSize = 15, Callbacks = [callback] }), Data);
        Assert.AreSequenceEqual(["4 48 12", "1.1/4", "1.2/4", "1.3/4", "1.4/4"], told);
    }

    [TestMethod]
    public void A_bad_value_is_named_with_its_row_before_anything_is_trained()
    {
        var bad = Examples.Random(60);
        bad.Sequences[58][3] = float.NaN;
        var watched = Options.Train(t => t with { Progress = new RecordedProgress(_ => Assert.Fail("Training started.")) });
        Fails.With<InvalidOperationException>(() => Fit(watched, bad), "'Features'", "row 59", "NaN");
        Fails.With<InvalidOperationException>(() => Fit(watched, Data.WithLabels((i, l) => i == 4 ? [float.PositiveInfinity] : l)), "'Label'", "row 5");
        Fails.With<InvalidOperationException>(() => Fit(watched, Data, bad), "The validation data:", "row 59");
    }

    [TestMethod]
    public void Data_that_cannot_be_trained_on_is_refused_as_from_memory()
    {
        Fails.With<InvalidOperationException>(() => Fit(Options, Data.WithLabels((_, _) => [float.NaN])), "None of the 60 rows has a label");
        Fails.With<InvalidOperationException>(() => Ml.Regression.Trainers.Recurrent(Options).Fit(Ml.Data.SkipRows(Data.View(Ml), 60)), "nothing to train on");
        Fails.With<InvalidOperationException>(() => Fit(Options.Train(t => t with { ValidationFraction = 0.001 }), Data),
            "ValidationFraction 0.001 of 60 labelled rows", "0 to validate");
        Fails.With<InvalidOperationException>(() => Fit(Options.Train(t => t with { BatchSize = 50, ShuffleBufferSize = 50 }), Data),
            "BatchSize is 50", "48 sequences", "12 more validate");
        Fails.With<InvalidOperationException>(() => Fit(Options, Data, Data.WithLabels((_, _) => [float.NaN])), "validation data has 60 rows, and none");
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(-30)]
    [DataRow(1)]
    [DataRow(30)]
    public void Data_that_does_not_repeat_is_refused(int more)
    {
        // the third reading is that of the first epoch, the fourth that of the second
        var atOnce = Assert.ThrowsExactly<InvalidOperationException>(() => FitChanging(reading => reading < 3 ? 60 : 60 + more));
        Assert.Contains("The data changed from one pass to the next: 60 rows", atOnce.Message);
        Assert.Contains("Training.ShuffleBufferSize", atOnce.Message);

        var later = Assert.ThrowsExactly<RecurrentTrainingException>(() => FitChanging(reading => reading < 4 ? 60 : 60 + more));
        Assert.Contains("The data changed from one pass to the next", later.Message);
        Assert.AreEqual(1, later.Transformer!.Model.Manifest.Training.BestEpoch);
        later.Transformer.Dispose();
    }

    [TestMethod]
    public void A_row_more_behind_the_last_batch_is_told()
    {
        var options = Options.Train(t => t with { ValidationFraction = 0, ShuffleBufferSize = 8 });
        var e = Assert.ThrowsExactly<InvalidOperationException>(() => FitChanging(reading => reading < 2 ? 64 : 65, options: options));
        Assert.Contains("up to row 65", e.Message);
    }

    [TestMethod]
    public void Labels_that_move_from_reading_to_reading_are_told()
    {
        var e = Assert.ThrowsExactly<InvalidOperationException>(() => FitChanging(_ => 60, (reading, i) => reading > 2 && i == 3 ? float.NaN : 1));
        Assert.Contains("60 with a label", e.Message);
        Assert.Contains("59 with a label", e.Message);
    }

    [TestMethod]
    public void Cancellation_while_rows_are_read_gives_the_best_model_so_far()
    {
        using var cancellation = new CancellationTokenSource();
        var options = Options.Train(t => t with { Epochs = 100, CancellationToken = cancellation.Token });
        using var model = FitChanging(_ => 60, (reading, i) => Cancelling(cancellation, reading == 5 && i == 55), options); // epoch 3 is validated
        Assert.HasCount(2, model.History);

        using var early = new CancellationTokenSource();
        var none = Options.Train(t => t with { CancellationToken = early.Token });
        var e = Assert.ThrowsExactly<OperationCanceledException>(() => FitChanging(_ => 60, (reading, i) => Cancelling(early, reading == 3 && i == 10), none));
        Assert.Contains("before its first epoch", e.Message);
    }

    [TestMethod]
    public void The_buffer_must_hold_a_batch()
    {
        foreach (int size in new[] { 0, -1, 7 })
            Fails.With<ArgumentException>(() => Fit(Options.Train(t => t with { ShuffleBufferSize = size }), Data),
                $"Training.ShuffleBufferSize is {size}", "Training.BatchSize (8)");
        using var model = Fit(Options.Train(t => t with { ShuffleBufferSize = int.MaxValue }), Data);
        Assert.HasCount(3, model.History);
    }

    private static float Cancelling(CancellationTokenSource cancellation, bool now)
    {
        if (now)
            cancellation.Cancel();
        return 1;
    }

    private static SequenceTransformer FitChanging(Func<int, int> count, Func<int, int, float>? label = null, RecurrentOptions? options = null)
    {
        int reading = 0;
        return Ml.Regression.Trainers.Recurrent(options ?? Options).Fit(Ml.Data.LoadFromEnumerable(new Lazily<FixedRow>(Rows)));

        IEnumerable<FixedRow> Rows()
        {
            int now = ++reading;
            for (int i = 0; i < count(now); i++)
                yield return new FixedRow { Features = [i, i + 1], Label = i * (label?.Invoke(now, i) ?? 1) };
        }
    }

    private static SequenceTransformer Fit(RecurrentOptions options, Examples training, Examples? validation = null) =>
        Ml.Regression.Trainers.Recurrent(options).Fit(training.View(Ml), validation?.View(Ml));

    private sealed class FixedRow
    {
        [VectorType(2, 1)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class RaggedRow
    {
        [VectorType(0, 2)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
