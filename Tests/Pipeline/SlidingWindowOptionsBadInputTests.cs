using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class SlidingWindowOptionsBadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public float Value { get; set; }
        public double Other { get; set; }
        public string Name { get; set; } = "A";
        public DateTime Day { get; set; }
        public float Size { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [0, 0];

        [KeyType(5)]
        public uint Key { get; set; }

        public float Future { get; set; }
    }

    private static SlidingWindowOptions Options { get; } = new() { InputColumns = ["Value"], WindowLength = 2 };

    private IDataView Data(params Row[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private void Refused(SlidingWindowOptions options, params string[] parts)
        => Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow(options), parts);

    private void RefusedBy(IDataView data, SlidingWindowOptions options, params string[] parts)
    {
        var estimator = _ml.Transforms.SlidingWindow(options);
        Fails.With<ArgumentException>(() => estimator.Fit(data), parts);
        Fails.With<ArgumentException>(() => estimator.GetOutputSchema(SchemaShape.Create(data.Schema)), parts);
    }

    // Whatever is asked for, and through the trainers' door too.
    private void FailsToRead(SlidingWindowOptions options, Row[] rows, string[] columns, params string[] parts)
    {
        var view = _ml.Transforms.SlidingWindow(options).Fit(Data(rows)).Transform(Data(rows));
        Fails.With<InvalidOperationException>(() => ViewText.Rows(view), parts);
        foreach (var column in columns)
            Fails.With<InvalidOperationException>(() => ViewText.Rows(view, column), parts);
    }

    [TestMethod]
    public void Everything_wrong_is_named_at_once_as_the_options_call_it() => Refused(
        new()
        {
            InputColumns = ["A", "A"],
            TargetColumns = ["B", ""],
            FutureColumns = ["B", "C", "C"],
            StaticColumns = [""],
            GroupColumn = "",
            TimeColumn = "",
            Horizon = 0,
            Stride = 0,
            LabelColumn = "Window",
            FutureColumn = "Window",
            StaticColumn = "",
            Padding = WindowPadding.Start,
            MaskColumn = "Window",
            Groups = (SeriesGroups)7,
            MissingValues = (MissingValuePolicy)8,
            TimeGaps = (TimeGaps)9,
            LargestTimeStep = TimeSpan.Zero,
            LargestNumericTimeStep = double.NaN,
        },
        "WindowLength is 0", "Horizon is 0", "Stride is 0", "InputColumns holds 'A' 2 times", "TargetColumns holds an empty name",
        "FutureColumns holds 'C' 2 times", "StaticColumns holds an empty name", "GroupColumn is empty", "TimeColumn is empty",
        "OutputColumn and LabelColumn are both 'Window'", "OutputColumn and FutureColumn are both 'Window'", "StaticColumn is empty",
        "OutputColumn and MaskColumn are both 'Window'", "'B' is a target and in FutureColumns", "Groups is 7", "MissingValues is 8",
        "TimeGaps is 9", "LargestTimeStep is 00:00:00", "LargestNumericTimeStep is NaN", "both given");

    [TestMethod]
    public void Options_that_contradict_each_other_are_refused()
    {
        Refused(new(), "InputColumns is empty", "WindowLength is 0", "2 problems");
        Refused(Options with { InputColumns = default, TargetColumns = default, FutureColumns = default, StaticColumns = default },
            "InputColumns is empty");
        Refused(Options with { FutureColumns = ["Value"] }, "'Value' is a target and in FutureColumns");
        Refused(Options with { Groups = SeriesGroups.Interleaved }, "Groups is Interleaved, but there is no GroupColumn");
        Refused(Options with { TimeGaps = TimeGaps.NewSeries }, "There is no TimeColumn");
        Refused(Options with { LargestTimeStep = TimeSpan.FromDays(1) }, "There is no TimeColumn");
        Refused(Options with { LargestNumericTimeStep = 1 }, "There is no TimeColumn");
        // It cannot be written into a model file, which must come out before training.
        Refused(Options with { TimeColumn = "Other", LargestNumericTimeStep = double.PositiveInfinity }, "expected a finite number",
            "TimeGaps.Ignore");
        Refused(Options with { TimeColumn = "Day", TimeGaps = TimeGaps.Ignore, LargestTimeStep = TimeSpan.FromDays(1) },
            "TimeGaps is Ignore");
        Refused(Options with { FutureColumns = ["Other"], StaticColumns = ["Size"], StaticColumn = "Future" },
            "FutureColumn and StaticColumn are both 'Future'");
        Assert.Throws<ArgumentNullException>(() => _ml.Transforms.SlidingWindow(null!));
    }

    [TestMethod]
    public void Names_of_columns_that_are_not_made_may_be_anything()
        => _ml.Transforms.SlidingWindow(Options with { FutureColumn = "Window", StaticColumn = "", MaskColumn = "Label" })
            .Fit(Data(new Row()));

    [TestMethod]
    public void Columns_that_cannot_be_what_they_are_named_for_are_refused()
    {
        var data = Data(new Row());
        RefusedBy(data, Options with { TargetColumns = ["Other", "Pair", "Gone"] },
            "Target column 'Pair' is Vector<Single>, expected a scalar",
            "as TargetColumns", "Target column 'Gone' is not in the data");
        RefusedBy(data, Options with { FutureColumns = ["Name", "Gone"], FutureColumn = "F" }, "Future column 'Name' is String",
            "OneHotEncoding",
            "Future column 'Gone'");
        RefusedBy(data, Options with { StaticColumns = ["Name", "Key", "Day"] }, "Static column 'Name' is String",
            "passes through by itself",
            "Static column 'Key' is Key<UInt32>", "Static column 'Day' is DateTime", "ConvertType");
        RefusedBy(data, Options with { TimeColumn = "Name" }, "Time column 'Name' is String, expected a scalar DateTime");
        RefusedBy(data, Options with { TimeColumn = "Key" }, "Time column 'Key' is Key<UInt32>");
        RefusedBy(data, Options with { TimeColumn = "Pair" }, "Time column 'Pair' is Vector<Single>");
        RefusedBy(data, Options with { TimeColumn = "Gone" }, "Time column 'Gone' is not in the data");
        RefusedBy(data, Options with { TimeColumn = "Day", LargestNumericTimeStep = 2 },
            "as LargestTimeStep, not as LargestNumericTimeStep");
        RefusedBy(data, Options with { TimeColumn = "Other", LargestTimeStep = TimeSpan.FromDays(2) }, "as LargestNumericTimeStep, not as");
        RefusedBy(data, Options with { InputColumns = ["Value", "Name"], GroupColumn = "Name" }, "Input column 'Name' is String");
    }

    [TestMethod]
    public void Columns_that_the_data_has_already_are_refused()
    {
        var data = Data(new Row());
        RefusedBy(data, Options with { FutureColumns = ["Other"] }, "already has a column 'Future', where FutureColumn would go");
        RefusedBy(data, Options with { StaticColumns = ["Size"], StaticColumn = "Size" },
            "already has a column 'Size', where StaticColumn");
        RefusedBy(data, Options with { Padding = WindowPadding.Start, MaskColumn = "Pair" },
            "already has a column 'Pair', where MaskColumn");
        RefusedBy(data, Options with { LabelColumn = "Value" },
            "already has a column 'Value', where the label would go: give another LabelColumn");
    }

    [TestMethod]
    public void Sizes_that_no_array_can_hold_are_refused()
    {
        var data = Data(new Row());
        Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow(Options with
        {
            WindowLength = 2_000_000_000,
            MissingValues = MissingValuePolicy.Mask
        }).Fit(data), "WindowLength 2000000000", "2 values per step");
        Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow(Options with
        {
            Horizon = 1_500_000_000,
            TargetColumns = ["Value", "Other"]
        }).Fit(data), "Horizon 1500000000", "2 values per row of TargetColumns", "shorter horizon");
        Fails.With<ArgumentException>(() => _ml.Transforms.SlidingWindow(Options with
        {
            Horizon = 1_500_000_000,
            FutureColumn = "F",
            FutureColumns = ["Pair"]
        }).Fit(data), "2 values per row of FutureColumns");
    }

    private static Row[] Rows(string groups) => [.. groups.Select((g, i)
        => new Row { Name = $"{g}", Value = i, Key = (uint)(g - 'A' + 1) })];

    [TestMethod]
    public void A_group_that_comes_again_is_named_with_its_row_and_what_to_do()
    {
        FailsToRead(Options with { GroupColumn = "Name" }, Rows("AABBA"), ["Window", "Label", "Name", "Value"], "row 5, group 'A'",
            "'Name'",
            "Sort the data by group", "SeriesGroups.Interleaved");
        var rows = Data(Rows("AABBA"));
        var simple = _ml.Transforms.SlidingWindow("Window", ["Value"], 2, groupColumnName: "Name").Fit(rows).Transform(rows);
        Fails.With<InvalidOperationException>(() => ViewText.Rows(simple), "row 5, group 'A'", "SeriesGroups.Interleaved");
        FailsToRead(Options with { GroupColumn = "Key" }, Rows("BCB"), ["Window"], "row 3, group '2'");
        var named = _ml.Transforms.Conversion.MapValueToKey("Name").Fit(rows).Transform(rows);
        var keys = _ml.Transforms.SlidingWindow("Window", ["Value"], 2, groupColumnName: "Name").Fit(named).Transform(named);
        Fails.With<InvalidOperationException>(() => ViewText.Rows(keys), "row 5, group 'A'");
    }

    [TestMethod]
    public void A_static_value_that_changes_is_named_with_both_values()
    {
        Row[] rows = [new() { Size = 3 }, new() { Size = 3 }, new() { Size = 4 }];
        FailsToRead(Options with { StaticColumns = ["Size"], GroupColumn = "Name" }, rows, ["Static"], "row 3, group 'A'",
            "static column 'Size' is 4 after 3", "GroupColumn");
        Row[] pairs = [new() { Pair = [1, 2] }, new() { Pair = [1, 5] }];
        FailsToRead(Options with { StaticColumns = ["Size", "Pair"] }, pairs, ["Static"], "row 2: static column 'Pair' is 5 after 2");
        Row[] groups = [new() { Size = 3 }, new() { Size = 3 }, new() { Name = "B", Size = 4 }, new() { Name = "B", Size = 4 }];
        var view = _ml.Transforms.SlidingWindow(Options with { StaticColumns = ["Size"], GroupColumn = "Name" }).Fit(Data(groups))
            .Transform(Data(groups));
        Assert.AreSequenceEqual(["[3]", "[4]"], ViewText.Rows(view, "Static"));
    }

    [TestMethod]
    public void A_missing_value_is_named_where_the_policy_is_an_error()
    {
        Row[] rows = [new(), new() { Pair = [1, float.NaN] }];
        FailsToRead(Options with { InputColumns = ["Value", "Other", "Pair"], MissingValues = MissingValuePolicy.Error }, rows, ["Window"],
            "column 'Pair', row 2", "missing", "ReplaceMissingValues");
        Row[] targets = [new(), new() { Other = double.NaN }, new() { Other = double.NaN }];
        var view = _ml.Transforms.SlidingWindow(Options with { TargetColumns = ["Other"], MissingValues = MissingValuePolicy.Error })
            .Fit(Data(targets)).Transform(Data(targets));
        // A missing target means that the row is not labelled.
        Assert.AreSequenceEqual(["[0,0] | NaN", "[0,0] | NaN"], ViewText.Rows(view, "Window", "Label"));
    }
}
