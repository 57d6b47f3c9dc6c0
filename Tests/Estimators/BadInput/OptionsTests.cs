using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Options that cannot work are refused where the trainer is made, before there is any data.</summary>
[TestClass]
public class OptionsTests
{
    private static readonly Dictionary<string, RecurrentOptions> Invalid = new()
    {
        ["Cell is null"] = new() { Cell = null! },
        ["Cell.Name is ''"] = new() { Cell = new BrokenCell { GivenName = "" } },
        ["Cell.Name is ' '"] = new() { Cell = new BrokenCell { GivenName = " " } },
        ["HiddenSizes is empty"] = new() { HiddenSizes = [] },
        ["HiddenSizes is [64, 0]"] = new() { HiddenSizes = [64, 0] },
        ["HiddenSizes is [-3]"] = new() { HiddenSizes = [-3] },
        ["DenseSizes is not set"] = new() { DenseSizes = default },
        ["DenseSizes is [0]"] = new() { DenseSizes = [0] },
        ["Dropout is 1"] = new() { Dropout = 1 },
        ["Dropout is -0.1"] = new() { Dropout = -0.1 },
        ["Dropout is NaN"] = new() { Dropout = double.NaN },
        ["InputDropout is 1"] = new() { InputDropout = 1 },
        ["InputDropout is NaN"] = new() { InputDropout = double.NaN },
        ["RecurrentDropout is 1"] = new() { RecurrentDropout = 1 },
        ["RecurrentDropout is -1"] = new() { RecurrentDropout = -1 },
        ["Readout is 9; choose one of Last, Mean, Max, Attention"] = new() { Readout = (SequenceReadout)9 },
        ["AttentionSize is 0"] = new() { Readout = SequenceReadout.Attention, AttentionSize = 0 },
        ["AttentionColumnName is ' '"] = new() { Readout = SequenceReadout.Attention, AttentionColumnName = " " },
        ["AttentionColumnName is 'Weights', but Readout is Mean"] = new() { Readout = SequenceReadout.Mean, AttentionColumnName = "Weights" },
        ["Features is 0"] = new() { Features = 0 },
        ["Scaling is null"] = new() { Scaling = null! },
        ["Scaling.TargetFeature is -1"] = new() { Scaling = new() { TargetFeature = -1 } },
        ["Training is null"] = new() { Training = null! },
        ["Training.Epochs is 0"] = With(new() { Epochs = 0 }),
        ["Training.BatchSize is 0"] = With(new() { BatchSize = 0 }),
        ["Training.ShuffleBufferSize is 0"] = With(new() { ShuffleBufferSize = 0 }),
        ["Training.ShuffleBufferSize is 31; it must be at least Training.BatchSize (32)"] = With(new() { ShuffleBufferSize = 31 }),
        ["Training.LearningRate is -0.001"] = With(new() { LearningRate = -0.001 }),
        ["Training.LearningRate is 0"] = With(new() { LearningRate = 0 }),
        ["Training.LearningRate is NaN"] = With(new() { LearningRate = double.NaN }),
        ["Training.LearningRate is Infinity"] = With(new() { LearningRate = double.PositiveInfinity }),
        ["Training.Optimizer is 99"] = With(new() { Optimizer = (Optimizer)99 }),
        ["Training.GradientClipNorm is 0"] = With(new() { GradientClipNorm = 0 }),
        ["Training.GradientClipNorm is NaN"] = With(new() { GradientClipNorm = double.NaN }),
        ["Training.ValidationFraction is 1"] = With(new() { ValidationFraction = 1 }),
        ["Training.ValidationFraction is -0.1"] = With(new() { ValidationFraction = -0.1 }),
        ["Training.ValidationFraction is NaN"] = With(new() { ValidationFraction = double.NaN }),
        ["Training.Threads is 0"] = With(new() { Threads = 0 }),
        ["Training.Threads is 1000000; it must be at least 1 and at most 1024"] = With(new() { Threads = 1_000_000 }),
        ["Training.Device is 'gpu'"] = With(new() { Device = "gpu" }),
        ["Training.Device is 'cuda:x'"] = With(new() { Device = "cuda:x" }),
        ["Training.EarlyStopping.Patience is 0"] = With(new() { EarlyStopping = new() { Patience = 0 } }),
        ["Training.EarlyStopping.MinimumDelta is -1"] = With(new() { EarlyStopping = new() { MinimumDelta = -1 } }),
        ["Training.EarlyStopping.MinimumDelta is Infinity"] = With(new() { EarlyStopping = new() { MinimumDelta = double.PositiveInfinity } }),
        ["Training.ReduceLearningRate.Minimum is Infinity"] = With(new() { ReduceLearningRate = new() { Minimum = double.PositiveInfinity } }),
        ["Training.Device is 'cpu\n'"] = With(new() { Device = "cpu\n" }),
        ["Training.ReduceLearningRate.Factor is 1"] = With(new() { ReduceLearningRate = new() { Factor = 1 } }),
        ["Training.ReduceLearningRate.Factor is 0"] = With(new() { ReduceLearningRate = new() { Factor = 0 } }),
        ["Training.ReduceLearningRate.Patience is 0"] = With(new() { ReduceLearningRate = new() { Patience = 0 } }),
        ["Training.ReduceLearningRate.Minimum is -1"] = With(new() { ReduceLearningRate = new() { Minimum = -1 } }),
        ["Training.WeightDecay is -0.1"] = With(new() { WeightDecay = -0.1 }),
        ["Training.WeightDecay is NaN"] = With(new() { WeightDecay = double.NaN }),
        ["Training.GroupColumnName is ''"] = With(new() { GroupColumnName = "" }),
        ["Training.Callbacks is not set"] = With(new() { Callbacks = default }),
        ["Training.Callbacks holds a null"] = With(new() { Callbacks = [null!] }),
        ["Training.Schedule and Training.ReduceLearningRate are both given"] = With(new() { Schedule = new CosineSchedule(), ReduceLearningRate = new() }),
        ["Training.Schedule.Epochs is 0"] = With(new() { Schedule = new StepSchedule { Epochs = 0 } }),
        ["Training.Schedule.Factor is 1"] = With(new() { Schedule = new StepSchedule { Factor = 1 } }),
        ["Training.Schedule.Minimum is -1"] = With(new() { Schedule = new CosineSchedule { Minimum = -1 } }),
        ["Training.Schedule.RisingFraction is 0"] = With(new() { Schedule = new OneCycleSchedule { RisingFraction = 0 } }),
        ["Training.Schedule.InitialDivisor is 0.5"] = With(new() { Schedule = new OneCycleSchedule { InitialDivisor = 0.5 } }),
        ["Training.Schedule.FinalDivisor is NaN"] = With(new() { Schedule = new OneCycleSchedule { FinalDivisor = double.NaN } }),
        ["Training.Schedule.Epochs is 10; it must be above 0 and below the 10"] = With(new() { Schedule = new WarmUpSchedule { Epochs = 10 } }),
        ["Training.Schedule.InitialFactor is 0"] = With(new() { Schedule = new WarmUpSchedule { InitialFactor = 0 } }),
        ["Training.Schedule.Then.Factor is 2"] = With(new() { Schedule = new WarmUpSchedule { Then = new StepSchedule { Factor = 2 } } }),
    };

    private static readonly MLContext Ml = new();

    public static IEnumerable<object[]> Messages => Invalid.Keys.Select(message => new object[] { message });

    [TestMethod]
    [DynamicData(nameof(Messages))]
    public void An_option_is_named_with_its_value(string message)
    {
        var e = Assert.Throws<ArgumentException>(() => Ml.Regression.Trainers.Recurrent(Invalid[message]));
        Assert.Contains(message, e.Message);
        e = Assert.Throws<ArgumentException>(() => Ml.Forecasting.ForecastByRecurrent(options: Invalid[message]));
        Assert.Contains(message, e.Message);
    }

    [TestMethod]
    public void All_failures_are_listed_at_once()
    {
        var e = Assert.Throws<ArgumentException>(() => Ml.Regression.Trainers.Lstm(options: new()
        {
            HiddenSizes = [0],
            Dropout = 2,
            Training = new() { Epochs = -1, LearningRate = -5, Device = "tpu" },
        }));
        foreach (string part in (string[])["HiddenSizes is [0]", "Dropout is 2", "Training.Epochs is -1", "Training.LearningRate is -5", "Training.Device is 'tpu'"])
            Assert.Contains(part, e.Message);
    }

    [TestMethod]
    public void A_cell_that_is_null_is_listed_with_the_others_under_a_cells_name_too() => Fails.With<ArgumentException>(
        () => Ml.Regression.Trainers.Lstm(options: new() { Cell = null!, Dropout = 2 }), "Cell is null", "Dropout is 2");

    [TestMethod]
    public void Options_at_the_edge_of_what_works_are_taken()
    {
        Ml.Regression.Trainers.Recurrent(new()
        {
            HiddenSizes = [1],
            DenseSizes = [],
            Dropout = 0,
            Features = 1,
            Training = new() { Epochs = 1, BatchSize = 1, ValidationFraction = 0, Threads = 1, Device = "cuda:1", GradientClipNorm = null, EarlyStopping = null, ReduceLearningRate = null },
        });
    }

    [TestMethod]
    public void A_schedule_takes_the_place_of_the_default_plateau()
    {
        Assert.IsNotNull(new TrainingOptions().ReduceLearningRate);
        Assert.IsNull(new TrainingOptions { Schedule = new CosineSchedule() }.ReduceLearningRate);
        Assert.IsNotNull((new TrainingOptions { Schedule = new CosineSchedule() } with { Schedule = null }).ReduceLearningRate);
        Ml.Regression.Trainers.Recurrent(With(new() { Schedule = new CosineSchedule() }));
        Ml.Regression.Trainers.Recurrent(With(new() { Schedule = new CosineSchedule(), ReduceLearningRate = null }));
    }

    [TestMethod]
    public void A_cell_that_contradicts_the_methods_name_is_refused()
    {
        var trainers = Ml.Regression.Trainers;
        Refused("Gru", "rnn", () => trainers.Gru(options: new() { Cell = RecurrentCell.Rnn }));
        Refused("Gru", "lstm", () => trainers.Gru(options: new() { Cell = RecurrentCell.Lstm })); // the default, but set
        Refused("Rnn", "gru", () => trainers.Rnn(options: new() { Cell = RecurrentCell.Gru }));
        Refused("Lstm", "gru", () => trainers.Lstm(options: new() { Cell = RecurrentCell.Gru }));
        Refused("BiLstm", "gru", () => trainers.BiLstm(options: new() { Cell = RecurrentCell.Gru }));
    }

    [TestMethod]
    public void Both_directions_under_the_name_of_one_are_refused()
    {
        var options = new RecurrentOptions { Bidirectional = true };
        Refused("Lstm", "BiLstm", () => Ml.Regression.Trainers.Lstm(options: options));
        Refused("Gru", "Recurrent(options)", () => Ml.Regression.Trainers.Gru(options: options));
        Refused("Rnn", "Recurrent(options)", () => Ml.Regression.Trainers.Rnn(options: options));
    }

    [TestMethod]
    public void The_methods_name_decides_what_the_options_leave_open()
    {
        var data = Examples.Random(20).View(Ml);
        var options = Networks.Tiny.Train(t => t with { Epochs = 1 });
        Assert.AreEqual(("rnn", false), Network(Ml.Regression.Trainers.Rnn(options: options)));
        Assert.AreEqual(("rnn-relu", false), Network(Ml.Regression.Trainers.Rnn(options: options with { Cell = RecurrentCell.RnnRelu })));
        Assert.AreEqual(("lstm", false), Network(Ml.Regression.Trainers.Lstm(options: options)));
        Assert.AreEqual(("lstm", true), Network(Ml.Regression.Trainers.BiLstm(options: options with { Cell = RecurrentCell.Lstm, Bidirectional = true })));
        Assert.AreEqual(("gru", false), Network(Ml.Regression.Trainers.Gru(options: options)));

        (string, bool) Network(RecurrentEstimator estimator)
        {
            using var model = estimator.Fit(data);
            return (model.Model.Manifest.Network.Cell, model.Model.Manifest.Network.Bidirectional);
        }
    }

    private static RecurrentOptions With(TrainingOptions training) => new() { Training = training };

    private static void Refused(string method, string named, Action call)
    {
        var e = Assert.Throws<ArgumentException>(call);
        Assert.StartsWith($"{method} was called", e.Message);
        Assert.Contains(named, e.Message);
    }
}
