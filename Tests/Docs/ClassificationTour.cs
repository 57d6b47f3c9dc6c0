using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/classification.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass, DoNotParallelize] // has the working directory to itself
public sealed class ClassificationTour
{
    // DOCS
    public sealed class Trace
    {
        [VectorType(0, 2)] // any number of steps of 2 features, step by step
        public float[] Features { get; set; } = [];

        public string Label { get; set; } = "";
    }
    // END

    [TestMethod]
    public void The_tour_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        var traces = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 120).Select(Walk).ToArray());

        // DOCS
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.MulticlassClassification.Trainers.Gru(options: new RecurrentOptions { HiddenSizes = [32], Training = new() { Epochs = 20, Seed = 1 } }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel"));
        var model = pipeline.Fit(traces);

        var scored = model.Transform(traces);
        Console.WriteLine(ml.MulticlassClassification.Evaluate(scored).MicroAccuracy);
        Console.WriteLine(ml.MulticlassClassification.Report(scored)); // precision, recall, F1 and support of each class
        // END
        Assert.IsGreaterThan(0.9, ml.MulticlassClassification.Report(scored).Accuracy);
        Assert.Contains(model.Transform(traces).GetColumn<string>("Class").First(), ["up", "down", "flat"]);

        var reviews = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(Review).ToArray());
        // DOCS
        var texts = ml.Transforms.Text.NormalizeText("Words", "Text")
            .Append(ml.Transforms.Text.TokenizeIntoWords("Words"))
            .Append(ml.Transforms.Conversion.MapValueToKey("Tokens", "Words"))
            .Append(ml.BinaryClassification.Trainers.BiLstm("Label", "Tokens", new RecurrentOptions
            {
                HiddenSizes = [16],
                EmbeddingSize = 8,
                Training = new() { Epochs = 30, LearningRate = 0.01, Seed = 1 },
            }));
        var reader = texts.Fit(reviews);
        // END
        Assert.IsGreaterThan(0.95, ml.BinaryClassification.Evaluate(reader.Transform(reviews)).Accuracy);

        // DOCS
        ml.Model.SaveAsOnnx(reader, reviews.Schema, "reader.onnx", new OnnxExportOptions { InputColumnNames = ["Words"], SampleRows = reviews });
        ml.Model.SaveAsOnnx(model, traces.Schema, "traces.onnx", new OnnxExportOptions { SampleRows = traces });
        // END
        Assert.AreEqual(OnnxElementType.String, SequenceModel.Load("reader.onnx").Manifest.Inputs.Single().Type);

        // DOCS
        var rare = ml.MulticlassClassification.Trainers.Lstm(classification: new ClassificationOptions
        {
            ClassWeights = ClassWeights.Balanced, // or ClassWeights.Of(("fall", 20), ("walk", 1))
            LabelSmoothing = 0.1,
            ExampleWeightColumnName = null, // a column of Single: how much each example counts
        });
        // END
        Assert.IsNotNull(rare);

        // DOCS
        var few = new RecurrentOptions
        {
            Cell = RecurrentCell.Gru,
            Bidirectional = true,
            HiddenSizes = [64],
            DenseSizes = [],
            Input = new() { Deltas = true, StackedSteps = 1 },
            Members = 5,
            Training = new() { Epochs = 200, BatchSize = 16, ValidationFraction = 0.2, EarlyStopping = new() { Patience = 40 } },
        };
        // END
        var short_ = few.Train(t => t with { Epochs = 2, Seed = 1 });
        var keyed = ml.Transforms.Conversion.MapValueToKey("Label").Fit(traces).Transform(traces);
        using var ensemble = ml.MulticlassClassification.Trainers.Recurrent(short_).Fit(keyed);
        Assert.HasCount(5, ensemble.Model.Manifest.Training.Members);

        // DOCS
        foreach (var feature in ml.MulticlassClassification.SequencePermutationImportance(model, traces, seed: 1))
            Console.WriteLine($"{feature.Feature}: accuracy {feature.Accuracy.Mean:+0.00;-0.00} when it is another sequence's");
        // END
    }

    // Rises, falls or neither, in its first feature; any number of steps.
    private static Trace Walk(int i)
    {
        int steps = 5 + (i * 7 % 11), slope = (i % 3) - 1;
        return new()
        {
            Features = [.. Enumerable.Range(0, steps).SelectMany(t => new[] { slope * t * 0.3f + MathF.Sin(i + t) * 0.2f, MathF.Cos(i * t) })],
            Label = slope switch { > 0 => "up", < 0 => "down", _ => "flat" },
        };
    }

    // Whether the soup is praised, or the service alone.
    private static ReviewText Review(int i)
    {
        bool good = i % 2 == 0;
        string filler = string.Join(' ', Enumerable.Repeat("really", i % 4));
        return new() { Text = $"the soup was {filler} {(good ? "good" : "bad")} and the service was {(good ? "bad" : "good")}", Label = good };
    }

    private sealed class ReviewText
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }
}
