using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class ClassificationReportBadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static ClassView Keys => new ClassView().Keys("Label", ["a", "b"], 1, 2);

    [TestMethod]
    public void Columns_that_are_not_there_are_named_with_those_that_are()
    {
        Fails.With<ArgumentException>(() => Report(Keys), "Predicted label column 'PredictedLabel' is not in the data", "Label");
        Fails.With<ArgumentException>(() => _ml.BinaryClassification.Report(Keys.View, "Class"), "Label column 'Class' is not in the data");
        Assert.Throws<ArgumentNullException>(() => _ml.BinaryClassification.Report(null!));
        Assert.Throws<ArgumentNullException>(() => ((MulticlassClassificationCatalog)null!).Report(Keys.View));
    }

    [TestMethod]
    public void A_column_that_names_no_class_is_refused()
    {
        Fails.With<ArgumentException>(() => Report(Keys.Vector("PredictedLabel", [[1, 2], [3, 4]], ["x", "y"])),
            "Predicted label column 'PredictedLabel' is Vector<Single, 2>", "expected one class per row", "MapValueToKey");
        Fails.With<ArgumentException>(() => Report(Keys.Values("PredictedLabel", TimeSpanDataViewType.Instance, new TimeSpan[2])),
            "'PredictedLabel' is TimeSpan");
    }

    [TestMethod]
    public void No_label_at_all_is_an_error_and_not_zero()
    {
        Fails.With<InvalidOperationException>(() => Report(new ClassView().Keys("Label", ["a"], 0, 0).Keys("PredictedLabel", ["a"], 1, 1)),
            "No row has a label: the data has 2 rows");
        Fails.With<InvalidOperationException>(() => _ml.MulticlassClassification.Report(_ml.Data.SkipRows(Keys.View, 2), "Label", "Label"),
            "the data has 0 rows");
    }

    [TestMethod]
    public void Classes_with_nothing_in_common_are_refused()
    {
        Fails.With<ArgumentException>(() => Report(Keys.Keys("PredictedLabel", ["cat", "dog"], 1, 2)),
            "column 'Label' (Key<UInt32, 0-1>)", "no class is in both", "Label: 'a', 'b'; predicted label: 'cat', 'dog'");
        Fails.With<ArgumentException>(() => Report(Keys.Text("PredictedLabel", "cat", "dog")), "no class is in both");
        Fails.With<ArgumentException>(() => Report(Keys.Values("PredictedLabel", BooleanDataViewType.Instance, true, false)), "no class is in both");
        Fails.With<ArgumentException>(
            () => Report(new ClassView().Text("Label", "a", "b").Values("PredictedLabel", NumberDataViewType.Single, 1f, 2f)), "no class is in both");
    }

    [TestMethod]
    public void Nothing_in_common_may_be_where_texts_are_free_or_nothing_was_predicted()
    {
        Assert.AreEqual(0, Report(new ClassView().Text("Label", "a", "b").Text("PredictedLabel", "b2", "c")).Accuracy);
        Assert.AreEqual(2, Report(Keys.Text("PredictedLabel", "", "")).UnpredictedRows);
    }

    [TestMethod]
    public void A_key_without_values_is_not_matched_with_values()
    {
        Fails.With<ArgumentException>(() => Report(Keys.Numbered("PredictedLabel", 2, 1, 2)), "PredictedLabel is a key without KeyValues");
        Fails.With<ArgumentException>(() => Report(new ClassView().Numbered("Label", 2, 1, 2).Text("PredictedLabel", "0", "1")),
            "Label is a key without KeyValues");
    }

    [TestMethod]
    public void Key_values_that_are_alike_are_refused() =>
        Fails.With<ArgumentException>(() => Report(new ClassView().Keys("Label", ["a", "b", "a"], 1, 2).Numbered("PredictedLabel", 2, 1, 2)),
            "Label column 'Label' has KeyValues with 'a' 2 times");

    [TestMethod]
    public void What_is_no_class_but_a_number_of_something_is_refused_before_it_fills_the_memory()
    {
        Fails.With<ArgumentException>(() => Report(Keys.Numbered("PredictedLabel", uint.MaxValue, 1, 2)), "has 4294967295 classes, expected at most 4096");
        float[] ids = [.. Enumerable.Range(0, 5000).Select(i => (float)i)];
        Fails.With<ArgumentException>(() => _ml.MulticlassClassification.Report(
            new ClassView().Values("Label", NumberDataViewType.Single, ids).View, "Label", "Label"), "has more than 4096 classes");
        Fails.With<ArgumentException>(() => _ml.MulticlassClassification.Report(
            new ClassView().Text("Label", [.. ids.Select(id => $"{id}")]).View, "Label", "Label"), "has more than 4096 classes");
        Fails.With<ArgumentException>(() => Report(new ClassView().Values("Label", NumberDataViewType.Single, ids[..4000])
            .Values("PredictedLabel", NumberDataViewType.Single, ids[1000..])), "have 5000 classes together");
    }

    private ClassificationReport Report(ClassView view) => _ml.MulticlassClassification.Report(view.View);
}
