using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Readme;

/// <summary>The README's snippets, compiled and run in their order. <see cref="ReadmeTests"/> holds the README to them word by word.</summary>
[TestClass, DoNotParallelize] // has the working directory to itself
public sealed class ReadmeTour
{
    [TestMethod]
    public void The_tour_runs()
    {
        using var folder = new TourFolder();

        // README
        var ml = new MLContext(seed: 1);
        var prices = ml.Data.LoadFromTextFile<Price>("eu-stock-markets.csv", separatorChar: ',', hasHeader: true);

        var windowing = ml.Transforms.SlidingWindow("Window", ["Dax"], windowLength: 20).Fit(prices);
        var split = ml.Data.ChronologicalSplit(windowing.Transform(prices), testFraction: 0.2);

        var trainer = ml.Regression.Trainers.Lstm("Label", "Window", new RecurrentOptions
        {
            HiddenSizes = [64, 32],
            Dropout = 0.2,
            Scaling = new() { Difference = true }, // predict the change: prices have no fixed level
            Training = new() { Epochs = 20, Seed = 1 },
        });
        var lstm = trainer.Fit(split.TrainSet);

        var metrics = ml.Regression.Evaluate(lstm.Transform(split.TestSet));
        Console.WriteLine($"RMSE {metrics.RootMeanSquaredError:f1} after {lstm.History.Count} epochs");
        // END
        Assert.IsLessThan(70, metrics.RootMeanSquaredError, "persistence has 63.2");

        // README
        var chain = new TransformerChain<ITransformer>(windowing, lstm);
        AtomicFile.Write("model.zip", stream => ml.Model.Save(chain, prices.Schema, stream));

        var loaded = ml.Model.Load("model.zip", out _);
        float[] scores = [.. loaded.Transform(prices).GetColumn<float>("Score")];
        // END
        Assert.HasCount(1860 - 19, scores);

        Price[] feed = [.. ml.Data.CreateEnumerable<Price>(prices, reuseRowObject: false).TakeLast(25)];
        // README
        using var live = loaded.CreateSequenceEngine<Price, NextPrice>(ml);
        foreach (var price in feed)
        {
            if (live.Push(price) is { } tomorrow)
                Console.WriteLine(tomorrow.Score);
        }
        live.Checkpoint("live.state"); // Restore goes on from here, in any process
        // END
        Assert.IsTrue(File.Exists("live.state"));

        float[] lastTwenty = [.. prices.GetColumn<float>("Dax").TakeLast(20)];
        // README
        using var engine = ml.Model.CreatePredictionEngine<PriceWindow, NextPrice>(loaded.WithoutWindowing());
        float next = engine.Predict(new PriceWindow { Window = lastTwenty }).Score;
        // END
        Assert.AreEqual(scores[^1], next, 0.01f);

        // README
        ml.Model.SaveAsOnnx(chain, prices.Schema, "model.onnx", new OnnxExportOptions { SampleRows = prices });

        using var predictor = SequencePredictor.Load("model.onnx"); // thread-safe; no IDataView, no libtorch
        float[] prediction = predictor.Predict(lastTwenty);
        // END
        Assert.AreEqual(next, prediction[0], 0.01f);

        // README
        var ahead = ml.Transforms.SlidingWindow("Window", ["Dax"], windowLength: 20, horizon: 5).Fit(prices).Transform(prices);
        var parts = ml.Data.ChronologicalSplit(ahead, testFraction: 0.2);

        var forecaster = ml.Forecasting.ForecastByRecurrent("Forecast", "Window", "Label", new RecurrentOptions
        {
            Cell = RecurrentCell.Gru,
            Scaling = new() { Difference = true },
            Training = new() { Epochs = 5, Seed = 1 },
        }).Fit(parts.TrainSet);

        var quality = ml.Forecasting.Evaluate(forecaster.Transform(parts.TestSet));
        Console.WriteLine(string.Join(" ", quality.RootMeanSquaredErrorPerStep.Select(e => $"{e:f1}")));
        // END
        Assert.HasCount(5, quality.RootMeanSquaredErrorPerStep);

        var digits = SequenceExample.View(ml, OpticalDigits.Read(ml), OpticalDigits.Features, OpticalDigits.Steps);
        // README
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.MulticlassClassification.Trainers.Gru(options: new RecurrentOptions { Training = new() { Epochs = 5, Seed = 1 } }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel"));
        var classifier = pipeline.Fit(digits); // "Features" of 8 steps × 8 values, a [VectorType(8, 8)]; [VectorType(0, 8)] takes any number of steps

        Console.WriteLine(ml.MulticlassClassification.Report(classifier.Transform(digits))); // precision, recall, F1 and support of each class
        ml.Model.SaveAsOnnx(classifier, digits.Schema, "digits.onnx"); // sequences in, class names and probabilities out
        // END
        Assert.IsGreaterThan(0.8, ml.MulticlassClassification.Report(classifier.Transform(digits)).Accuracy);

        // README
        var options = new RecurrentOptions
        {
            Cell = RecurrentCell.Rnn,             // or RnnRelu, Lstm, Gru
            Bidirectional = true,
            HiddenSizes = [16],
            DenseSizes = [],
            Training = new()
            {
                Optimizer = Optimizer.AdamW,
                BatchSize = 64,
                GradientClipNorm = 0.5,
                ValidationFraction = 0.2,         // always the latest part
                EarlyStopping = new() { Patience = 2 },
                ReduceLearningRate = new() { Factor = 0.5, Patience = 1 },
                Epochs = 4,
                Seed = 7,
            },
        };
        var rnn = ml.Regression.Trainers.Recurrent("Label", "Window", options).Fit(split.TrainSet);
        foreach (var epoch in rnn.History)
            Console.WriteLine($"{epoch.Epoch}: {epoch.TrainingLoss:f4} {epoch.ValidationLoss:f4} at {epoch.LearningRate}");
        // END
        Assert.IsNotEmpty(rnn.History);

        // README
        var gentle = RecurrentOptions.ForModel(lstm.Model) with
        {
            Training = new()
            {
                Epochs = 3,
                Seed = 1,
                LearningRate = 1e-4,
                Schedule = new WarmUpSchedule { Epochs = 1, Then = new CosineSchedule() },
                Callbacks = [TrainingCallback.EachEpoch(e => Console.WriteLine($"{e.Metrics.Epoch} of {e.Epochs}"))], // e.Stop() ends it
            },
        };
        var adapted = ml.Regression.Trainers.Recurrent("Label", "Window", gentle)
            .Fit(split.TrainSet, validation: split.TestSet, initialModel: lstm.Model); // or a model from a .zip or .onnx
        Console.Write(adapted.Summary());
        // END
        Assert.HasCount(3, adapted.History);
    }

    // README
    public sealed class Price
    {
        [LoadColumn(2)]
        public float Dax { get; set; }
    }
    // END

    // README
    public sealed class PriceWindow
    {
        [VectorType(20, 1)]
        public float[] Window { get; set; } = [];
    }

    public sealed class NextPrice
    {
        public float Score { get; set; }
    }
    // END
}
