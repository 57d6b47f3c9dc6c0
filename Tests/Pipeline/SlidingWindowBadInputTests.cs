using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class SlidingWindowBadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public float Value { get; set; }
        public string Name { get; set; } = "";
        public bool Flag { get; set; }
        public DateTime Day { get; set; }

        [KeyType(5)]
        public uint Key { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [0, 0];

        [VectorType]
        public float[] Free { get; set; } = [0];

        public float Label { get; set; }
    }

    private IDataView Data(int rows = 5) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(_ => new Row()));

    [TestMethod]
    public void Wrong_arguments_are_all_named_at_once()
    {
        var e = Assert.Throws<ArgumentException>(() => _ml.Transforms.SlidingWindow("Same", ["A", "A"], 0, -1, "Same", null, "", 0));
        foreach (var part in new[] { "windowLength is 0", "horizon is -1", "stride is 0", "both 'Same'", "'A' 2 times",
            "groupColumnName is empty", "6 problems" })
            Assert.Contains(part, e.Message);
    }

    [TestMethod]
    [DataRow(0, 1, 1, "windowLength is 0, expected at least 1")]
    [DataRow(1, 0, 1, "horizon is 0, expected at least 1")]
    [DataRow(1, 1, -3, "stride is -3, expected at least 1")]
    public void Numbers_below_one_are_refused(int window, int horizon, int stride, string part)
    {
        var e = Assert.Throws<ArgumentException>(() => _ml.Transforms.SlidingWindow("W", ["Value"], window, horizon, stride: stride));
        Assert.Contains(part, e.Message);
    }

    [TestMethod]
    public void Names_must_be_given()
    {
        Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow("W", [], 2), "inputColumnNames is empty");
        Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow("W", null!, 2), "inputColumnNames is empty");
        Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow("W", ["A", ""], 2),
            "inputColumnNames holds an empty name");
        Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow("", ["A"], 2), "outputColumnName is empty");
        Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow("W", ["A"], 2, labelColumnName: ""),
            "labelColumnName is empty");
        Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow("W", ["A"], 2, targetColumnName: ""),
            "targetColumnName is empty");
    }

    [TestMethod]
    [DataRow("Nothing", null, null, "Input column 'Nothing' is not in the data, which has: Value, Name")]
    [DataRow("Name", null, null, "Input column 'Name' is String")]
    [DataRow("Flag", null, null, "Input column 'Flag' is Boolean")]
    [DataRow("Day", null, null, "Input column 'Day' is DateTime")]
    [DataRow("Key", null, null, "Input column 'Key' is Key<UInt32>")]
    [DataRow("Free", null, null, "Input column 'Free' is VarVector<Single> of variable size")]
    [DataRow("Pair", null, null, "Target column 'Pair' is Vector<Single>, expected a scalar")]
    [DataRow("Value", "Pair", null, "Target column 'Pair' is Vector<Single>, expected a scalar")]
    [DataRow("Value", "Other", null, "Target column 'Other' is not in the data")]
    [DataRow("Value", "Name", null, "Target column 'Name' is String")]
    [DataRow("Value", null, "Other", "Group column 'Other' is not in the data")]
    [DataRow("Value", null, "Pair", "Group column 'Pair' is Vector<Single>, expected a scalar")]
    public void Columns_that_cannot_be_windowed_are_refused_with_name_and_type(string input, string? target, string? group, string part)
    {
        var data = Data();
        var estimator = _ml.Transforms.SlidingWindow("W", [input], 2, labelColumnName: "Next", targetColumnName: target,
            groupColumnName: group);
        Assert.Contains(part, Assert.Throws<ArgumentException>(() => estimator.Fit(data)).Message);
        Assert.Contains(part, Assert.Throws<ArgumentException>(() => estimator.GetOutputSchema(SchemaShape.Create(data.Schema))).Message);
    }

    [TestMethod]
    public void A_transformer_refuses_other_data_than_it_was_made_for()
    {
        var transformer = _ml.Transforms.SlidingWindow("W", ["Value"], 2, labelColumnName: "Next").Fit(Data());
        var other = _ml.Transforms.SelectColumns("Name").Fit(Data()).Transform(Data());
        Fails.With<ArgumentException>(() => transformer.Transform(other), "'Value' is not in the data");
        Fails.With<ArgumentException>(() => transformer.GetOutputSchema(other.Schema), "'Value' is not in the data");
    }

    [TestMethod]
    public void A_column_of_the_labels_name_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => _ml.Transforms.SlidingWindow("W", ["Value"], 2).Fit(Data()));
        Assert.Contains("already has a column 'Label'", e.Message);
        Assert.Contains("labelColumnName", e.Message);
    }

    [TestMethod]
    public void Several_wrong_columns_are_named_at_once()
    {
        var e = Assert.Throws<ArgumentException>(() => _ml.Transforms.SlidingWindow("W", ["Name", "Missing"], 2,
            groupColumnName: "Gone").Fit(Data()));
        foreach (var part in new[] { "'Name'", "'Missing'", "'Gone'", "'Label'" })
            Assert.Contains(part, e.Message);
    }

    [TestMethod]
    public void A_window_that_no_array_can_hold_is_refused()
    {
        var estimator = _ml.Transforms.SlidingWindow("W", ["Pair", "Value"], 1_000_000_000, labelColumnName: "Next",
            targetColumnName: "Value");
        Fails.With<ArgumentException>(() => estimator.Fit(Data()), "choose a shorter window");
    }

    [TestMethod]
    public void A_vector_of_another_size_than_its_type_is_reported_with_its_row()
    {
        var rows = Enumerable.Range(0, 5).Select(i => new Row { Pair = i == 3 ? [1, 2, 3] : [1, 2] });
        var data = _ml.Data.LoadFromEnumerable(rows);
        var view = _ml.Transforms.SlidingWindow("W", ["Pair"], 2, labelColumnName: "Next", targetColumnName: "Value")
            .Fit(data).Transform(data);
        var e = Assert.Throws<InvalidOperationException>(() => ViewText.Rows(view, "W"));
        Assert.Contains("Column 'Pair', row 4: the vector has 3 values, expected 2", e.Message);
    }
}
