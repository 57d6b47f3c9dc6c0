using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/concepts.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass]
public sealed class ConceptsTour
{
    [TestMethod]
    public void The_tour_runs()
    {
        // DOCS
        var ml = new MLContext(seed: 1);
        var series = ml.Data.LoadFromEnumerable(new[] { 10f, 11f, 12f, 13f, 14f, 15f }.Select(level => new Reading { Level = level }));

        var windows = ml.Transforms.SlidingWindow("Window", ["Level"], windowLength: 3, horizon: 2).Fit(series).Transform(series);
        foreach (var row in ml.Data.CreateEnumerable<WindowRow>(windows, reuseRowObject: false))
            Console.WriteLine($"{string.Join(' ', row.Window)} -> {string.Join(' ', row.Label)}");
        // 10 11 12 -> 13 14
        // 11 12 13 -> 14 15
        // 12 13 14 -> 15 NaN
        // 13 14 15 -> NaN NaN
        // END
        string[] shown = [.. ml.Data.CreateEnumerable<WindowRow>(windows, reuseRowObject: false)
            .Select(row => $"{string.Join(' ', row.Window)} -> {string.Join(' ', row.Label)}")];
        CollectionAssert.AreEqual(new[] { "10 11 12 -> 13 14", "11 12 13 -> 14 15", "12 13 14 -> 15 NaN", "13 14 15 -> NaN NaN" }, shown);

        // DOCS
        var split = ml.Data.ChronologicalSplit(windows, testFraction: 0.25);

        int training = ml.Data.CreateEnumerable<WindowRow>(split.TrainSet, reuseRowObject: false).Count(); // 1
        int test = ml.Data.CreateEnumerable<WindowRow>(split.TestSet, reuseRowObject: false).Count();      // 1
        // END
        Assert.AreEqual(1, training);
        Assert.AreEqual(1, test);
    }

    // DOCS
    public sealed class Reading
    {
        public float Level { get; set; }
    }

    public sealed class WindowRow
    {
        [VectorType(3, 1)]
        public float[] Window { get; set; } = [];

        [VectorType(2)]
        public float[] Label { get; set; } = [];
    }
    // END
}
