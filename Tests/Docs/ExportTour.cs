using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/export.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass, DoNotParallelize] // has the working directory to itself
public sealed class ExportTour
{
    [TestMethod]
    public void The_tour_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        var sales = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 100).Select(t => new Sale { Sold = 10 + MathF.Sin(0.3f * t) }));
        var options = new RecurrentOptions { HiddenSizes = [8], Training = new() { Epochs = 1, Seed = 1 } };
        var model = ml.Transforms.SlidingWindow("Window", ["Sold"], windowLength: 12)
            .Append(ml.Regression.Trainers.Lstm("Label", "Window", options)).Fit(sales);

        // DOCS
        ml.Model.SaveAsOnnx(model, sales.Schema, "sales.onnx", new OnnxExportOptions { SampleRows = sales });
        // END
        Assert.IsTrue(File.Exists("sales.onnx"));

        // DOCS
        var sequenceModel = SequenceModel.Load("sales.onnx");
        var manifest = sequenceModel.Manifest;
        Console.WriteLine($"{manifest.Task} of '{manifest.LabelColumnName}', {manifest.Steps} steps of {manifest.Features}, "
            + $"windows of {string.Join(", ", manifest.Window!.InputColumnNames)}");
        Console.Write(sequenceModel.Summary());
        // END
        Assert.AreEqual(("regression", 12, 1), (manifest.Task, manifest.Steps, manifest.Features));

        // DOCS
        AtomicFile.Write("sales.zip", stream => ml.Model.Save(model, sales.Schema, stream));
        var loaded = ml.Model.Load("sales.zip", out var schema);
        // END
        Assert.AreSequenceEqual(["Sold", "Price"], schema.Select(c => c.Name));
        Assert.AreSequenceEqual(model.Transform(sales).GetColumn<float>("Score"), loaded.Transform(sales).GetColumn<float>("Score"));
    }

    [TestMethod]
    public void The_tour_of_steps_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        var sales = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 100).Select(t => new Sale
        {
            Sold = 10 + MathF.Sin(0.3f * t),
            Price = t % 9 == 4 ? float.NaN : 2 + MathF.Cos(0.2f * t),
        }));
        var options = new RecurrentOptions { HiddenSizes = [8], Training = new() { Epochs = 1, Seed = 1 } };
        float[] lastTwelve = [.. Enumerable.Range(0, 24).Select(i => i % 2 == 0 ? 10 + (0.1f * i) : 2)];

        // DOCS
        var whole = ml.Transforms.ReplaceMissingValues("Price")
            .Append(ml.Transforms.NormalizeMinMax("Price"))
            .Append(ml.Transforms.SlidingWindow("Window", ["Sold", "Price"], windowLength: 12))
            .Append(ml.Regression.Trainers.Lstm("Label", "Window", options))
            .Append(ml.Transforms.CopyColumns("Tomorrow", "Score"))
            .Append(ml.Transforms.SelectColumns("Tomorrow"))
            .Fit(sales);
        ml.Model.SaveAsOnnx(whole, sales.Schema, "tomorrow.onnx", new OnnxExportOptions { SampleRows = sales });

        using var predictor = SequencePredictor.Load("tomorrow.onnx");
        float tomorrow = predictor.Predict(lastTwelve)[0]; // 12 × (Sold, Price) as they come, NaN where a price is missing
        // END
        Assert.IsTrue(float.IsFinite(tomorrow));
        Assert.AreEqual("Tomorrow", predictor.Model.Manifest.Outputs.Single().Name);

        var logarithms = ml.Transforms.CustomMapping<Sale, LogPrice>((sale, log) => log.LogOfPrice = MathF.Log(sale.Price), contractName: null)
            .Append(ml.Transforms.SlidingWindow("Window", ["Sold", "LogOfPrice"], windowLength: 12)).Fit(sales);
        var withLogarithms = logarithms.Append(ml.Regression.Trainers.Lstm("Label", "Window", options)
            .Fit(ml.Data.TakeRows(ml.Data.FilterRowsByMissingValues(logarithms.Transform(ml.Data.LoadFromEnumerable(Enumerable.Range(0, 50)
                .Select(t => new Sale { Sold = t % 7, Price = 1 + (t % 5) }))), "Label"), 40)));

        // DOCS
        ml.Model.SaveAsOnnx(withLogarithms, sales.Schema, "logarithms.onnx", new OnnxExportOptions { SampleRows = sales, Converters = [new LogConverter()] });
        // END
        Assert.AreSequenceEqual(["Sold", "Price"], SequenceModel.Load("logarithms.onnx").Manifest.Window!.InputColumnNames);
    }

    // DOCS
    private sealed class LogConverter : OnnxStepConverter<CustomMappingTransformer<Sale, LogPrice>>
    {
        protected override OnnxColumn Convert(CustomMappingTransformer<Sale, LogPrice> transformer, OnnxStepContext context) =>
            context.Output(context.Graph.Node("Log", [context.Input("Price").Value]));
    }
    // END

    private sealed class Sale
    {
        public float Sold { get; set; }

        public float Price { get; set; }
    }

    private sealed class LogPrice
    {
        public float LogOfPrice { get; set; }
    }
}
