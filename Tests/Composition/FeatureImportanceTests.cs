using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn.Tests.Composition;

/// <summary>Permutation feature importance of a trained network names the lag that the series depends on.</summary>
[TestClass]
public sealed class FeatureImportanceTests
{
    private const string PlantedSlot = "X[t-3]";

    private static readonly MLContext s_ml = new(seed: 1);
    private static readonly IDataView s_data = s_ml.Data.LoadFromEnumerable(Rows(700));

    private static readonly Lazy<TransformerChain<ColumnCopyingTransformer>> s_chain = new(() =>
        new EstimatorChain<ITransformer>().Append(s_ml.Transforms.SlidingWindow("Window", ["X", "Noise"], 6, targetColumnName: "Y"))
            .Append(s_ml.Regression.Trainers.Gru("Label", "Window", new()
            {
                HiddenSizes = [12],
                DenseSizes = [],
                Dropout = 0,
                Training = new() { Epochs = 25, LearningRate = 0.02, Seed = 1 },
            })).Append(s_ml.Transforms.CopyColumns("Prediction", "Score")).Fit(s_data));

    [TestMethod]
    public void The_typed_overload_gives_the_planted_lag_the_highest_importance()
    {
        var model = s_chain.Value.OfType<SequenceTransformer>().Single();
        var windows = s_chain.Value.First().Transform(s_data);

        var importance = s_ml.Regression.PermutationFeatureImportance(model, windows, permutationCount: 2);

        VBuffer<ReadOnlyMemory<char>> names = default;
        windows.Schema["Window"].GetSlotNames(ref names);
        Assert.HasCount(12, importance);
        CheckTop(importance.Select((m, i) => (names.GetItemOrDefault(i).ToString(), m)));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_overload_for_any_model_names_the_planted_lag(bool loaded)
    {
        ITransformer model = loaded ? ComponentContract.Reload(s_ml, s_chain.Value, s_data.Schema) : s_chain.Value;

        var importance = s_ml.Regression.PermutationFeatureImportance(model, model.Transform(s_data), permutationCount: 2);

        Assert.HasCount(12, importance);
        CheckTop(importance.Select(pair => (pair.Key, pair.Value)));
    }

    [TestMethod]
    public void A_features_whole_course_matters_where_its_planted_lag_does()
    {
        var model = s_chain.Value.OfType<SequenceTransformer>().Single();
        var windows = s_chain.Value.First().Transform(s_data);

        var importance = s_ml.Regression.SequencePermutationImportance(model, windows, featureColumnName: "Window", permutationCount: 2, seed: 1);

        Assert.AreSequenceEqual(["X", "Noise"], importance.Select(f => f.Feature));
        var (x, noise) = (importance[0].RootMeanSquaredError, importance[1].RootMeanSquaredError);
        Assert.AreEqual(s_ml.Regression.Evaluate(model.Transform(windows)).RootMeanSquaredError, x.Baseline, 1e-6);
        Assert.IsGreaterThan(0.5, x.Mean);
        Assert.IsGreaterThan(5 * Math.Abs(noise.Mean), x.Mean);
        Fails.With<ArgumentException>(() => s_ml.Regression.SequencePermutationImportance(s_chain.Value, s_data, featureColumnName: "Window"),
            "WithoutWindowing");
    }

    private static void CheckTop(IEnumerable<(string Slot, RegressionMetricsStatistics Metrics)> importance)
    {
        var ranked = importance.OrderByDescending(slot => slot.Metrics.RootMeanSquaredError.Mean).ToArray();
        Assert.AreEqual(PlantedSlot, ranked[0].Slot);
        Assert.IsGreaterThan(5 * Math.Abs(ranked[1].Metrics.RootMeanSquaredError.Mean), ranked[0].Metrics.RootMeanSquaredError.Mean);
        Assert.IsLessThan(-0.5, ranked[0].Metrics.RSquared.Mean, "without that lag little of the target is explained");
    }

    // y[t+1] = x[t-3] and a little noise; all else is noise. Y itself is no input: y[t] = x[t-4] would share in the importance.
    private static IEnumerable<Row> Rows(int count)
    {
        var random = new Random(3);
        float[] x = [.. Enumerable.Range(0, count).Select(_ => (float)Series.Normal(random))];
        return [.. x.Select((value, t) => new Row
        {
            X = value,
            Noise = (float)Series.Normal(random),
            Y = (t < 4 ? 0 : x[t - 4]) + (0.1f * (float)Series.Normal(random)),
        })];
    }

    private sealed class Row
    {
        public float X { get; set; }

        public float Noise { get; set; }

        public float Y { get; set; }
    }
}
