using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>A file that training cannot go on from is refused before training, and left as it is.</summary>
[TestClass]
public class RefusedCheckpointTests
{
    private static readonly Examples Data = Examples.Random(40);
    private static readonly RecurrentOptions Options = Networks.Tiny.Train(t => t with
    {
        Epochs = 3,
        EarlyStopping = new(),
        ReduceLearningRate = new(),
        GroupColumnName = null,
    });

    public static IEnumerable<object[]> Changes
    {
        get
        {
            object[] Change(Func<RecurrentOptions, RecurrentOptions> change, params string[] parts) => [change, parts];
            object[] Train(Func<TrainingOptions, TrainingOptions> change, params string[] parts) => [(RecurrentOptions o) => o.Train(change), parts];
            yield return Change(o => o with { Cell = RecurrentCell.Gru }, "Cell is lstm in the checkpoint, gru here.");
            yield return Change(o => o with { Bidirectional = true }, "Bidirectional is false in the checkpoint, true here.");
            yield return Change(o => o with { HiddenSizes = [4, 4], DenseSizes = [] }, "HiddenSizes is [4]", "[4, 4] here", "DenseSizes is [3]", "[] here");
            yield return Change(o => o with { Dropout = 0.25 }, "Dropout is 0 in the checkpoint, 0.25 here.");
            yield return Change(o => o with { InputDropout = 0.5 }, "InputDropout is 0");
            yield return Change(o => o with { RecurrentDropout = 0.5 }, "RecurrentDropout is 0");
            yield return Change(o => o with { LayerNormalization = true }, "LayerNormalization is false");
            yield return Change(o => o with { Scaling = new() { StandardizeTarget = false } }, "Scaling.StandardizeTarget is true");
            yield return Change(o => o with { Scaling = new() { Difference = true, TargetFeature = 1 } }, "Scaling.Difference is false", "Columns.TargetFeatures is none", "[1] here");
            yield return Train(t => t with { BatchSize = 9 }, "Training.BatchSize is 8");
            yield return Train(t => t with { LearningRate = 0.1 }, "Training.LearningRate is 0.001");
            yield return Train(t => t with { Optimizer = Optimizer.Sgd }, "Training.Optimizer is Adam", "Sgd here");
            yield return Train(t => t with { GradientClipNorm = null }, "Training.GradientClipNorm is 1", "none here");
            yield return Train(t => t with { WeightDecay = 0.5 }, "Training.WeightDecay is none");
            yield return Train(t => t with { ValidationFraction = 0.2 }, "Training.ValidationFraction is 0.1", "sequences that validate is 4 in the checkpoint, 8 here");
            yield return Train(t => t with { EarlyStopping = null }, "Training.EarlyStopping is given in the checkpoint, none here", "Training.EarlyStopping.Patience is 3 in the checkpoint, not given here");
            yield return Train(t => t with { EarlyStopping = new() { Patience = 5 } }, "Training.EarlyStopping.Patience is 3 in the checkpoint, 5 here");
            yield return Train(t => t with { ReduceLearningRate = new() { Factor = 0.5 } }, "Training.ReduceLearningRate.Factor is 0.2");
            yield return Train(t => t with { Seed = 5 }, "Training.Seed is 1 in the checkpoint, 5 here.");
            yield return Train(t => t with { Schedule = new CosineSchedule(), ReduceLearningRate = null }, "Training.ReduceLearningRate");
        }
    }

    [TestMethod, DynamicData(nameof(Changes))]
    public void Other_options_are_named(Func<RecurrentOptions, RecurrentOptions> change, string[] parts)
    {
        using var fit = new BrokenFit();
        fit.BreakOff(Options, epoch: 3);
        Refuses<InvalidOperationException>(fit, change(Options), [.. parts, fit.Path, "belongs to another fit", "Delete the file", "Training.Checkpoint"]);
    }

    // What a schedule gave is compared, not what it is: it may be any code.
    [TestMethod]
    public void Another_schedule_is_refused()
    {
        var plain = Networks.Tiny.Train(t => t with { Epochs = 4 });
        var steps = plain.Train(t => t with { Schedule = new StepSchedule { Epochs = 3 } });
        foreach (var (trained, given) in new[] { (plain, steps), (steps, plain), (steps, plain.Train(t => t with { Schedule = new StepSchedule { Epochs = 1 } })) })
        {
            using var fit = new BrokenFit();
            fit.BreakOff(trained, epoch: 3);
            Refuses<InvalidOperationException>(fit, given, "for the 10 steps that were trained, there were other learning rates");
        }
    }

    [TestMethod]
    public void A_schedule_that_differs_only_in_what_is_to_come_is_taken()
    {
        var options = Networks.Tiny.Train(t => t with { Epochs = 5, Schedule = new StepSchedule { Epochs = 3 } });
        var other = options.Train(t => t with { Schedule = new StepSchedule { Epochs = 4 } });
        using var fit = new BrokenFit();
        fit.BreakOff(options, epoch: 3);
        using var unbroken = fit.FitUnbroken(other);
        using var resumed = fit.Fit(other);
        BrokenFit.AssertSame(unbroken, resumed);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(10)]
    public void Other_data_is_refused(int? shuffleBufferSize)
    {
        var ours = Options.Train(t => t with { ShuffleBufferSize = shuffleBufferSize });
        var someLabel = Data.WithLabels((i, label) => i == 17 ? [label[0] + 1e-3f] : label);
        var someValue = Data with { Sequences = [.. Data.Sequences.Select((s, i) => i == 39 ? [.. s[..^1], s[^1] + 1e-3f] : s)] };
        foreach (var (other, part) in new[] { (someLabel, "The data (SHA-256)"), (someValue, "The data (SHA-256)"), (Data.Slice(..^1), "sequences that validate is 4 in the checkpoint, 3 here") })
        {
            using var fit = new BrokenFit();
            fit.BreakOff(ours, epoch: 3);
            byte[] file = File.ReadAllBytes(fit.Path);
            var options = ours.Train(t => t with { Checkpoint = new() { Path = fit.Path } });
            Fails.With<InvalidOperationException>(() => new MLContext().Regression.Trainers.Recurrent(options).Fit(other.View(new MLContext())), part, "Delete the file");
            Assert.AreSequenceEqual(file, File.ReadAllBytes(fit.Path));
        }
    }

    [TestMethod]
    public void Other_validation_data_and_another_initial_model_are_refused()
    {
        using var fit = new BrokenFit();
        fit.BreakOff(Options, epoch: 3);
        using var model = fit.FitUnbroken(Options);
        var options = Options.Train(t => t with { Checkpoint = new() { Path = fit.Path } });
        var trainer = new MLContext().Regression.Trainers.Recurrent(options);
        Fails.With<InvalidOperationException>(() => trainer.Fit(Data.View(new MLContext()), validation: Data.View(new MLContext())), "sequences that validate is 4");
        Fails.With<InvalidOperationException>(() => trainer.Fit(Data.View(new MLContext()), initialModel: model.Model), "The initial model (SHA-256) is none");
    }

    // Threads and device names are the user's to change: they are no other fit.
    [TestMethod]
    public void Options_that_do_not_change_the_model_may_change()
    {
        using var fit = new BrokenFit();
        fit.BreakOff(Options, epoch: 3);
        using var unbroken = fit.FitUnbroken(Options);
        using var resumed = fit.Fit(Options.Train(t => t with { Threads = 1, Device = "cpu", Progress = new RecordedProgress(_ => { }) }));
        BrokenFit.AssertSame(unbroken, resumed);
    }

    [TestMethod]
    public void A_cell_whose_weights_changed_under_its_name_is_refused()
    {
        using var fit = new BrokenFit();
        fit.BreakOff(Options with { Cell = new BrokenCell() }, epoch: 3);
        Refuses<InvalidOperationException>(fit, Options with { Cell = new BrokenCell { MoreWeights = ["gain"] } }, "5 weight tensors in the checkpoint, 6 here");
    }

    [TestMethod]
    public void A_cut_file_is_refused()
    {
        using var fit = new BrokenFit();
        fit.BreakOff(Options, epoch: 3);
        byte[] whole = File.ReadAllBytes(fit.Path);
        foreach (int length in new[] { 0, 1, 7, 8, 11, 12, 40, 100, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(fit.Path, whole[..length]);
            Refuses<FormatException>(fit, Options, fit.Path, "cut");
        }
    }

    [TestMethod]
    public void A_corrupted_file_is_refused()
    {
        using var fit = new BrokenFit();
        fit.BreakOff(Options, epoch: 3);
        byte[] whole = File.ReadAllBytes(fit.Path);
        var random = new Random(1);
        for (int i = 0; i < 30; i++)
        {
            byte[] bytes = [.. whole];
            bytes[random.Next(12, bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(fit.Path, bytes);
            Refuses<FormatException>(fit, Options, fit.Path, "cut or corrupted", "SHA-256");
        }
    }

    [TestMethod]
    public void A_file_of_a_newer_format_and_another_kind_of_file_are_refused()
    {
        using var fit = new BrokenFit();
        fit.BreakOff(Options, epoch: 3);
        byte[] bytes = File.ReadAllBytes(fit.Path);
        bytes[8] = 2;
        File.WriteAllBytes(fit.Path, bytes);
        Refuses<FormatException>(fit, Options, "checkpoint format 2", "reads formats up to 1", "Update");
        File.WriteAllText(fit.Path, "a diary of no interest to anyone");
        Refuses<FormatException>(fit, Options, "is not a checkpoint of training", "Training.Checkpoint");
    }

    [TestMethod]
    public void A_folder_that_does_not_exist_is_told_before_data_is_read()
    {
        using var fit = new BrokenFit { Training = () => throw new NotSupportedException("read") };
        var trainer = new MLContext().Regression.Trainers.Recurrent(Networks.Tiny.Train(t => t with { Checkpoint = new() { Path = fit.Folder["no/such/file"] } }));
        bool read = false;
        var data = new MLContext().Data.LoadFromEnumerable(Rows());
        Fails.With<ArgumentException>(() => trainer.Fit(data), "Training.Checkpoint.Path is", "does not exist; create it");
        Assert.IsFalse(read);

        IEnumerable<Row> Rows()
        {
            read = true;
            yield return new Row();
        }
    }

    [TestMethod]
    public void A_path_that_is_a_folder_is_refused()
    {
        using var fit = new BrokenFit();
        Fails.With<ArgumentException>(
            () => new MLContext().Regression.Trainers.Recurrent(Networks.Tiny.Train(t => t with { Checkpoint = new() { Path = fit.Folder.Path } })).Fit(Data.View(new MLContext())),
            "that is a folder");
    }

    private static void Refuses<TException>(BrokenFit fit, RecurrentOptions options, params string[] parts)
        where TException : Exception
    {
        byte[] file = File.ReadAllBytes(fit.Path);
        int batches = 0;
        Fails.With<TException>(() => fit.Fit(options, new ActionCallback(_ => batches++)), parts);
        Assert.AreEqual(0, batches, "before training");
        Assert.AreSequenceEqual(file, File.ReadAllBytes(fit.Path), "the file should be left alone");
    }

    private sealed class Row
    {
        [Microsoft.ML.Data.VectorType(4, 2)]
        public float[] Features { get; set; } = new float[8];

        public float Label { get; set; }
    }
}
