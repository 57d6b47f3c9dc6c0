using Microsoft.ML;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/optimisation.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass, DoNotParallelize] // has the working directory to itself
public sealed class OptimisationTour
{
    [TestMethod]
    public void The_tour_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        IDataView Sales(int from, int to) =>
            ml.Data.LoadFromEnumerable(Enumerable.Range(from, to - from).Select(t => new Sale { Sold = 10 + MathF.Sin(0.3f * t) }));
        var (sales, newer) = (Sales(0, 100), Sales(100, 150));
        var options = new RecurrentOptions { HiddenSizes = [128], Training = new() { Epochs = 2, Seed = 1 } };
        var model = ml.Transforms.SlidingWindow("Window", ["Sold"], windowLength: 12)
            .Append(ml.Regression.Trainers.Lstm("Label", "Window", options)).Fit(sales);

        // DOCS
        ml.Model.SaveAsOnnx(model, sales.Schema, "sales.onnx", new OnnxExportOptions { Precision = OnnxPrecision.Int8, SampleRows = sales });

        using var predictor = SequencePredictor.Load("sales.onnx"); // as any other file
        // END
        Assert.AreEqual(OnnxPrecision.Int8, predictor.Model.Manifest.Precision);
        Assert.IsTrue(float.IsFinite(predictor.Predict(new float[12])[0]));

        // DOCS
        var report = ml.Model.CompareOnnxPrecisions(model, newer); // rows that the model was not trained on
        Console.Write(report);

        var int8 = report.Of(OnnxPrecision.Int8);
        Console.WriteLine($"{int8.FileRatio:p0} of the size, {int8.CallSpeedup:f1} times as fast, RMSE {int8.RootMeanSquaredErrorChange:+0.000;-0.000}");
        // END
        Assert.AreEqual((39, 38), (report.Rows, report.LabelledValues));
        Assert.IsLessThan(0.5, int8.FileRatio);
    }

    private sealed class Sale
    {
        public float Sold { get; set; }
    }
}
