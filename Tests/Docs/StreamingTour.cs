using Microsoft.ML;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/streaming.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass, DoNotParallelize] // has the working directory to itself
public sealed class StreamingTour
{
    [TestMethod]
    public void The_tour_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        float[] readings = [.. Enumerable.Range(0, 60).Select(t => MathF.Sin(0.3f * t))];
        var rows = ml.Data.LoadFromEnumerable(readings.Select(r => new Row { Value = r }));
        var windows = ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 8).Fit(rows).Transform(rows);
        var options = new RecurrentOptions { HiddenSizes = [8], Training = new() { Epochs = 1, Seed = 1 } };
        var model = ml.Regression.Trainers.Lstm("Label", "Window", options).Fit(windows);

        // DOCS
        using var predictor = new StreamingPredictor(model.Model);
        var sensor = predictor.CreateSeries();
        foreach (float reading in readings)
            Console.WriteLine(sensor.Step([reading])[0]);
        // END

        // DOCS
        StreamingSeries[] machines = [.. Enumerable.Range(0, 100).Select(_ => predictor.CreateSeries())];
        float[] observations = new float[100]; // [series, features]
        float[] predictions = new float[100];  // [series, outputs]
        predictor.StepBatch(machines, observations, predictions);
        // END

        // DOCS
        sensor.Save("sensor.state");

        var again = predictor.RestoreSeries("sensor.state"); // in any process; the state of another model is refused
        Console.WriteLine($"goes on after {again.Steps} observations");
        // END
        Assert.AreEqual(60, again.Steps);

        // DOCS
        ml.Model.SaveAsOnnx(model, windows.Schema, "sensor.onnx", new OnnxExportOptions { Streaming = true });

        using var elsewhere = StreamingPredictor.Load("sensor.onnx");
        // END
        Assert.AreEqual(predictor.CreateSeries().Step([0.5f])[0], elsewhere.CreateSeries().Step([0.5f])[0]);
        Assert.AreEqual(predictor.CreateSeries().Step([0f])[0], predictions[0], 1e-6f);
    }

    private sealed class Row
    {
        public float Value { get; set; }
    }
}
