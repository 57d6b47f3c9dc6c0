using Microsoft.ML;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/generation.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass, DoNotParallelize] // has the working directory to itself
public sealed class GenerationTour
{
    // DOCS
    public sealed class Name
    {
        public string[] Letters { get; set; } = []; // "mia" as ["m", "i", "a"]
    }
    // END

    [TestMethod]
    public void The_tour_of_texts_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        string[] some = ["mia", "mara", "anna", "lena", "nina", "emma", "ella", "lara", "maria", "anne"];
        var names = ml.Data.LoadFromEnumerable(Enumerable.Repeat(some, 8).SelectMany(n => n).Select(Letters));
        var heldOut = ml.Data.LoadFromEnumerable(new[] { "lina", "mila" }.Select(Letters));

        // DOCS
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Letters")
            .Append(ml.MulticlassClassification.Trainers.LanguageModel("Letters", new LanguageModelOptions
            {
                Cell = RecurrentCell.Lstm,
                HiddenSizes = [128],
                Dropout = 0.2,
                Training = new() { Epochs = 10, LearningRate = 2e-3, Seed = 1 },
            }));
        var model = pipeline.Fit(names);

        var metrics = ml.MulticlassClassification.EvaluateLanguageModel(model, heldOut);
        Console.WriteLine($"{metrics.NatsPerToken:f3} nats per letter, perplexity {metrics.Perplexity:f1}");

        foreach (string letter in model.Generate("ma", length: 20, new() { Temperature = 0.8, Seed = 1 }))
            Console.Write(letter); // as they are drawn
        // END
        Assert.IsLessThan(28, metrics.Perplexity);

        // DOCS
        model.LastTransformer.Model.Save("names.onnx"); // ml.Model.SaveAsOnnx(model, …) writes the whole pipeline, which scores whole texts

        using var generator = TokenGenerator.Load("names.onnx");
        for (int seed = 0; seed < 10; seed++)
            Console.WriteLine(generator.GenerateText("", length: 20, new() { TopP = 0.9, Seed = seed }));
        // END
        Assert.AreEqual(string.Concat(model.Generate("ma", 20, new() { Seed = 3 })), generator.GenerateText("ma", 20, new() { Seed = 3 }));

        // DOCS
        var letters = TrainingCallback.EachEpoch(context =>
        {
            using var sofar = new TokenGenerator(context.CreateModel());
            Console.WriteLine($"epoch {context.Metrics.Epoch}: {sofar.GenerateText("", 20, new() { Seed = 1 })}");
        });
        // END
        var said = new StringWriter();
        var console = Console.Out;
        Console.SetOut(said);
        try
        {
            ml.MulticlassClassification.Trainers.LanguageModel("Letters", new() { HiddenSizes = [4], Training = new() { Epochs = 2, Seed = 1, Callbacks = [letters] } })
                .Fit(model.First().Transform(names));
        }
        finally
        {
            Console.SetOut(console);
        }
        Assert.Contains("epoch 2: ", said.ToString());
    }

    [TestMethod]
    public void The_tour_of_series_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        float[] wave = [.. Enumerable.Range(0, 400).Select(t => MathF.Sin(0.2f * t))];
        var rows = ml.Data.LoadFromEnumerable(wave.Select(v => new Row { Value = v }));
        var options = new RecurrentOptions { HiddenSizes = [8], Training = new() { Epochs = 1, Seed = 1 } };

        // DOCS
        var waves = ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 64)
            .Append(ml.Regression.Trainers.Lstm("Label", "Window", options))
            .Fit(rows);

        float[] next = waves.Generate(wave, length: 200);

        ml.Model.SaveGeneratorAsOnnx(waves, "wave-generator.onnx"); // inputs Seed [batch, 64, 1] and Length, output Generated [batch, Length, 1]
        // END
        Assert.HasCount(200, next);
        Assert.IsTrue(File.Exists("wave-generator.onnx"));

        // DOCS
        double[] norms = GradientNorms.ByDistance(waves.LastTransformer.Model, waves.Transform(rows)); // by steps before the last one
        Console.WriteLine($"a step 60 back counts {norms[60] / norms[0]:g2} of the last one");
        // END
        Assert.HasCount(64, norms);
    }

    private static Name Letters(string name) => new() { Letters = [.. name.Select(c => c.ToString())] };

    private sealed class Row
    {
        public float Value { get; set; }
    }
}
