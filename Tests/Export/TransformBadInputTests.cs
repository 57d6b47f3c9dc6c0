using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class TransformBadInputTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly SequenceTransformer _transformer = new(TinyModel.Regression);

    public void Dispose() => _transformer.Dispose();

    [TestMethod]
    public void A_window_of_another_length_is_reported_with_its_row()
    {
        var rows = Enumerable.Range(0, 200).Select(i => new WindowRow { Window = new float[i == 150 ? 11 : 12] });
        var scored = _transformer.Transform(_ml.Data.LoadFromEnumerable(rows));

        Fails.With<InvalidOperationException>(() => TinyModel.Scores(scored), "Row 151", "'Window'", "11 values", "6 steps", "2 features", "12",
            "gives 'Score', Single [batch, 1]");
    }

    [TestMethod]
    public void A_cursor_that_failed_hands_out_no_row_that_was_not_scored()
    {
        var rows = Enumerable.Range(0, 200).Select(i => new WindowRow { Window = new float[i == 150 ? 11 : 12] });
        var scored = _transformer.Transform(_ml.Data.LoadFromEnumerable(rows));
        using var cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        var score = cursor.GetGetter<float>(scored.Schema["Score"]);

        Fails.With<InvalidOperationException>(() => { while (cursor.MoveNext()) { } }, "Row 151");

        float value = 0;
        Assert.IsFalse(cursor.MoveNext());
        Fails.With<InvalidOperationException>(() => score(ref value), "not on a row");
    }

    [TestMethod]
    public void A_missing_column_is_reported_with_those_there_are()
    {
        Fails.With<ArgumentException>(() => _transformer.Transform(TinyModel.Series(_ml, 20)), "'Window'", "Vector<Single, 6, 2>", "'Value'", "'Extra'");
        Fails.With<ArgumentException>(() => _transformer.GetOutputSchema(TinyModel.Series(_ml, 20).Schema), "'Window'");
    }

    [TestMethod]
    public void A_column_of_a_wrong_type_is_reported_with_the_right_one()
    {
        string[] wrong = ["Value", "Name", "Code", "Extra"]; // Single, text, key, vector of another length
        foreach (string column in wrong)
        {
            var view = _ml.Transforms.CopyColumns("Window", column).Fit(TinyModel.Series(_ml, 20)).Transform(TinyModel.Series(_ml, 20));
            Fails.With<ArgumentException>(() => _transformer.Transform(view), "'Window'", view.Schema["Window"].Type.ToString()!, "Vector<Single, 6, 2>");
        }
    }

    [TestMethod]
    public void A_flat_window_of_the_right_length_is_scored()
    {
        WindowRow[] rows = [WindowRow.Random(new Random(1)), WindowRow.Random(new Random(2))];
        var flat = new ArrayDataViewBuilder(_ml);
        flat.AddColumn("Window", NumberDataViewType.Single, rows.Select(r => r.Window).ToArray());

        Assert.AreSequenceEqual(
            TinyModel.Scores(_transformer.Transform(_ml.Data.LoadFromEnumerable(rows))), TinyModel.Scores(_transformer.Transform(flat.GetDataView())));
    }

    [TestMethod]
    public void Values_are_read_only_on_a_row_and_only_in_their_type()
    {
        var scored = _transformer.Transform(_ml.Data.LoadFromEnumerable(new[] { WindowRow.Random(new Random(1)) }));
        using var cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        var score = cursor.GetGetter<float>(scored.Schema["Score"]);
        float value = 0;

        Fails.With<InvalidOperationException>(() => score(ref value), "MoveNext");
        Fails.With<InvalidOperationException>(() => cursor.GetGetter<double>(scored.Schema["Score"]), "'Score'", "System.Single", "Double");
        Assert.Throws<Exception>(() => cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["Name"]));
        Assert.IsTrue(cursor.MoveNext());
        score(ref value);
        Assert.IsFalse(cursor.MoveNext());
        Fails.With<InvalidOperationException>(() => score(ref value), "MoveNext");
        Assert.IsFalse(cursor.MoveNext());
    }
}
