using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class TransformBatchTests
{
    private const int Batch = 128;

    private readonly MLContext _ml = new(1);

    [TestMethod]
    public void A_cursor_disposed_twice_leaves_the_session_to_others()
    {
        using var transformer = new SequenceTransformer(TinyModel.Regression);
        var scored = transformer.Transform(Windows(5, horizon: 1));
        using var other = scored.GetRowCursor(scored.Schema);
        var score = other.GetGetter<float>(scored.Schema["Score"]);

        for (int i = 0; i < 3; i++)
        {
            var cursor = scored.GetRowCursor(scored.Schema);
            while (cursor.MoveNext())
            {
                // to the end, where it disposes itself
            }
            cursor.Dispose();
            cursor.Dispose();
        }

        float value = 0;
        Assert.IsTrue(other.MoveNext());
        score(ref value);
        Assert.IsTrue(float.IsFinite(value));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(Batch - 1)]
    [DataRow(Batch)]
    [DataRow(Batch + 1)]
    [DataRow((3 * Batch) + 7)]
    public void Batched_scores_equal_those_of_one_window_at_a_time(int count)
    {
        var windows = Windows(count, horizon: 1);
        using var transformer = new SequenceTransformer(TinyModel.Regression);
        using var predictor = new SequencePredictor(TinyModel.Regression);

        float[] batched = [.. TinyModel.Scores(transformer.Transform(windows))];

        float[] single = [.. windows.GetColumn<float[]>("Window").Select(w => predictor.Predict(w)[0])];
        Assert.HasCount(count, batched);
        AssertClose(single, batched);
        Assert.HasCount(count, batched.Distinct(), "each window has a score of its own");
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(Batch + 1)]
    public void Batched_forecasts_equal_those_of_one_window_at_a_time(int count)
    {
        var windows = Windows(count, horizon: 3);
        using var transformer = new SequenceTransformer(TinyModel.Forecasting);
        using var predictor = new SequencePredictor(TinyModel.Forecasting);

        float[] batched = [.. transformer.Transform(windows).GetColumn<float[]>("Forecast").SelectMany(f => f)];

        Assert.HasCount(3 * count, batched);
        AssertClose([.. windows.GetColumn<float[]>("Window").SelectMany(w => predictor.Predict(w))], batched);
    }

    [TestMethod]
    public void An_empty_view_gives_an_empty_view_with_the_output_columns()
    {
        using var transformer = new SequenceTransformer(TinyModel.Regression);

        var scored = transformer.Transform(_ml.Data.LoadFromEnumerable<WindowRow>([]));

        Assert.IsEmpty(ViewText.Rows(scored));
        Assert.AreEqual(NumberDataViewType.Single, scored.Schema["Score"].Type);
    }

    [TestMethod]
    public void Sparse_windows_are_scored_like_dense_ones()
    {
        var sparse = new VBuffer<float>(12, 2, [0.5f, -1], [3, 10]);
        var builder = new ArrayDataViewBuilder(_ml);
        builder.AddColumn("Window", NumberDataViewType.Single, sparse, sparse);
        using var transformer = new SequenceTransformer(TinyModel.Regression);
        using var predictor = new SequencePredictor(TinyModel.Regression);

        var scores = TinyModel.Scores(transformer.Transform(builder.GetDataView()));

        float expected = predictor.Predict([.. sparse.DenseValues()])[0];
        AssertClose([expected, expected], [.. scores]);
    }

    private IDataView Windows(int count, int horizon)
    {
        var series = TinyModel.Series(_ml, count + TinyModel.Steps - 1);
        return TinyModel.Windowing(_ml, horizon).Fit(series).Transform(series);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-6f * Math.Max(1, Math.Abs(expected[i])), $"value {i}");
    }
}
