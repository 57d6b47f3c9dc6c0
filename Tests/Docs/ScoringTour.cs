using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/scoring.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass]
public sealed class ScoringTour
{
    [TestMethod]
    public void The_tour_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        var prices = ml.Data.LoadFromTextFile<Price>("eu-stock-markets.csv", separatorChar: ',', hasHeader: true);
        var options = new RecurrentOptions { HiddenSizes = [8], Training = new() { Epochs = 1, Seed = 1 } };
        var chain = ml.Transforms.SlidingWindow("Window", ["Dax"], windowLength: 20).Append(ml.Regression.Trainers.Gru("Label", "Window", options));
        ml.Model.Save(chain.Fit(prices), prices.Schema, "model.zip");
        Price[] feed = [.. ml.Data.CreateEnumerable<Price>(prices, reuseRowObject: false).TakeLast(30)];
        float[] lastTwenty = [.. feed.TakeLast(20).Select(price => price.Dax)];

        // DOCS
        var model = ml.Model.Load("model.zip", out var inputSchema);

        using var engine = model.CreateSequenceEngine<Price, NextPrice>(ml, inputSchema);
        foreach (var price in feed)
        {
            if (engine.Push(price) is { } next)
                Console.WriteLine($"tomorrow: {next.Score:f1}");
        }
        // END
        float[] scores = [.. model.Transform(prices).GetColumn<float>("Score")];
        Assert.AreEqual(1, engine.GroupCount);

        // DOCS
        engine.Checkpoint("engine.state");

        using var later = model.CreateSequenceEngine<Price, NextPrice>(ml, inputSchema);
        later.Restore("engine.state"); // a checkpoint of another model is refused
        // END
        Assert.IsNotNull(later.Push(feed[^1]), "its window is full from the start");

        // DOCS
        var windowModel = model.WithoutWindowing();
        using var predictions = ml.Model.CreatePredictionEngine<PriceWindow, NextPrice>(windowModel);
        float score = predictions.Predict(new PriceWindow { Window = lastTwenty }).Score;
        // END
        Assert.AreEqual(scores[^1], score, 1e-3f * score);

        // DOCS
        using var predictor = new SequencePredictor(model.GetSequenceModel()); // or SequencePredictor.Load("model.onnx")
        float[] one = predictor.Predict(lastTwenty);
        float[] many = predictor.PredictBatch([.. lastTwenty, .. lastTwenty]); // [2, 20, 1] → [2, 1]
        // END
        Assert.AreEqual(score, one[0], 1e-3f * score);
        Assert.AreEqual(score, many[1], 1e-3f * score);
    }

    public sealed class Price
    {
        [LoadColumn(2)]
        public float Dax { get; set; }
    }

    public sealed class PriceWindow
    {
        [VectorType(20, 1)]
        public float[] Window { get; set; } = [];
    }

    public sealed class NextPrice
    {
        public float Score { get; set; }
    }
}
