using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Docs;

/// <summary>The snippets of <c>docs/forecasting.md</c>; <see cref="DocsPagesTests"/> holds the page to them word by word.</summary>
[TestClass, DoNotParallelize] // has the working directory to itself
public sealed class ForecastingTour
{
    // DOCS
    public sealed class Demand
    {
        public string Shop { get; set; } = "";

        public DateTime Day { get; set; }

        public float Sold { get; set; }

        public float Holiday { get; set; } // known ahead
    }
    // END

    [TestMethod]
    public void The_tour_runs()
    {
        using var folder = new TourFolder();
        var ml = new MLContext(seed: 1);
        var sales = ml.Data.LoadFromEnumerable(Shops(days: 200).ToArray());
        var nextWeek = Shops(days: 207).Where(d => d.Day >= First.AddDays(200)).ToArray();

        // DOCS
        var windows = ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = ["Sold"],
            GroupColumn = "Shop",
            TimeColumn = "Day",
            WindowLength = 28,
            Horizon = 7,
            Padding = WindowPadding.Start, // shops that opened lately are forecast, too
        });
        var network = new RecurrentOptions { Cell = RecurrentCell.Gru, HiddenSizes = [32], Training = new() { Epochs = 15, Seed = 1 } };

        var pipeline = windows.Append(ml.Forecasting.ForecastByRecurrent(new ForecastOptions
        {
            Distribution = ForecastDistribution.Quantiles,
            QuantilesColumnName = "Quantiles",
            ConfidenceLowerBoundColumn = "LowerBound",
            ConfidenceUpperBoundColumn = "UpperBound",
            ConfidenceLevel = 0.9,
            Normalization = WindowNormalization.Standard, // one model for shops of any size
            SeasonLength = 7,
            LinearHighway = true,
        }, network));
        var model = pipeline.Fit(sales);

        var next = model.Forecast(sales); // Shop, Day, Step, Forecast, LowerBound, UpperBound, Quantiles: a row for each shop and day to come
        // END
        Assert.HasCount(3 * 7, next.GetColumn<float>("Forecast").ToArray());
        Assert.AreEqual(First.AddDays(200), next.GetColumn<DateTime>("Day").First());

        // DOCS
        var metrics = ml.Forecasting.Evaluate(model.Transform(sales), new ForecastEvaluationOptions
        {
            LowerBoundColumnName = "LowerBound",
            UpperBoundColumnName = "UpperBound",
            QuantilesColumnName = "Quantiles",
            ConfidenceLevel = 0.9,
            GroupColumnName = "Shop",
        });
        Console.WriteLine($"sMAPE {metrics.SymmetricMeanAbsolutePercentageError:f2}, coverage {metrics.Coverage:f3}, quantile loss {metrics.WeightedQuantileLoss:f4}");
        Console.WriteLine($"on the seventh day: {metrics.PerStep[6].MeanAbsoluteError:f2}; in shop S1: {metrics.PerSeries["S1"].MeanAbsoluteError:f2}");
        // END
        Assert.IsNotNull(metrics.Coverage);

        // DOCS
        var backtest = ml.Forecasting.Backtest(sales, pipeline, new BacktestOptions { Folds = 3, SeasonLength = 7, Refit = false, ConfidenceLevel = 0.9 });
        Console.WriteLine(backtest);                                               // the model and the baselines, over all folds and by fold
        Console.WriteLine($"{backtest.Best} is best, of the baselines {backtest.BestBaseline}");
        // END
        Assert.HasCount(3, backtest.Folds);

        // DOCS
        var naive = ml.Forecasting.ForecastBySeasonalNaive(options: new BaselineOptions { SeasonLength = 7 });
        var baseline = windows.Append(naive).Fit(sales);
        // END
        Assert.IsNotNull(baseline.Forecast(sales));

        // DOCS
        var informed = ml.Transforms.CalendarFeatures("Calendar", "Day", CalendarFields.DayOfWeek)
            .Append(ml.Transforms.Conversion.MapValueToKey("ShopKey", "Shop"))
            .Append(ml.Transforms.SlidingWindow(new SlidingWindowOptions
            {
                InputColumns = ["Sold", "Calendar"],
                FutureColumns = ["Calendar", "Holiday"], // of the days to come, in the column Future
                GroupColumn = "Shop",
                TimeColumn = "Day",
                WindowLength = 28,
                Horizon = 7,
            }))
            .Append(ml.Forecasting.ForecastByRecurrent(new ForecastOptions
            {
                FutureColumnName = "Future",
                StaticColumnNames = ["ShopKey"], // an embedding of each shop
                Normalization = WindowNormalization.Standard,
            }, network))
            .Fit(sales);
        var knowing = informed.Forecast(sales, new ForecastRowsOptions { FutureRows = ml.Data.LoadFromEnumerable(nextWeek) });
        // END
        Assert.IsTrue(knowing.GetColumn<float>("Forecast").All(float.IsFinite));

        // DOCS
        var scaled = ml.Transforms.SeriesScale("Scale", "Sold", "Shop", SeriesScaling.Robust)
            .Append(windows)
            .Append(ml.Forecasting.ForecastByRecurrent(
                new ForecastOptions { Normalization = WindowNormalization.Series, SeriesScaleColumnName = "Scale" }, network));
        // END
        Assert.IsNotNull(scaled.Fit(sales));

        // DOCS
        var stepByStep = ml.Forecasting.ForecastByRecurrent(
            new ForecastOptions { Decoder = ForecastDecoder.EncoderDecoder, Normalization = WindowNormalization.LastValue }, network);
        // END
        Assert.IsNotNull(stepByStep);

        // DOCS
        ml.Model.Save(model, sales.Schema, "demand.zip");
        ml.Model.SaveAsOnnx(model, sales.Schema, "demand.onnx", new OnnxExportOptions { SampleRows = sales });
        // END
        Assert.AreEqual(7, SequenceModel.Load("demand.onnx").Manifest.Forecast!.Horizon);
    }

    private static readonly DateTime First = new(2024, 1, 1);

    // Three shops of different sizes, more on weekends, less on holidays.
    private static IEnumerable<Demand> Shops(int days)
    {
        for (int s = 1; s <= 3; s++)
        {
            var random = new Random(s);
            for (int d = 0; d < days; d++)
            {
                float holiday = d % 17 == 0 ? 1 : 0;
                float sold = s * 100 * (1 + (d % 7 >= 5 ? 0.5f : 0) - (0.4f * holiday) + (0.1f * (float)random.NextDouble()));
                yield return new() { Shop = $"S{s}", Day = First.AddDays(d), Sold = sold, Holiday = holiday };
            }
        }
    }
}
