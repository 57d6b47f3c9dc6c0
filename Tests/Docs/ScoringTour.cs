using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/scoring.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass, DoNotParallelize] // has the working directory to itself
public sealed class ScoringTour
{
    [TestMethod]
    public async Task The_tour_runs()
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

        // DOCS
        float[] windows = [.. lastTwenty, .. lastTwenty];
        float[] results = new float[2];
        predictor.PredictBatch(windows, results);
        // END
        Assert.AreSequenceEqual(many, results);

        model.GetSequenceModel().Save("model.onnx");
        // DOCS
        using var modest = SequencePredictor.Load("model.onnx", new SequencePredictorOptions
        {
            Threads = 1,                 // of one batch; default: all processors
            ExecutionProvider = "CPU",   // or "CUDA", "DirectML", "CoreML", "OpenVINO": with the package of ONNX Runtime that has it
            ConfigureSession = session => session.EnableCpuMemArena = false, // anything else of ONNX Runtime's session
        });
        // END
        Assert.AreEqual(score, modest.Predict(lastTwenty)[0], 1e-3f * score);

        // DOCS
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSequencePredictor("model.onnx");
        builder.Services.AddSequencePredictor("small", "model.onnx", options => options.Predictor = new() { Threads = 1 });
        using var host = builder.Build();
        await host.StartAsync(); // loads the models; a file that cannot be used ends the start with the reason

        var service = host.Services.GetRequiredService<SequencePredictor>(); // or a constructor's parameter
        var small = host.Services.GetRequiredKeyedService<SequencePredictor>("small"); // or [FromKeyedServices("small")]
        // END
        Assert.AreEqual(score, service.Predict(lastTwenty)[0], 1e-3f * score);
        Assert.AreEqual(score, small.Predict(lastTwenty)[0], 1e-3f * score);
        await host.StopAsync();
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
