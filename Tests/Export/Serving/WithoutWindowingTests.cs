using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class WithoutWindowingTests
{
    private readonly MLContext _ml = new(1);
    private readonly WindowRow[] _windows = [.. Enumerable.Range(0, 30).Select(i => WindowRow.Random(new Random(i)))];

    [TestMethod]
    public void The_part_after_the_windowing_scores_windows_as_the_model_alone_does()
    {
        using var alone = new SequenceTransformer(TinyModel.Regression);
        var expected = TinyModel.Scores(alone.Transform(Windows()));
        var model = Readings.Model(_ml);

        foreach (var whole in (ITransformer[])[model, Loaded(model), new TransformerChain<ITransformer>(Loaded(model)),
            new TransformerChain<SequenceTransformer>([.. model.Take(4)], [.. model.Take(4).Select(_ => TransformerScope.Everything)])])
        {
            using var engine = Engine(whole.WithoutWindowing());
            foreach (var (window, score) in _windows.Zip(expected))
            {
                var result = engine.Predict(window);
                Assert.AreEqual(score, result.Score, 1e-6f);
                Assert.AreEqual(window.Name, result.Name);
            }
        }
    }

    [TestMethod]
    public void Its_windows_are_those_of_Transform()
    {
        var model = Readings.Model(_ml);
        var scored = model.Transform(_ml.Data.LoadFromEnumerable(Readings.Contiguous(Readings.Random(2, 60), "Text")));
        using var engine = _ml.Model.CreatePredictionEngine<JustWindow, ScoreOnly>(model.WithoutWindowing());

        var windows = scored.GetColumn<float[]>("Window").ToArray();
        Assert.IsNotEmpty(windows);
        foreach (var (window, score) in windows.Zip(TinyModel.Scores(scored)))
            Assert.AreEqual(score, engine.Predict(new() { Window = window }).Score, 1e-6f);
    }

    [TestMethod]
    public void It_is_a_chain_of_the_steps_after_the_windowing_and_can_be_saved()
    {
        var model = Readings.Model(_ml);

        var chain = (TransformerChain<ITransformer>)model.WithoutWindowing();

        Assert.AreSequenceEqual(model.Skip(3), chain);
        var loaded = ComponentContract.Reload(_ml, chain, Windows().Schema);
        Assert.AreSequenceEqual(ViewText.Rows(chain.Transform(Windows())), ViewText.Rows(loaded.Transform(Windows())));
    }

    [TestMethod]
    public void A_model_without_windowing_is_returned_as_it_is()
    {
        using var transformer = new SequenceTransformer(TinyModel.Regression);
        var chain = new TransformerChain<ITransformer>(transformer);

        Assert.AreSame(transformer, transformer.WithoutWindowing());
        Assert.AreSame(chain, chain.WithoutWindowing());
    }

    [TestMethod]
    public void A_model_with_nothing_after_the_windowing_is_refused()
    {
        var windowing = TinyModel.Windowing(_ml).Fit(TinyModel.Series(_ml, 20));

        Fails.With<NotSupportedException>(() => windowing.WithoutWindowing(), "'Window'", "nothing after it");
    }

    [TestMethod]
    public void Disposing_its_engines_leaves_the_model_and_everything_made_from_it_working()
    {
        var rows = Readings.Random(4, 60);
        var model = Loaded(Readings.Model(_ml));
        var serving = model.WithoutWindowing();
        using var sequence = model.CreateSequenceEngine<Reading, Prediction>(_ml);
        using var left = Engine(serving);
        float expected = left.Predict(_windows[0]).Score;
        var transformed = Readings.Transformed(_ml, model, Readings.Contiguous(rows, "Text"));
        using var cursor = serving.Transform(Windows()).GetRowCursor(serving.GetOutputSchema(Windows().Schema));
        Assert.IsTrue(cursor.MoveNext());

        for (int i = 0; i < 3; i++)
        {
            var disposed = Engine(serving);
            disposed.Predict(_windows[1]);
            disposed.Dispose();
            disposed.Dispose();
        }

        Assert.AreEqual(expected, left.Predict(_windows[0]).Score);
        Assert.IsTrue(cursor.MoveNext());
        var pushed = Readings.Pushed(sequence, rows);
        Readings.AreEqual(transformed, pushed);
        Readings.AreEqual(Readings.Transformed(_ml, model, Readings.Contiguous(rows, "Text")), pushed);
        using var later = Engine(serving);
        Assert.AreEqual(expected, later.Predict(_windows[0]).Score);
    }

    private IDataView Windows() => _ml.Data.LoadFromEnumerable(_windows);

    private ITransformer Loaded(ITransformer model) =>
        ComponentContract.Reload(_ml, model, _ml.Data.LoadFromEnumerable(Readings.Random(1, 1)).Schema);

    private PredictionEngine<WindowRow, ScoredWindow> Engine(ITransformer model) =>
        _ml.Model.CreatePredictionEngine<WindowRow, ScoredWindow>(model);

    private sealed class JustWindow
    {
        [VectorType(TinyModel.Steps, TinyModel.Features)]
        public float[] Window { get; set; } = [];
    }
}
