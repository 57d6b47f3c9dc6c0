using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class PredictionEngineTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly SequenceTransformer _transformer = new(TinyModel.Regression);
    private readonly WindowRow[] _rows = [.. Enumerable.Range(0, 40).Select(i => WindowRow.Random(new Random(i)))];
    private readonly float[] _expected;

    public PredictionEngineTests() => _expected = [.. TinyModel.Scores(_transformer.Transform(_ml.Data.LoadFromEnumerable(_rows)))];

    public void Dispose() => _transformer.Dispose();

    [TestMethod]
    public void One_window_at_a_time_gives_the_scores_of_Transform_and_passes_columns_through()
    {
        using var engine = Engine(_transformer);

        foreach (var (row, expected) in _rows.Zip(_expected))
        {
            var result = engine.Predict(row);
            Assert.AreEqual(expected, result.Score, 1e-6f);
            Assert.AreEqual(row.Name, result.Name);
        }
    }

    [TestMethod]
    public void Disposing_one_engine_leaves_the_others_and_the_transformer_working()
    {
        using var left = Engine(_transformer);
        left.Predict(_rows[0]);
        var disposed = Engine(_transformer);
        disposed.Predict(_rows[0]);
        using var cursor = _transformer.Transform(_ml.Data.LoadFromEnumerable(_rows)).GetRowCursor(
            _transformer.GetOutputSchema(_ml.Data.LoadFromEnumerable(_rows).Schema));
        Assert.IsTrue(cursor.MoveNext());

        disposed.Dispose();
        disposed.Dispose();

        Assert.AreEqual(_expected[1], left.Predict(_rows[1]).Score, 1e-6f);
        Assert.AreSequenceEqual(_expected, TinyModel.Scores(_transformer.Transform(_ml.Data.LoadFromEnumerable(_rows))));
        Assert.IsTrue(cursor.MoveNext());
        using var later = Engine(_transformer);
        Assert.AreEqual(_expected[2], later.Predict(_rows[2]).Score, 1e-6f);
    }

    [TestMethod]
    public void An_engine_can_be_made_from_the_last_step_of_a_loaded_chain()
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(TinyModel.Chain(_ml, TinyModel.Regression), TinyModel.Series(_ml, 20).Schema, stream);
        stream.Position = 0;
        var chain = (TransformerChain<ITransformer>)new MLContext().Model.Load(stream, out _);

        using var engine = Engine(chain.LastTransformer);

        Assert.AreEqual(_expected[3], engine.Predict(_rows[3]).Score, 1e-6f);
    }

    [TestMethod]
    public void Threads_with_an_engine_each_get_the_scores_of_one()
    {
        var scores = new float[8][];
        Parallel.For(0, scores.Length, new ParallelOptions { MaxDegreeOfParallelism = scores.Length }, t =>
        {
            using var engine = Engine(_transformer); // disposed while others work
            scores[t] = [.. Enumerable.Repeat(_rows, 5).SelectMany(r => r).Select(r => engine.Predict(r).Score)];
        });

        using var alone = Engine(_transformer);
        float[] expected = [.. Enumerable.Repeat(_rows, 5).SelectMany(r => r).Select(r => alone.Predict(r).Score)];
        foreach (float[] actual in scores)
            Assert.AreSequenceEqual(expected, actual);
    }

    [TestMethod]
    public void A_window_of_another_length_is_refused_and_the_next_one_is_scored()
    {
        using var engine = Engine(_transformer);

        Fails.With<InvalidOperationException>(() => engine.Predict(new WindowRow { Window = new float[10] }), "10 values", "6 steps", "12");
        Assert.AreEqual(_expected[0], engine.Predict(_rows[0]).Score, 1e-6f);
    }

    [TestMethod]
    public void The_same_object_with_other_values_is_scored_anew()
    {
        using var engine = Engine(_transformer);
        var row = WindowRow.Random(new Random(0));
        float before = engine.Predict(row).Score;

        _rows[5].Window.CopyTo(row.Window, 0);

        Assert.AreEqual(_expected[5], engine.Predict(row).Score, 1e-6f);
        Assert.AreNotEqual(before, _expected[5]);
    }

    private PredictionEngine<WindowRow, ScoredWindow> Engine(ITransformer transformer) =>
        _ml.Model.CreatePredictionEngine<WindowRow, ScoredWindow>(transformer);
}
