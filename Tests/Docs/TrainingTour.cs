using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/training.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass, DoNotParallelize] // has the working directory to itself
public sealed class TrainingTour
{
    [TestMethod]
    public void The_tour_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        var prices = ml.Data.LoadFromTextFile<Price>("eu-stock-markets.csv", separatorChar: ',', hasHeader: true);
        var windows = ml.Transforms.SlidingWindow("Window", ["Dax"], windowLength: 20).Fit(prices).Transform(prices);

        // DOCS
        var options = new RecurrentOptions
        {
            Cell = RecurrentCell.Lstm,
            HiddenSizes = [64, 32],
            Dropout = 0.2,                          // after each recurrent layer
            InputDropout = 0.1,
            RecurrentDropout = 0.1,                 // on the hidden-to-hidden weights
            LayerNormalization = true,
            DenseSizes = [32],
            Scaling = new() { Difference = true },
            Training = new()
            {
                Epochs = 5,
                BatchSize = 64,
                LearningRate = 2e-3,
                Optimizer = Optimizer.AdamW,
                WeightDecay = 0.01,
                Seed = 1,
                Threads = 1,
            },
        };
        var trainer = ml.Regression.Trainers.Recurrent("Label", "Window", options);
        Console.Write(trainer.Summary(windows.Schema));
        // END
        StringAssert.Contains(trainer.Summary(windows.Schema), "[batch, 20, 64]");

        // DOCS
        var split = ml.Data.ChronologicalSplit(windows, testFraction: 0.2);
        var model = trainer.Fit(split.TrainSet, validation: split.TestSet);
        foreach (var epoch in model.History)
            Console.WriteLine($"{epoch.Epoch}: {epoch.TrainingLoss:f4} {epoch.ValidationLoss:f4} at {epoch.LearningRate:g2}");
        // END
        Assert.IsNotEmpty(model.History);

        // DOCS
        var attentive = options with
        {
            Readout = SequenceReadout.Attention,
            AttentionColumnName = "Attention",      // null, the default: no such column
        };
        var attending = ml.Regression.Trainers.Recurrent("Label", "Window", attentive).Fit(split.TrainSet);
        float[][] weights = [.. attending.Transform(split.TestSet).GetColumn<float[]>("Attention")];
        // END
        Assert.IsTrue(weights.All(w => w.Length == 20 && Math.Abs(w.Sum() - 1) < 1e-5));

        // DOCS
        var streaming = options with
        {
            Training = options.Training with { ShuffleBufferSize = 1000 },
        };
        var streamed = ml.Regression.Trainers.Recurrent("Label", "Window", streaming).Fit(windows);
        // END
        Assert.IsLessThan(1e-4, streamed.Model.Manifest.Training.OnnxMaxAbsDiff);
        Assert.AreEqual(windows.GetColumn<float>("Label").Count(label => !float.IsNaN(label)) / 10, streamed.Model.Manifest.Training.ValidationSequences);

        // DOCS
        var scheduled = options with
        {
            Training = options.Training with { Schedule = new WarmUpSchedule { Epochs = 1, Then = new CosineSchedule() } },
        };
        // END
        Assert.IsNull(scheduled.Training.ReduceLearningRate, "a schedule takes the place of the plateau");

        // DOCS
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var watched = options with
        {
            Training = options.Training with
            {
                CancellationToken = cancellation.Token,
                Callbacks = [TrainingCallback.EachEpoch(e =>
                {
                    if (e.Metrics.ValidationLoss < 0.05)
                        e.Stop();
                })],
            },
        };
        var stopped = ml.Regression.Trainers.Recurrent("Label", "Window", watched).Fit(split.TrainSet);
        // END
        Assert.IsNotEmpty(stopped.History);

        // DOCS
        var kept = options with
        {
            Training = options.Training with { Checkpoint = new() { Path = "training.state", EveryEpochs = 1 } },
        };
        var whole = ml.Regression.Trainers.Recurrent("Label", "Window", kept).Fit(split.TrainSet);
        // END
        Assert.IsNotEmpty(whole.History);
        Assert.IsTrue(File.Exists("training.state"));

        // DOCS
        var gentle = RecurrentOptions.ForModel(model.Model) with
        {
            Training = new() { Epochs = 2, LearningRate = 1e-4, Seed = 1 },
        };
        var adapted = ml.Regression.Trainers.Recurrent("Label", "Window", gentle).Fit(split.TestSet, initialModel: model.Model);
        // END
        Assert.HasCount(2, adapted.History);
    }

    public sealed class Price
    {
        [LoadColumn(2)]
        public float Dax { get; set; }
    }
}
