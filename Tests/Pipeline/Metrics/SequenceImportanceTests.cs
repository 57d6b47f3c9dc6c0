using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn.Tests;

/// <summary>Permutation importance by feature of models that are rules on one feature.</summary>
[TestClass]
public class SequenceImportanceTests
{
    private const uint NoLabel = uint.MaxValue; // of keys in memory, which ML.NET counts from 0: what is above the count is missing

    private readonly MLContext _ml = new(seed: 1);

    // Values of a step: the one that the class is of, noise. Lengths 3 to 9.
    private static Row[] Rows(int count, int seed = 5, int shortest = 3, int longest = 9)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var level = random.Next(3);
            var steps = random.Next(shortest, longest + 1);
            return new Row
            {
                Features = [.. Enumerable.Range(0, steps * 2).Select(v => v % 2 == 0 ? level + (0.6f * random.NextSingle()) : random.NextSingle())],
                Label = (uint)level,
                IsHigh = level > 0,
                Level = level,
            };
        })];
    }

    // The mean of the first feature, of which the classes are thirds: 0 to 0.6, 1 to 1.6, 2 to 2.6.
    private static float Mean(float[] features) => features.Where((_, i) => i % 2 == 0).DefaultIfEmpty(0).Average();

    private CustomMappingTransformer<FeaturesOnly, Scores> Rule(IDataView data) => _ml.Transforms.CustomMapping<FeaturesOnly, Scores>(static (row, scores) =>
    {
        var mean = Mean(row.Features);
        scores.PredictedLabel = (uint)Math.Clamp((int)mean, 0, 2);
        scores.Score = [.. Enumerable.Range(0, 3).Select(c => c == scores.PredictedLabel ? 0.6f + (0.1f * (mean % 1)) : 0.1f + (0.05f * c))];
    }, null).Fit(data);

    private ITransformer BinaryRule(IDataView data, bool calibrated = true) => calibrated
        ? _ml.Transforms.CustomMapping<FeaturesOnly, BinaryScores>(static (row, scores) =>
        {
            scores.PredictedLabel = Mean(row.Features) >= 1;
            scores.Probability = scores.PredictedLabel ? 0.9f : 0.2f;
        }, null).Fit(data)
        : _ml.Transforms.CustomMapping<FeaturesOnly, BinaryLabel>(static (row, scores)
            => scores.PredictedLabel = Mean(row.Features) >= 1, null).Fit(data);

    private CustomMappingTransformer<FeaturesOnly, RegressionScore> RegressionRule(IDataView data)
        => _ml.Transforms.CustomMapping<FeaturesOnly, RegressionScore>(static (row, score) => score.Score = Mean(row.Features), null).Fit(data);

    [TestMethod]
    public void Two_sequences_that_change_places_are_computed_by_hand()
    {
        Row[] rows = [new() { Features = [0, 7, 0, 7], IsHigh = false, Level = 0 }, new() { Features = [2, 8, 2, 8], IsHigh = true, Level = 2.5f }];
        var data = _ml.Data.LoadFromEnumerable(rows);

        var binary = _ml.BinaryClassification.SequencePermutationImportance(BinaryRule(data), data, "IsHigh", permutationCount: 3);
        Assert.AreEqual(new("Feature 1", new(1, -1, 0), new(1, -1, 0), binary[0].LogLoss), binary[0]);
        var (right, wrong) = (-(Math.Log(0.9) + Math.Log(0.8)) / 2, -(Math.Log(0.1) + Math.Log(0.2)) / 2);
        Assert.AreEqual(right, binary[0].LogLoss!.Value.Baseline, 1e-6);
        Assert.AreEqual(wrong - right, binary[0].LogLoss!.Value.Mean, 1e-6);
        Assert.AreEqual("Feature 2", binary[1].Feature);
        Assert.AreEqual(new(1, 0, 0), binary[1].Accuracy);

        // Errors 0 and -0.5, then 2 and -2.5.
        var regression = _ml.Regression.SequencePermutationImportance(RegressionRule(data), data, "Level");
        Assert.AreEqual(new("Feature 1", new(Math.Sqrt(0.125), Math.Sqrt(5.125) - Math.Sqrt(0.125), 0), new(0.25, 2, 0)), regression[0]);
        Assert.AreEqual((0, 0), (regression[1].RootMeanSquaredError.Mean, regression[1].MeanAbsoluteError.Mean));
    }

    [TestMethod]
    public void Only_the_feature_that_the_rule_reads_matters_in_sequences_of_any_lengths()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(300));

        var importance = _ml.MulticlassClassification.SequencePermutationImportance(Rule(data), data, permutationCount: 5, seed: 1);

        Assert.HasCount(2, importance);
        Assert.AreEqual(1, importance[0].Accuracy.Baseline);
        Assert.AreEqual(-2.0 / 3, importance[0].Accuracy.Mean, 0.05, "a random one of three classes is left");
        Assert.AreEqual(-2.0 / 3, importance[0].MacroAccuracy.Mean, 0.05);
        Assert.IsGreaterThan(0.5, importance[0].LogLoss!.Value.Mean);
        Assert.IsGreaterThan(0, importance[0].Accuracy.StandardDeviation);
        Assert.AreEqual((0, 0), (importance[1].Accuracy.Mean, importance[1].Accuracy.StandardDeviation));
        Assert.AreEqual(0, importance[1].LogLoss!.Value.Mean);
    }

    [TestMethod]
    public void Metrics_are_those_of_the_evaluators_on_the_permuted_rows()
    {
        Row[] rows = [.. Rows(80), new Row { Features = [], Label = 1, Level = 1 }, new Row { Features = [1, 1], Label = NoLabel, Level = float.NaN }];
        rows[3].Label = (rows[3].Label + 1) % 3; // not all are right
        var data = _ml.Data.LoadFromEnumerable(rows);
        var held = new HeldSequences(data, StepColumn.Find(data.Schema, "Features", null), data.Schema);
        Assert.AreEqual(rows.Length - 1, held.Count, "a row without steps is left out");
        var (random, donors) = (new Random(9), new Donors(held.Steps()));
        var own = new PermutedView(held, 0, null);
        var permuted = Enumerable.Range(0, 3).Select(_ => new PermutedView(held, 0, donors.Draw(random))).ToArray();

        var multi = _ml.MulticlassClassification.SequencePermutationImportance(Rule(data), data, permutationCount: 3, seed: 9)[0];
        var evaluated = permuted.Select(view => _ml.MulticlassClassification.Evaluate(Rule(data).Transform(view))).ToArray();
        var baseline = _ml.MulticlassClassification.Evaluate(Rule(data).Transform(own));
        Check(multi.Accuracy, baseline.MicroAccuracy, evaluated.Select(m => m.MicroAccuracy));
        Check(multi.MacroAccuracy, baseline.MacroAccuracy, evaluated.Select(m => m.MacroAccuracy));
        Check(multi.LogLoss!.Value, baseline.LogLoss, evaluated.Select(m => m.LogLoss));

        var regression = _ml.Regression.SequencePermutationImportance(RegressionRule(data), data, "Level", permutationCount: 3, seed: 9)[0];
        var errors = permuted.Select(view => _ml.Regression.Evaluate(RegressionRule(data).Transform(view), "Level")).ToArray();
        var error = _ml.Regression.Evaluate(RegressionRule(data).Transform(own), "Level");
        Check(regression.RootMeanSquaredError, error.RootMeanSquaredError, errors.Select(m => m.RootMeanSquaredError));
        Check(regression.MeanAbsoluteError, error.MeanAbsoluteError, errors.Select(m => m.MeanAbsoluteError));

        static void Check(MetricChange change, double baseline, IEnumerable<double> permuted)
        {
            var changes = permuted.Select(value => value - baseline).ToArray();
            var mean = changes.Average();
            Assert.AreEqual(baseline, change.Baseline, 1e-6);
            Assert.AreEqual(mean, change.Mean, 1e-6);
            Assert.AreEqual(Math.Sqrt(changes.Sum(c => (c - mean) * (c - mean)) / 2), change.StandardDeviation, 1e-6);
            Assert.AreNotEqual(0, mean);
        }
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_and_none_draws_from_the_context()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(60));
        double Change(MLContext ml, int? seed)
            => ml.MulticlassClassification.SequencePermutationImportance(Rule(data), data, seed: seed)[0].LogLoss!.Value.Mean;

        Assert.AreEqual(Change(_ml, 4), Change(new MLContext(seed: 2), 4));
        Assert.AreEqual(Change(new MLContext(seed: 2), null), Change(new MLContext(seed: 2), null));
        Assert.AreNotEqual(Change(_ml, 4), Change(_ml, 5));
    }

    [TestMethod]
    public void The_data_is_read_once_whatever_is_permuted()
    {
        var passes = 0;
        var data = _ml.Data.LoadFromEnumerable(new Lazily<Row>(() =>
        {
            passes++;
            return Rows(40, seed: passes); // another each time
        }));

        var importance = _ml.MulticlassClassification.SequencePermutationImportance(Rule(data), data, permutationCount: 4);

        Assert.AreEqual(1, passes);
        Assert.AreEqual(1, importance[0].Accuracy.Baseline);
        Assert.AreEqual(0, importance[1].Accuracy.Mean);
    }

    [TestMethod]
    public void Only_columns_that_the_model_or_the_metrics_read_are_held()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(10));
        var withCost = _ml.Transforms.CustomMapping<FeaturesOnly, Costly>(
            static (_, _) => throw new InvalidOperationException("not asked for"), null).Fit(data).Transform(data);
        Assert.HasCount(2, _ml.MulticlassClassification.SequencePermutationImportance(Rule(withCost), withCost));
    }

    [TestMethod]
    public void Flat_vectors_take_their_features_per_step_and_slots_their_names()
    {
        var builder = new ArrayDataViewBuilder(_ml);
        builder.AddColumn("Features", (ref VBuffer<ReadOnlyMemory<char>> names) => names = new(4,
            [.. new[] { "Close[t-1]", "Volume[t-1]", "Close[t]", "Volume[t]" }.Select(name => name.AsMemory())]),
            NumberDataViewType.Single, new float[] { 0, 5, 0, 6 }, [3, 7, 3, 8], [6, 9, 6, 1]);
        builder.AddColumn("Label", NumberDataViewType.Single, 0f, 3f, 6f);
        var data = builder.GetDataView();
        var model = _ml.Transforms.CustomMapping<FlatFeatures, RegressionScore>(static (row, score) => score.Score = Mean(row.Features), null).Fit(data);

        var two = _ml.Regression.SequencePermutationImportance(model, data, features: 2);
        Assert.AreSequenceEqual(["Close", "Volume"], two.Select(f => f.Feature));
        Assert.AreEqual((true, 0), (two[0].MeanAbsoluteError.Mean > 1, two[1].MeanAbsoluteError.Mean));

        var four = _ml.Regression.SequencePermutationImportance(model, data, features: 4);
        Assert.AreSequenceEqual(["Close", "Volume", "Close", "Volume"], four.Select(f => f.Feature));
        var one = _ml.Regression.SequencePermutationImportance(model, data);
        Assert.AreSequenceEqual(["Feature 1"], one.Select(f => f.Feature));
    }

    [TestMethod]
    public void One_value_per_step_of_any_length_is_one_feature()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(50).Select(row => new Univariate
        {
            Features = [.. row.Features.SelectMany(v => new[] { row.Level, v })],
            IsHigh = row.IsHigh,
        }));
        Assert.AreEqual("Vector<Single>", $"{data.Schema["Features"].Type}");
        var importance = _ml.BinaryClassification.SequencePermutationImportance(BinaryRule(data, calibrated: false), data, "IsHigh");
        Assert.HasCount(1, importance);
        Assert.IsLessThan(-0.2, importance[0].Accuracy.Mean);
        Assert.IsNull(importance[0].LogLoss);
    }

    [TestMethod]
    public void Probabilities_are_found_by_the_names_of_their_slots_whatever_the_labels_order()
    {
        // The model's classes are b, a; the label's a, b, unknown: a class that the model does not know has the least probability.
        var builder = new ClassView().Keys("Label", ["a", "b", "unknown"], 1, 2, 3).Keys("PredictedLabel", ["b", "a"], 2, 1, 1)
            .Vector("Score", [[0.3f, 0.7f], [0.8f, 0.2f], [0.8f, 0.2f]], ["b", "a"]).View;
        var counts = LabelPairs.Create(builder.Schema, "Label", "PredictedLabel");
        var loss = LogLoss.Find(builder.Schema, counts.Label, binary: false)!;
        counts.Read(builder, loss);
        Assert.AreEqual(-(Math.Log(0.7) + Math.Log(0.8) + Math.Log(1e-15)) / 3, loss.Mean, 1e-6);
    }

    [TestMethod]
    public void Bad_arguments_are_all_told_at_once_before_data_is_read()
    {
        var data = _ml.Data.LoadFromEnumerable(new Lazily<Row>(() => throw new InvalidOperationException("read")));
        var model = Rule(data);
        Fails.With<ArgumentException>(() => _ml.MulticlassClassification.SequencePermutationImportance(model, data, permutationCount: 0, features: -1),
            "2 problems", "permutationCount is 0, expected at least 1", "features is -1");
        var windowing = _ml.Transforms.SlidingWindow("Window", ["Level"], 3, targetColumnName: "Level", labelColumnName: "Next").Fit(data);
        Fails.With<ArgumentException>(() => _ml.Regression.SequencePermutationImportance(windowing, data), "WithoutWindowing");
        Fails.With<ArgumentException>(() => _ml.MulticlassClassification.SequencePermutationImportance(model, data, features: 3),
            "features is 3, but column 'Features' is Vector<Single, *, 2> with 2 values per step");
        Fails.With<ArgumentException>(() => _ml.MulticlassClassification.SequencePermutationImportance(model, data, featureColumnName: "Level"),
            "Feature column 'Level' is Single, expected a vector of Single");
        Fails.With<ArgumentException>(() => _ml.MulticlassClassification.SequencePermutationImportance(model, _ml.Data.LoadFromEnumerable<Tokens>([])),
            "Feature column 'Features' is Vector<Key<UInt32, 0-8>>: tokens are one feature");
        Fails.With<ArgumentException>(() => _ml.MulticlassClassification.SequencePermutationImportance(model, data, "Class"),
            "Label column 'Class' is not in the data");
        Fails.With<ArgumentException>(() => _ml.Regression.SequencePermutationImportance(RegressionRule(data), data, "Label"),
            "Label column 'Label' is Key");
        Assert.Throws<ArgumentNullException>(() => _ml.Regression.SequencePermutationImportance(null!, data));
        Assert.Throws<ArgumentNullException>(() => _ml.BinaryClassification.SequencePermutationImportance(model, null!));
    }

    [TestMethod]
    public void A_model_that_does_not_read_the_column_is_refused()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(10));
        // The chain makes the column anew: what is permuted before it never arrives.
        var raw = _ml.Transforms.CopyColumns("Raw", "Features").Fit(data).Transform(data);
        var chain = _ml.Transforms.CopyColumns("Features", "Raw").Fit(raw).Append(Rule(raw));
        Fails.With<ArgumentException>(() => _ml.MulticlassClassification.SequencePermutationImportance(chain, raw),
            "The model does not read column 'Features' of the data", "it reads 'Label', 'Raw'");
    }

    [TestMethod]
    public void Rows_that_cannot_be_used_are_named()
    {
        Fails.With<InvalidOperationException>(() => Measure([.. Rows(3), new Row { Features = [1, 2, 3], Label = 1 }]),
            "Column 'Features', row 4: the vector has 3 values, expected whole steps of 2");
        Fails.With<InvalidOperationException>(() => Measure([new Row { Features = [1, 2], Label = 1 }, new Row { Features = [], Label = 1 }]),
            "The data has 1 sequence(s) with steps, expected at least two");
        Fails.With<InvalidOperationException>(() => Measure([]), "The data has 0 sequence(s)");
        Fails.With<InvalidOperationException>(() => Measure([.. Rows(3).Select(row => { row.Label = NoLabel; return row; })]), "No row has a label");
        Fails.With<InvalidOperationException>(() => Measure([.. Rows(3), new Row { Features = [float.NaN, 0], Label = 1 }]),
            "Row 4: a value of 'Score' is NaN");
    }

    private ImmutableArray<ClassificationFeatureImportance> Measure(Row[] rows)
    {
        var data = _ml.Data.LoadFromEnumerable(rows);
        return _ml.MulticlassClassification.SequencePermutationImportance(Rule(data), data);
    }

    private sealed class Row
    {
        [VectorType(0, 2)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }

        public bool IsHigh { get; set; }

        public float Level { get; set; }
    }

    private sealed class Tokens
    {
        [KeyType(9)]
        public uint[] Features { get; set; } = [];
    }

    private sealed class Univariate
    {
        public float[] Features { get; set; } = [];

        public bool IsHigh { get; set; }
    }

    private sealed class FeaturesOnly
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class FlatFeatures
    {
        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Scores
    {
        [KeyType(3)]
        public uint PredictedLabel { get; set; }

        [VectorType(3)]
        public float[] Score { get; set; } = [];
    }

    private sealed class BinaryScores
    {
        public bool PredictedLabel { get; set; }

        public float Probability { get; set; }
    }

    private sealed class BinaryLabel
    {
        public bool PredictedLabel { get; set; }
    }

    private sealed class RegressionScore
    {
        public float Score { get; set; }
    }

    private sealed class Costly
    {
        public float Cost { get; set; }
    }
}
