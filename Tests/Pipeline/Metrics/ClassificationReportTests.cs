using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class ClassificationReportTests
{
    private readonly MLContext _ml = new(seed: 1);

    // Rows are true, columns predicted: a: 2 a, 1 b; b: 1 b, 1 c; c: 1 a; d: none of either.
    private static ClassView Four => new ClassView().Keys("Label", ["a", "b", "c", "d"], 1, 1, 1, 2, 2, 3)
        .Keys("PredictedLabel", ["a", "b", "c", "d"], 1, 1, 2, 2, 3, 1);

    [TestMethod]
    public void Each_class_has_its_numbers_and_0_where_a_denominator_is_0()
    {
        var report = _ml.MulticlassClassification.Report(Four.View);

        Assert.AreSequenceEqual([
            new("a", 2.0 / 3, 2.0 / 3, 2.0 / 3, 3),
            new("b", 0.5, 0.5, 0.5, 2),
            new("c", 0, 0, 0, 1),
            new("d", 0, 0, 0, 0)], report.Classes);
        Assert.AreEqual("2 1 0 0|0 1 1 0|1 0 0 0|0 0 0 0", Matrix(report));
        Assert.AreEqual(0.5, report.Accuracy);
        Assert.AreEqual((2.0 / 3 + 0.5) / 4, report.MacroAverage.Precision, 1e-15);
        Assert.AreEqual((2.0 / 3 + 0.5) / 4, report.MacroAverage.F1, 1e-15);
        Assert.AreEqual(0.5, report.WeightedAverage.Recall, 1e-15);
        Assert.AreEqual((3 * 2.0 / 3 + 2 * 0.5) / 6, report.WeightedAverage.Precision, 1e-15);
        Assert.AreEqual((6L, 0L, 0L), (report.Rows, report.UnlabelledRows, report.UnpredictedRows));
    }

    [TestMethod]
    public void The_text_is_the_table_that_scikit_learn_users_know()
    {
        // What classification_report(y, p, labels=["a", "b", "c", "d"], zero_division=0) prints.
        const string expected = """
                          precision    recall  f1-score   support

                       a       0.67      0.67      0.67         3
                       b       0.50      0.50      0.50         2
                       c       0.00      0.00      0.00         1
                       d       0.00      0.00      0.00         0

                accuracy                           0.50         6
               macro avg       0.29      0.29      0.29         6
            weighted avg       0.50      0.50      0.50         6
            """;
        var culture = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = commas;
            Assert.AreEqual(expected.ReplaceLineEndings("\n"), _ml.MulticlassClassification.Report(Four.View).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [TestMethod]
    public void Columns_stay_aligned_whatever_the_labels_digits_and_missing_rows()
    {
        var report = _ml.MulticlassClassification.Report(new ClassView().Text("Label", "a label of\nmany words", "b", "b", "")
            .Text("PredictedLabel", "b", "b", "", "b").View);

        foreach (var digits in new[] { 0, 2, 15 })
        {
            var lines = report.ToString(digits).Split('\n');
            Assert.HasCount(11, lines);
            Assert.HasCount(1, lines.Take(8).Where(line => line.Length > 0).Select(line => line.Length).Distinct().ToArray());
            Assert.AreEqual("rows without a label, left out: 1", lines[^2]);
            Assert.AreEqual("rows without a prediction, counted as wrong: 1", lines[^1]);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => report.ToString(16));
        Assert.Throws<ArgumentOutOfRangeException>(() => report.ToString(-1));
    }

    [TestMethod]
    public void Json_has_the_documented_names()
    {
        var report = _ml.MulticlassClassification.Report(new ClassView().Text("Label", "né", "b", "b", "").Text("PredictedLabel", "né", "b", "", "b").View);
        const string expected = """
            {"accuracy":0.6666666666666666,
             "macroAverage":{"precision":1,"recall":0.75,"f1":0.8333333333333333},
             "weightedAverage":{"precision":1,"recall":0.6666666666666666,"f1":0.7777777777777777},
             "classes":[{"label":"b","precision":1,"recall":0.5,"f1":0.6666666666666666,"support":2},
                        {"label":"né","precision":1,"recall":1,"f1":1,"support":1}],
             "confusionMatrix":[[1,0],[0,1]],
             "rows":3,"unlabelledRows":1,"unpredictedRows":1}
            """;

        Assert.IsTrue(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(report.ToJson())), report.ToJson());
        Assert.Contains("né", report.ToJson());
    }

    [TestMethod]
    public void Json_is_read_back_to_the_same_report()
    {
        var report = _ml.MulticlassClassification.Report(Four.View);

        var back = JsonSerializer.Deserialize<ClassificationReport>(report.ToJson(), JsonSerializerOptions.Web)!;

        Assert.AreSequenceEqual(report.Classes, back.Classes);
        Assert.AreEqual(Matrix(report), Matrix(back));
        Assert.AreEqual(report, back with { Classes = report.Classes, ConfusionMatrix = report.ConfusionMatrix });
    }

    [TestMethod]
    public void Keys_are_matched_by_value_whatever_their_order()
    {
        // Label: a a b c; predicted: a b b c, by other numbers, and one class more.
        var report = _ml.MulticlassClassification.Report(new ClassView().Keys("Label", ["a", "b", "c"], 1, 1, 2, 3)
            .Keys("PredictedLabel", ["z", "c", "a", "b"], 3, 4, 4, 2).View);

        Assert.AreSequenceEqual(["a", "b", "c", "z"], report.Classes.Select(c => c.Label));
        Assert.AreEqual("1 1 0 0|0 1 0 0|0 0 1 0|0 0 0 0", Matrix(report));
    }

    [TestMethod]
    public void Key_values_of_any_type_are_classes_in_their_order()
    {
        Check(NumberDataViewType.Single, [3f, -0.5f, 0.1f], ["3", "-0.5", "0.1"]);
        Check(NumberDataViewType.Int32, [7, -1, 5], ["7", "-1", "5"]);
        Check(NumberDataViewType.UInt64, [ulong.MaxValue, 0ul, 5ul], ["18446744073709551615", "0", "5"]);
        Check(BooleanDataViewType.Instance, [true, false], ["True", "False"]);
        Check(DateTimeDataViewType.Instance, [new DateTime(2024, 1, 2).AddTicks(1), new DateTime(2024, 1, 2)],
            ["2024-01-02T00:00:00.0000001", "2024-01-02T00:00:00.0000000"]);
        void Check<T>(PrimitiveDataViewType type, T[] values, string[] names)
        {
            var data = new ClassView().Values("Label", type, values).View;
            var mapped = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.CopyColumns("PredictedLabel", "Label"))
                .Fit(data).Transform(data);
            var report = _ml.MulticlassClassification.Report(mapped);
            Assert.AreSequenceEqual(names, report.Classes.Select(c => c.Label));
            Assert.AreEqual(1, report.Accuracy);
        }
    }

    [TestMethod]
    public void A_key_without_values_is_its_number_from_0_and_of_any_raw_type()
    {
        var report = _ml.MulticlassClassification.Report(new ClassView().Numbered("Label", 3, 1, 2, 2).Numbered("PredictedLabel", 4, 1, 4, 2).View);
        Assert.AreSequenceEqual(["0", "1", "2", "3"], report.Classes.Select(c => c.Label));
        Assert.AreEqual("1 0 0 0|0 1 0 1|0 0 0 0|0 0 0 0", Matrix(report));

        Assert.AreEqual("0 1|0 1", Matrix(_ml.MulticlassClassification.Report(new ClassView()
            .Values<byte>("Label", new KeyDataViewType(typeof(byte), 2), 2, 1)
            .Values<ulong>("PredictedLabel", new KeyDataViewType(typeof(ulong), 2), 2, 2).View)));
    }

    [TestMethod]
    public void A_key_above_its_count_is_missing()
    {
        var report = _ml.MulticlassClassification.Report(new ClassView().Numbered("Label", 2, 1, 2, 3).Numbered("PredictedLabel", 2, 1, 9, 1).View);
        Assert.AreEqual((2L, 1L, 1L), (report.Rows, report.UnlabelledRows, report.UnpredictedRows));
    }

    [TestMethod]
    public void Text_has_the_classes_that_occur_sorted_and_matches_keys()
    {
        var both = _ml.MulticlassClassification.Report(new ClassView().Text("Label", "z", "b", "Ä").Text("PredictedLabel", "b", "b", "A").View);
        Assert.AreSequenceEqual(["A", "b", "z", "Ä"], both.Classes.Select(c => c.Label));

        // A label that training did not know is wrong, not missing.
        var unseen = _ml.MulticlassClassification.Report(new ClassView().Text("Label", "new", "b", "a").Keys("PredictedLabel", ["b", "a"], 1, 1, 2).View);
        Assert.AreSequenceEqual(["b", "a", "new"], unseen.Classes.Select(c => c.Label));
        Assert.AreEqual("1 0 0|0 1 0|1 0 0", Matrix(unseen));
    }

    [TestMethod]
    public void MapKeyToValue_changes_nothing_but_the_classes_that_do_not_occur()
    {
        var keys = new ClassView().Keys("Label", ["b", "a", "never"], 1, 2, 0, 2, 1).Keys("PredictedLabel", ["a", "b"], 2, 0, 1, 1, 1).View;
        var text = _ml.Transforms.Conversion.MapKeyToValue([new InputOutputColumnPair("Label"), new InputOutputColumnPair("PredictedLabel")])
            .Fit(keys).Transform(keys);

        var (of, then) = (_ml.MulticlassClassification.Report(keys), _ml.MulticlassClassification.Report(text));

        Assert.AreEqual((of.Accuracy, of.Rows, of.UnlabelledRows, of.UnpredictedRows),
            (then.Accuracy, then.Rows, then.UnlabelledRows, then.UnpredictedRows));
        Assert.AreEqual((0.5, 4L, 1L, 1L), (of.Accuracy, of.Rows, of.UnlabelledRows, of.UnpredictedRows));
        Assert.AreSequenceEqual(of.Classes.Take(2).OrderBy(c => c.Label), then.Classes);
    }

    [TestMethod]
    public void Numbers_are_classes_by_value_and_NaN_is_missing()
    {
        var report = _ml.MulticlassClassification.Report(new ClassView().Values("Label", NumberDataViewType.Single, 10f, -0f, 2f, float.NaN)
            .Values("PredictedLabel", NumberDataViewType.Double, 10d, 0d, double.NaN, 2d).View);

        Assert.AreSequenceEqual(["0", "2", "10"], report.Classes.Select(c => c.Label));
        Assert.AreEqual((2.0 / 3, 1L, 1L), (report.Accuracy, report.UnlabelledRows, report.UnpredictedRows));
    }

    [TestMethod]
    public void Booleans_are_two_classes_even_where_one_does_not_occur()
    {
        var report = _ml.BinaryClassification.Report(new ClassView().Values("Said", BooleanDataViewType.Instance, true, true)
            .Values("Came", BooleanDataViewType.Instance, true, true).View, "Came", "Said");
        Assert.AreSequenceEqual([new("False", 0, 0, 0, 0), new("True", 1, 1, 1, 2)], report.Classes);
    }

    [TestMethod]
    public void The_texts_own_memory_may_be_written_anew_for_every_row()
    {
        var view = new ReusedTextView(_ml, ['a', 'b', 'a', 'c'], new char[1]);
        var report = _ml.MulticlassClassification.Report(view, "Name", "Name");
        Assert.AreSequenceEqual([("a", 2L), ("b", 1L), ("c", 1L)], report.Classes.Select(c => (c.Label, c.Support)));
    }

    [TestMethod]
    public void Keys_are_counted_without_allocation_per_row()
    {
        long Allocated(int rows)
        {
            uint[] keys = [.. Enumerable.Range(0, rows).Select(i => (uint)(i % 4))];
            var view = new ClassView().Numbered("Label", 3, keys).Numbered("PredictedLabel", 3, [.. keys.Reverse()]).View;
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = _ml.MulticlassClassification.Report(view);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        _ = Allocated(100);
        Assert.IsLessThan(10_000, Allocated(100_000) - Allocated(100));
    }

    [TestMethod]
    public void The_data_is_read_once()
    {
        var passes = 0;
        var rows = new Lazily<Row>(() =>
        {
            passes++;
            return [new Row { Label = 1, PredictedLabel = "2" }, new Row { Label = 2, PredictedLabel = "2" }];
        });
        _ = _ml.MulticlassClassification.Report(_ml.Data.LoadFromEnumerable(rows));
        Assert.AreEqual(1, passes);
    }

    private static string Matrix(ClassificationReport report)
        => string.Join('|', report.ConfusionMatrix.Select(row => string.Join(' ', row)));

    private sealed class Row
    {
        public float Label { get; set; }

        public string PredictedLabel { get; set; } = "";
    }
}
