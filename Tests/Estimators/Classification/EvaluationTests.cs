using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Classification;

/// <summary>A classifier's columns serve what ML.NET evaluates, validates and converts classifiers with.</summary>
[TestClass]
public sealed class EvaluationTests
{
    private static readonly MLContext Ml = new(1);
    private static readonly Classified Data = Classified.Numbers(200);
    private static readonly Classified Test = Classified.Numbers(150, seed: 2, noise: 2);
    private static readonly RecurrentOptions Options = Classified.Learning with { Features = 2 };

    private static readonly Lazy<SequenceTransformer> Multiclass = new(() => Ml.MulticlassClassification.Trainers.Recurrent(Options).Fit(Data.View(Ml)));

    private static readonly Lazy<SequenceTransformer> Binary = new(() => Ml.BinaryClassification.Trainers.Recurrent(Options).Fit(Data.View(Ml, "bool")));

    [TestMethod]
    public void Multiclass_metrics_are_those_computed_by_hand_from_the_columns()
    {
        var scored = Multiclass.Value.Transform(Test.View(Ml));
        var probabilities = Scored.Probabilities(scored);

        var metrics = Ml.MulticlassClassification.Evaluate(scored);

        Assert.IsTrue(probabilities.All(p => p.Length == 4 && p.All(v => v is >= 0 and <= 1) && Math.Abs(p.Sum() - 1) < 1e-5));
        double right = probabilities.Zip(Test.Classes).Count(p => Array.IndexOf(p.First, p.First.Max()) == p.Second) / 150.0;
        Assert.AreEqual(right, metrics.MicroAccuracy, 1e-12);
        Assert.IsInRange(0.6, 0.99, right, "neither chance nor too easy a task to tell a mistake");
        Assert.AreEqual(probabilities.Zip(Test.Classes).Average(p => -Math.Log(p.First[p.Second])), metrics.LogLoss, 1e-5);
        uint[] keys = [.. probabilities.Select(p => (uint)Array.IndexOf(p, p.Max()) + 1)];
        Assert.AreSequenceEqual(keys, Scored.Keys(scored));
        for (int actual = 0; actual < 4; actual++)
        {
            for (int predicted = 0; predicted < 4; predicted++)
            {
                int count = keys.Zip(Test.Classes).Count(p => p.First == predicted + 1 && p.Second == actual);
                Assert.AreEqual(count, metrics.ConfusionMatrix.GetCountForClassPair(predicted, actual));
            }
        }
    }

    [TestMethod]
    public void The_confusion_matrix_and_the_scores_name_the_classes()
    {
        var scored = Multiclass.Value.Transform(Test.View(Ml));

        string table = Ml.MulticlassClassification.Evaluate(scored).ConfusionMatrix.GetFormattedConfusionTable();

        Assert.AreSequenceEqual(Classified.Names, Scored.SlotNames(scored));
        foreach (string name in Classified.Names)
            Assert.Contains(name, table);
    }

    [TestMethod]
    public void A_class_of_the_keys_without_an_example_has_a_score_and_a_small_one()
    {
        var probabilities = Scored.Probabilities(Multiclass.Value.Transform(Data.View(Ml)));

        Assert.AreEqual(4, Multiclass.Value.Model.Manifest.Classes!.Count);
        Assert.IsTrue(probabilities.All(p => p[3] is > 0 and < 0.1f));
    }

    [TestMethod]
    public void Binary_metrics_are_those_computed_by_hand_from_the_columns()
    {
        var scored = Binary.Value.Transform(Test.View(Ml, "bool"));
        float[] logits = Scored.Logits(scored), probabilities = [.. scored.GetColumn<float>("Probability")];
        bool[] labels = [.. Test.Classes.Select(c => c > 0)];

        var calibrated = Ml.BinaryClassification.Evaluate(scored);
        var plain = Ml.BinaryClassification.EvaluateNonCalibrated(scored);

        double right = logits.Zip(labels).Count(p => p.First > 0 == p.Second) / 150.0;
        Assert.IsInRange(0.6, 0.99, right);
        Assert.AreEqual(right, calibrated.Accuracy, 1e-12);
        Assert.AreEqual(right, plain.Accuracy, 1e-12);
        Assert.AreEqual(probabilities.Zip(labels).Average(p => -Math.Log2(p.Second ? p.First : 1 - p.First)), calibrated.LogLoss, 1e-4);
        double ordered = (from a in logits.Zip(labels)
                          from b in logits.Zip(labels)
                          where a.Second && !b.Second
                          select a.First > b.First ? 1 : a.First == b.First ? 0.5 : 0).Average();
        Assert.AreEqual(ordered, plain.AreaUnderRocCurve, 1e-6);
        Scored.AreClose([.. logits.Select(z => (float)(1 / (1 + Math.Exp(-z))))], probabilities, "Probability");
        Assert.AreSequenceEqual(logits.Select(z => z > 0), scored.GetColumn<bool>("PredictedLabel"));
    }

    [TestMethod]
    public void Binary_scores_need_no_probability_column()
    {
        var scored = Binary.Value.Transform(Test.View(Ml, "bool"));
        var without = Ml.Transforms.DropColumns("Probability").Fit(scored).Transform(scored);

        Assert.AreEqual(
            Ml.BinaryClassification.EvaluateNonCalibrated(scored).Accuracy, Ml.BinaryClassification.EvaluateNonCalibrated(without).Accuracy);
    }

    [TestMethod]
    public void Rows_without_a_score_or_a_label_are_passed_over_by_the_metrics()
    {
        var some = Test with { Sequences = [.. Test.Sequences.Select(s => s.ToArray())], Classes = [.. Test.Classes] };
        some.Sequences[3][4] = float.NaN;
        some.Classes[5] = -1;
        var kept = new Classified(2, [.. some.Sequences.Where((_, i) => i is not (3 or 5))], [.. some.Classes.Where((_, i) => i is not (3 or 5))]);

        var scored = Multiclass.Value.Transform(some.View(Ml));

        Assert.AreEqual(0u, Scored.Keys(scored)[3]);
        Assert.IsTrue(Scored.Probabilities(scored)[3].All(float.IsNaN));
        Assert.AreEqual(
            Ml.MulticlassClassification.Evaluate(Multiclass.Value.Transform(kept.View(Ml))).MicroAccuracy,
            Ml.MulticlassClassification.Evaluate(scored).MicroAccuracy, 1e-12);
    }

    [TestMethod]
    public void Multiclass_cross_validation_runs_unchanged_on_labels_of_text()
    {
        var chain = Ml.Transforms.Conversion.MapValueToKey("Label").Append(Ml.MulticlassClassification.Trainers.Recurrent(Options))
            .Append(Ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel"));

        var folds = Ml.MulticlassClassification.CrossValidate(Data.View(Ml, "text"), chain, numberOfFolds: 3);

        Assert.HasCount(3, folds);
        Assert.IsTrue(folds.All(f => f.Metrics.MicroAccuracy > 0.9), string.Join(", ", folds.Select(f => f.Metrics.MicroAccuracy)));
    }

    [TestMethod]
    public void Binary_cross_validation_runs_unchanged()
    {
        var view = Data.View(Ml, "bool");

        var folds = Ml.BinaryClassification.CrossValidate(view, Ml.BinaryClassification.Trainers.Recurrent(Options), numberOfFolds: 3);
        var plain = Ml.BinaryClassification.CrossValidateNonCalibrated(view, Ml.BinaryClassification.Trainers.Recurrent(Options), numberOfFolds: 2);

        Assert.IsTrue(folds.All(f => f.Metrics.Accuracy > 0.9 && f.Metrics.LogLoss < 0.5));
        Assert.IsTrue(plain.All(f => f.Metrics.AreaUnderRocCurve > 0.95));
    }

    [TestMethod]
    public void Predicted_keys_of_text_numbers_and_flags_become_their_values()
    {
        foreach (string from in new[] { "text", "number", "bool" })
        {
            var view = Data.View(Ml, from);
            string kept = from == "number" ? "Whole" : "Label";
            var chain = Ml.Transforms.CopyColumns("Kept", "Label").Append(Ml.Transforms.Conversion.MapValueToKey("Label"))
                .Append(Ml.MulticlassClassification.Trainers.Recurrent(Options)).Append(Ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel"));
            var model = chain.Fit(view);

            var reloaded = ComponentContract.Reload(Ml, model, view.Schema).Transform(view);

            Assert.AreEqual(view.Schema["Label"].Type, reloaded.Schema["Class"].Type, kept);
            var (expected, actual) = (ViewText.Rows(reloaded, "Kept"), ViewText.Rows(reloaded, "Class"));
            Assert.IsGreaterThan(0.95 * Data.Count, expected.Zip(actual).Count(p => p.First == p.Second), from);
            Assert.AreSequenceEqual(Scored.SlotNames(reloaded), [.. expected.Distinct()], from);
        }
    }

    [TestMethod]
    public void Every_type_of_number_behind_keys_survives_the_model_file()
    {
        Check<sbyte>(NumberDataViewType.SByte, [-128, 0, 127]);
        Check<byte>(NumberDataViewType.Byte, [0, 7, 255]);
        Check<short>(NumberDataViewType.Int16, [short.MinValue, 0, 9]);
        Check<ushort>(NumberDataViewType.UInt16, [0, 1, ushort.MaxValue]);
        Check<int>(NumberDataViewType.Int32, [int.MinValue, -1, 3]);
        Check<uint>(NumberDataViewType.UInt32, [0, 1, uint.MaxValue]);
        Check<long>(NumberDataViewType.Int64, [long.MinValue, 0, long.MaxValue]);
        Check<ulong>(NumberDataViewType.UInt64, [0, 1, ulong.MaxValue]);
        Check<float>(NumberDataViewType.Single, [-1e-30f, MathF.PI, 1e30f]);
        Check<double>(NumberDataViewType.Double, [-1e-300, Math.PI, 0.1]);

        static void Check<T>(PrimitiveDataViewType type, T[] values)
        {
            var builder = new ArrayDataViewBuilder(Ml);
            builder.AddColumn("Features", NumberDataViewType.Single, Data.Sequences);
            builder.AddColumn("Label", type, Data.Classes.Select(c => values[c]).ToArray());
            var view = Ml.Transforms.CopyColumns("Kept", "Label").Append(Ml.Transforms.Conversion.MapValueToKey("Label")).Fit(builder.GetDataView())
                .Transform(builder.GetDataView());
            using var model = Ml.MulticlassClassification.Trainers.Recurrent(Options.Train(t => t with { Epochs = 5 })).Fit(view);
            using var stream = new MemoryStream();
            model.Model.Save(stream);
            stream.Position = 0;
            using var loaded = new SequenceTransformer(SequenceModel.Load(stream));

            var scored = loaded.Transform(view);
            var given = Ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel").Fit(scored).Transform(scored);

            Assert.AreEqual(type, given.Schema["Class"].Type);
            Assert.IsGreaterThan(180, ViewText.Rows(given, "Kept").Zip(ViewText.Rows(given, "Class")).Count(p => p.First == p.Second), $"{type}");
        }
    }

    [TestMethod]
    [DataRow("unnamed", 4)]
    [DataRow("byte", 3)]
    [DataRow("ushort", 3)]
    [DataRow("ulong", 3)]
    public void Keys_without_values_and_of_every_size_are_classes_by_their_numbers(string label, int classes)
    {
        var view = Data.View(Ml, label);
        using var model = Ml.MulticlassClassification.Trainers.Recurrent(Options).Fit(view);

        var scored = model.Transform(view);

        Assert.AreSequenceEqual(Enumerable.Range(1, classes).Select(i => $"{i}"), Scored.SlotNames(scored));
        Assert.IsFalse(scored.Schema["PredictedLabel"].HasKeyValues());
        Assert.AreEqual((ulong)classes, ((KeyDataViewType)scored.Schema["PredictedLabel"].Type).Count);
        Assert.IsGreaterThan(0.95, Ml.MulticlassClassification.Evaluate(scored).MicroAccuracy);
        Assert.IsGreaterThan(190, Scored.Keys(scored).Zip(Data.Classes).Count(p => p.First == p.Second + 1));
    }

    [TestMethod]
    public void A_cache_before_the_trainer_changes_nothing()
    {
        var key = Ml.Transforms.Conversion.MapValueToKey("Label");
        var options = Classified.Tiny with { Features = 2 };
        var cached = key.AppendCacheCheckpoint(Ml).Append(Ml.MulticlassClassification.Trainers.Recurrent(options)).Fit(Data.View(Ml, "text"));
        var plain = key.Append(Ml.MulticlassClassification.Trainers.Recurrent(options)).Fit(Data.View(Ml, "text"));

        Assert.AreSequenceEqual(
            ViewText.Rows(plain.Transform(Data.View(Ml, "text")), "Score"), ViewText.Rows(cached.Transform(Data.View(Ml, "text")), "Score"));
    }

    [TestMethod]
    public void A_prediction_engine_gives_keys_flags_and_scores()
    {
        var view = Data.View(Ml, "text");
        var chain = Ml.Transforms.Conversion.MapValueToKey("Label").Append(Ml.MulticlassClassification.Trainers.Recurrent(Options))
            .Append(Ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel")).Fit(view);
        var expected = chain.Transform(view);
        using var many = Ml.Model.CreatePredictionEngine<Row, ManyClasses>(chain);
        using var two = Ml.Model.CreatePredictionEngine<Row, TwoClasses>(Binary.Value, new PredictionEngineOptions { OwnsTransformer = false });
        var flags = Binary.Value.Transform(Data.View(Ml, "bool"));
        string[] classes = [.. expected.GetColumn<string>("Class")];

        for (int i = 0; i < 40; i++)
        {
            var row = new Row { Features = Data.Sequences[i] };
            var (a, b) = (many.Predict(row), two.Predict(row));
            Assert.AreEqual(Scored.Keys(expected)[i], a.PredictedLabel);
            Assert.AreEqual(classes[i], a.Class);
            Scored.AreClose(Scored.Probabilities(expected)[i], a.Score, "Score");
            Assert.AreEqual(flags.GetColumn<bool>("PredictedLabel").ElementAt(i), b.PredictedLabel);
            Assert.AreEqual(flags.GetColumn<float>("Probability").ElementAt(i), b.Probability, 1e-5f);
        }
    }

    [TestMethod]
    public void Permutation_importance_finds_the_step_that_tells_the_class()
    {
        const int Planted = 3;
        var random = new Random(5);
        int[] of = [.. Enumerable.Range(0, 240).Select(_ => random.Next(3))];
        var data = new Classified(1, [.. of.Select(c => Enumerable.Range(0, 6).Select(t => (float)(Series.Normal(random) + (t == Planted ? 6 * (c - 1) : 0))).ToArray())], of);
        var many = data.View(Ml, "three");
        var two = data.View(Ml, "bool");
        using var multiclass = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Learning).Fit(many);
        using var binary = Ml.BinaryClassification.Trainers.Recurrent(Classified.Learning).Fit(two);

        var ofMany = Ml.MulticlassClassification.PermutationFeatureImportance(multiclass, multiclass.Transform(many));
        var ofTwo = Ml.BinaryClassification.PermutationFeatureImportance(binary, binary.Transform(two));

        CheckTop(Planted, [.. ofMany.Select(m => m.MicroAccuracy.Mean)]);
        CheckTop(Planted, [.. ofTwo.Select(m => m.Accuracy.Mean)]);
    }

    [TestMethod]
    public void Permutation_importance_of_any_model_goes_by_slot_names()
    {
        var random = new Random(5);
        var rows = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 240).Select(_ => random.Next(3)).Select(c => new Slots
        {
            A = (float)Series.Normal(random),
            B = (float)(Series.Normal(random) + (6 * (c - 1))),
            C = (float)Series.Normal(random),
            Label = c,
            Flag = c > 0,
        }).ToArray());
        var steps = Ml.Transforms.Concatenate("Features", "A", "B", "C").Append(Ml.Transforms.Conversion.MapValueToKey("Label"));
        var multiclass = steps.Append(Ml.MulticlassClassification.Trainers.Recurrent(Classified.Learning)).Fit(rows);
        var binary = steps.Append(Ml.BinaryClassification.Trainers.Recurrent("Flag", "Features", Classified.Learning)).Fit(rows);

        ImmutableDictionary<string, MulticlassClassificationMetricsStatistics> ofMany =
            Ml.MulticlassClassification.PermutationFeatureImportance(multiclass, multiclass.Transform(rows));
        ImmutableDictionary<string, BinaryClassificationMetricsStatistics> ofTwo =
            Ml.BinaryClassification.PermutationFeatureImportanceNonCalibrated(binary, binary.Transform(rows), "Flag");

        Assert.AreEqual("B", ofMany.MinBy(p => p.Value.MicroAccuracy.Mean).Key);
        Assert.AreEqual("B", ofTwo.MinBy(p => p.Value.Accuracy.Mean).Key);
    }

    private static void CheckTop(int planted, double[] changes)
    {
        Assert.HasCount(6, changes);
        Assert.AreEqual(planted, Array.IndexOf(changes, changes.Min()));
        Assert.IsLessThan(-0.2, changes.Min());
        Assert.IsTrue(changes.Where((_, i) => i != planted).All(c => c > -0.1));
    }

    private sealed class Row
    {
        [VectorType(10)]
        public float[] Features { get; set; } = [];

        public string Label { get; set; } = "";
    }

    private sealed class ManyClasses
    {
        public uint PredictedLabel { get; set; }

        public string Class { get; set; } = "";

        public float[] Score { get; set; } = [];
    }

    private sealed class TwoClasses
    {
        public bool PredictedLabel { get; set; }

        public float Probability { get; set; }
    }

    private sealed class Slots
    {
        public float A { get; set; }

        public float B { get; set; }

        public float C { get; set; }

        public int Label { get; set; }

        public bool Flag { get; set; }
    }
}
