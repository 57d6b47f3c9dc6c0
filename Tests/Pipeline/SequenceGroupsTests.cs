using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Sequences with the groups they belong to, and further data behind them.</summary>
[TestClass]
public class SequenceGroupsTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    [DataRow("Text")]
    [DataRow("Number")]
    [DataRow("Key")]
    public void Groups_are_numbered_in_the_order_they_are_first_seen(string column)
    {
        int[] groups = [7, 7, 3, 7, 5, 3];
        var sequences = Sequences.Read(View(groups), "Features", 1, "Label", 1, default, column);
        Assert.AreSequenceEqual([0, 0, 1, 0, 2, 1], sequences.Groups.ToArray());
    }

    [TestMethod]
    public void Groups_are_empty_where_none_were_asked_for() =>
        Assert.IsTrue(Sequences.Read(View([1, 2]), "Features", 1, "Label", 1, default).Groups.IsEmpty);

    [TestMethod]
    public void Further_data_stands_behind_what_was_read()
    {
        var reader = new SequenceReader("Features", 1, "Label", 1);
        reader.Add(View([1, 2, 3]), groupColumnName: null, default);
        Assert.AreEqual(3, reader.Count);
        reader.Add(View([4, 5]), groupColumnName: null, default);
        var sequences = reader.Finish();
        Assert.AreEqual(5, sequences.Count);
        Assert.AreSequenceEqual([1f, 2, 3, 4, 5], Enumerable.Range(0, 5).Select(i => sequences[i][0]));
        Assert.AreSequenceEqual([10f, 20, 30, 40, 50], sequences.Labels.ToArray());
        Fails.With<ArgumentException>(() => new SequenceReader("Gone", 1, "Label", 1).Add(View([1]), null, default), "'Gone'");
    }

    private static IDataView View(int[] groups)
    {
        var rows = groups.Select(g => new Row { Features = [g, 1], Label = g * 10, Text = $"g{g}", Number = g, Key = (uint)g });
        return Ml.Data.LoadFromEnumerable(rows.ToArray());
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }

        public string Text { get; set; } = "";

        public int Number { get; set; }

        [KeyType(9)]
        public uint Key { get; set; }
    }
}
