using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Composition;

/// <summary>Missing values, normalisation, windows, a cache, a trainer and a step after it, as one estimator.</summary>
[TestClass]
public sealed class WholeChainTests
{
    private const int Horizon = 3;

    private static readonly string[] s_missing = ["Close", "Volume"];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_regression_chain_fits_evaluates_saves_loads_and_scores_the_same()
    {
        var model = Regression().Fit(Training());

        var scored = model.Transform(Test());
        var metrics = _ml.Regression.Evaluate(scored, scoreColumnName: "Prediction");

        float[] errors = [.. scored.GetColumn<float>("Prediction").Zip(scored.GetColumn<float>("Label"), (p, l) => p - l)];
        Assert.HasCount(3 * 26, errors, "30 days of 3 shares, windows of 5");
        Assert.AreEqual(3, errors.Count(float.IsNaN), "the last day of each share has no label");
        Assert.AreEqual(Math.Sqrt(errors.Where(float.IsFinite).Average(e => (double)e * e)), metrics.RootMeanSquaredError, 1e-6);
        CheckReloaded(model, scored, "Score", "Prediction");
    }

    [TestMethod]
    public void A_forecasting_chain_fits_evaluates_saves_loads_and_scores_the_same()
    {
        var model = Forecasting().Fit(Training());

        var scored = model.Transform(Test());
        var metrics = _ml.Forecasting.Evaluate(scored, forecastColumnName: "Prediction");

        Assert.HasCount(Horizon, metrics.RootMeanSquaredErrorPerStep);
        Assert.IsTrue(metrics.RootMeanSquaredErrorPerStep.All(e => e > 0 && double.IsFinite(e)));
        CheckReloaded(model, scored, "Forecast", "Prediction");
    }

    [TestMethod]
    public void The_chain_promises_the_columns_that_it_gives()
    {
        foreach (var (chain, name) in new (IEstimator<ITransformer>, string)[] { (Regression(), "regression"), (Forecasting(), "forecasting") })
        {
            var promised = chain.GetOutputSchema(SchemaShape.Create(Training().Schema));
            var model = chain.Fit(Training());
            var given = SchemaShape.Create(model.GetOutputSchema(Test().Schema));
            Assert.AreSequenceEqual(ComponentContract.Describe(given), ComponentContract.Describe(promised), name);
        }
    }

    [TestMethod]
    public void The_cache_changes_nothing()
    {
        var cached = Regression().Fit(Training());
        var uncached = Steps(1).Append(_ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny)).Fit(Training());

        Assert.AreSequenceEqual(ViewText.Rows(uncached.Transform(Test()), "Score"), ViewText.Rows(cached.Transform(Test()), "Score"));
    }

    [TestMethod, TestCategory("Long")]
    [DataRow("Score")]
    [DataRow("Forecast")]
    public void A_fresh_process_that_loads_the_chain_scores_the_same(string output)
    {
        using var folder = new TemporaryFolder();
        var model = (output == "Score" ? Regression() : Forecasting()).Fit(Training());
        AtomicFile.Write(folder["model.zip"], stream => _ml.Model.Save(model, Training().Schema, stream));
        File.WriteAllLines(folder["test.csv"], Rows(30).Skip(10).Select(t =>
            string.Create(CultureInfo.InvariantCulture, $"{Field(t.Close)},{Field(t.Volume)},{t.Share}")).Prepend("Close,Volume,Share"));

        var run = ScenarioProgram.Run("Scoring", folder.Path, "--model", "model.zip", "--data", "test.csv");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        var here = model.Transform(Select(_ml.Data.LoadFromEnumerable(Rows(30).Skip(10))));
        float[] expected = [.. output == "Score" ? here.GetColumn<float>(output) : here.GetColumn<float[]>(output).SelectMany(v => v)];
        float[] actual = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .SelectMany(line => line.Split(',').Skip(1)).Select(field => float.Parse(field, CultureInfo.InvariantCulture))];
        Assert.AreSequenceEqual(expected, actual);
    }

    private EstimatorChain<ColumnCopyingTransformer> Regression() => Steps(1).AppendCacheCheckpoint(_ml)
        .Append(_ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny)).Append(_ml.Transforms.CopyColumns("Prediction", "Score"));

    private EstimatorChain<ColumnCopyingTransformer> Forecasting() => Steps(Horizon).AppendCacheCheckpoint(_ml)
        .Append(_ml.Forecasting.ForecastByRecurrent("Forecast", "Window", "Label", Networks.Tiny))
        .Append(_ml.Transforms.CopyColumns("Prediction", "Forecast"));

    private EstimatorChain<SlidingWindowTransformer> Steps(int horizon) => _ml.Transforms
        .ReplaceMissingValues([.. s_missing.Select(c => new InputOutputColumnPair(c))], MissingValueReplacingEstimator.ReplacementMode.Mean)
        .Append(_ml.Transforms.NormalizeMeanVariance([.. s_missing.Select(c => new InputOutputColumnPair(c))]))
        .Append(_ml.Transforms.SlidingWindow("Window", ["Close", "Volume"], 5, horizon, groupColumnName: "Share"));

    private IDataView Training() => Select(_ml.Data.LoadFromEnumerable(Rows(40)));

    private IDataView Test() => Select(_ml.Data.LoadFromEnumerable(Rows(30)));

    // The columns that a text file can hold.
    private IDataView Select(IDataView data) => _ml.Transforms.SelectColumns("Close", "Volume", "Share").Fit(data).Transform(data);

    private static IEnumerable<Trade> Rows(int days) => Trade.Rows(days).Select((row, i) =>
    {
        if (i % 11 == 3)
            row.Close = float.NaN;
        if (i % 13 == 5)
            row.Volume = float.NaN;
        return row;
    });

    private static string Field(float value) => float.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    private void CheckReloaded(ITransformer model, IDataView scored, params string[] columns)
    {
        var loaded = ComponentContract.Reload(_ml, model, Training().Schema);

        var again = loaded.Transform(Test());
        Assert.AreSequenceEqual(ViewText.Rows(scored), ViewText.Rows(again));
        foreach (string column in columns)
            Assert.DoesNotContain("NaN", string.Concat(ViewText.Rows(again, column)), "missing values are replaced before the windowing");
    }
}
