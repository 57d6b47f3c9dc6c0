using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/windowing.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass]
public sealed class WindowingTour
{
    [TestMethod]
    public void The_tour_runs()
    {
        var ml = new MLContext(seed: 1);
        var sales = ml.Data.LoadFromEnumerable(Sales().OrderBy(sale => sale.Shop));

        // DOCS
        var simple = ml.Transforms.SlidingWindow("Window", ["Sold", "Price"], windowLength: 24, horizon: 3, groupColumnName: "Shop");
        var windows = simple.Fit(sales).Transform(sales); // Window: Vector<Single, 24, 2>; Label: Vector<Single, 3> of Sold
        // END
        Assert.HasCount(2 * (100 - 23), windows.GetColumn<float[]>("Window").ToArray());

        sales = ml.Data.LoadFromEnumerable(Sales()); // the shops' rows alternate

        // DOCS
        var options = new SlidingWindowOptions
        {
            InputColumns = ["Sold", "Price"],
            TargetColumns = ["Sold", "Price"],      // Label: Vector<Single, 3, 2>
            FutureColumns = ["Holiday"],            // Future: Vector<Single, 3, 1>, known ahead of time
            StaticColumns = ["Area"],               // Static: Vector<Single, 1>
            GroupColumn = "Shop",
            Groups = SeriesGroups.Interleaved,      // the shops' rows alternate
            TimeColumn = "Hour",
            TimeGaps = TimeGaps.NewSeries,          // no window crosses a missing hour
            WindowLength = 24,
            Horizon = 3,
            Padding = WindowPadding.Start,          // the first hours have windows too
            MissingValues = MissingValuePolicy.Mask,
        };
        var full = ml.Transforms.SlidingWindow(options).Fit(sales).Transform(sales);
        // END
        float[][] masks = [.. full.GetColumn<float[]>("WindowMask")];
        Assert.HasCount(200, masks);
        Assert.AreEqual(1, masks[0].Sum());
        Assert.AreSequenceEqual([24, 4], ((VectorDataViewType)full.Schema["Window"].Type).Dimensions);
        Assert.AreSequenceEqual([3, 2], ((VectorDataViewType)full.Schema["Label"].Type).Dimensions);

        // DOCS
        var split = ml.Data.ChronologicalSplit(windows, testFraction: 0.2, groupColumnName: "Shop");
        // END
        Assert.IsNotEmpty(split.TestSet.GetColumn<float[]>("Window"));

        // DOCS
        var gestures = ml.Data.LoadFromEnumerable(Record(200));
        var trainer = ml.Regression.Trainers.Gru("Label", "Track", new RecurrentOptions { HiddenSizes = [16], Training = new() { Epochs = 3, Seed = 1 } });
        var model = trainer.Fit(gestures);
        // END
        Assert.IsTrue(model.Transform(gestures).GetColumn<float>("Score").All(float.IsFinite));
    }

    // DOCS
    public sealed class Sale
    {
        public DateTime Hour { get; set; }

        public string Shop { get; set; } = "";

        public float Sold { get; set; }

        public float Price { get; set; }

        public float Holiday { get; set; }

        public float Area { get; set; }
    }
    // END

    // DOCS
    public sealed class Gesture
    {
        [VectorType(0, 2)]
        public float[] Track { get; set; } = []; // as many steps as it took, 2 values each

        public float Label { get; set; }
    }
    // END

    private static IEnumerable<Sale> Sales() =>
        from hour in Enumerable.Range(0, 100)
        from shop in new[] { "north", "south" }
        select new Sale
        {
            Hour = new DateTime(2024, 1, 1).AddHours(hour < 60 ? hour : hour + 5),
            Shop = shop,
            Sold = 10 + hour % 24,
            Price = hour % 7 == 3 ? float.NaN : 2,
            Holiday = hour < 24 ? 1 : 0,
            Area = shop.Length + (shop == "north" ? 100 : 200),
        };

    private static IEnumerable<Gesture> Record(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => new Gesture
        {
            Track = [.. Enumerable.Range(0, 2 * random.Next(1, 9)).Select(_ => random.NextSingle())],
            Label = random.NextSingle(),
        })];
    }
}
