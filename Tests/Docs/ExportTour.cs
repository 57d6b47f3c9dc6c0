using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/export.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass]
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
        Assert.AreEqual("Sold", schema.Single().Name);
        Assert.AreSequenceEqual(model.Transform(sales).GetColumn<float>("Score"), loaded.Transform(sales).GetColumn<float>("Score"));
    }

    private sealed class Sale
    {
        public float Sold { get; set; }
    }
}
