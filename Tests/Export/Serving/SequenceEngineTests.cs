using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class SequenceEngineTests
{
    private const int SmallestObject = 24; // bytes

    private static readonly Reading[] s_rows = Readings.Random(7, 80);

    private readonly MLContext _ml = new(1);

    [TestMethod]
    public void There_is_no_prediction_until_the_window_of_the_rows_group_is_full()
    {
        using var engine = Readings.Model(_ml).CreateSequenceEngine<Reading, Prediction>(_ml);
        var seen = new Dictionary<string, int>();

        foreach (var row in s_rows)
        {
            int count = seen[row.Text] = seen.GetValueOrDefault(row.Text) + 1;
            Assert.AreEqual(count >= TinyModel.Steps, engine.Push(row) is not null, $"row {row.Row}");
        }

        Assert.AreEqual(TinyModel.Steps, engine.WindowLength);
        Assert.AreEqual(3, engine.GroupCount);
    }

    [TestMethod]
    public void A_given_object_is_filled_when_there_is_a_prediction_and_left_alone_otherwise()
    {
        var model = Readings.Model(_ml, group: null);
        using var engine = model.CreateSequenceEngine<Reading, Prediction>(_ml);
        var expected = Readings.Transformed(_ml, model, s_rows);
        var prediction = new Prediction { Row = -1, Remark = "mine" };

        foreach (var row in s_rows)
        {
            bool full = engine.TryPush(row, prediction);

            Assert.AreEqual(expected.ContainsKey(row.Row), full);
            Assert.AreEqual(full ? row.Row : -1, prediction.Row);
            if (full)
                Assert.AreEqual(expected[row.Row].Score, prediction.Score, 1e-6f);
        }
        Assert.AreEqual("mine", prediction.Remark);
    }

    [TestMethod]
    public void A_forecast_is_a_vector_and_its_label_a_vector_of_NaN()
    {
        var chain = new ChainBuilder(_ml, s_rows);
        chain.Add(_ml.Transforms.Conversion.ConvertType("Other"));
        chain.Add(_ml.Transforms.SlidingWindow("Window", ["Value", "Other"], TinyModel.Steps, horizon: 3));
        chain.Add(new SequenceTransformer(TinyModel.Forecasting));
        var model = new TransformerChain<ITransformer>([.. chain.Steps]);
        using var engine = model.CreateSequenceEngine<Reading, Forecasts>(_ml);
        var expected = model.Transform(_ml.Data.LoadFromEnumerable(s_rows)).GetColumn<float[]>("Forecast").ToArray();

        var actual = s_rows.Select(engine.Push).OfType<Forecasts>().ToArray();

        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            for (int k = 0; k < 3; k++)
                Assert.AreEqual(expected[i][k], actual[i].Forecast[k], 1e-6f);
            Assert.AreSequenceEqual([float.NaN, float.NaN, float.NaN], actual[i].Label);
        }
    }

    [TestMethod]
    public void Any_trainer_of_ML_NET_may_follow_the_windowing()
    {
        var chain = new ChainBuilder(_ml, s_rows);
        chain.Add(_ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 4));
        chain.Add(_ml.Transforms.Concatenate("Features", "Window"));
        chain.Add(_ml.Regression.Trainers.Sdca(maximumNumberOfIterations: 2));
        chain.Add(_ml.Transforms.CopyColumns("Again", "Score"));
        var model = ComponentContract.Reload(_ml, new TransformerChain<ITransformer>([.. chain.Steps]),
            _ml.Data.LoadFromEnumerable(s_rows).Schema);
        using var engine = model.CreateSequenceEngine<Reading, Prediction>(_ml);

        Readings.AreEqual(Readings.Transformed(_ml, model, s_rows), Readings.Pushed(engine, s_rows));
    }

    [TestMethod]
    public void Steps_that_are_kept_for_training_alone_are_not_run()
    {
        var scoring = Readings.Model(_ml);
        var damage = _ml.Transforms.CopyColumns("Value", "Row").Fit(_ml.Data.LoadFromEnumerable(s_rows));
        var scopes = scoring.Select(_ => TransformerScope.Everything).Prepend(TransformerScope.Training);
        var model = new TransformerChain<ITransformer>(scoring.Prepend(damage), scopes);
        using var engine = model.CreateSequenceEngine<Reading, Prediction>(_ml);

        Readings.AreEqual(Readings.Transformed(_ml, model, Readings.Contiguous(s_rows, "Text")), Readings.Pushed(engine, s_rows));
    }

    [TestMethod]
    public void Forgotten_groups_start_anew_and_the_others_go_on()
    {
        using var engine = Readings.Model(_ml).CreateSequenceEngine<Reading, Prediction>(_ml);
        Readings.Pushed(engine, s_rows);
        Reading first = s_rows.First(r => r.Text == "group 1"), other = s_rows.First(r => r.Text == "group 2");

        Assert.IsTrue(engine.Forget(new Reading { Text = "group 1" }));

        Assert.IsFalse(engine.Forget(new Reading { Text = "group 1" }), "it was forgotten before");
        Assert.IsFalse(engine.Forget(new Reading { Text = "unknown" }));
        Assert.AreEqual(2, engine.GroupCount);
        Assert.IsNotNull(engine.Push(other));
        for (int i = 1; i < TinyModel.Steps; i++)
            Assert.IsNull(engine.Push(first));
        Assert.IsNotNull(engine.Push(first));

        engine.Reset();

        Assert.AreEqual(0, engine.GroupCount);
        Assert.IsNull(engine.Push(other));
    }

    [TestMethod]
    public void Groups_are_forgotten_by_values_of_every_type()
    {
        foreach (string column in Readings.GroupColumns)
        {
            using var engine = Readings.Model(_ml, column).CreateSequenceEngine<Reading, Prediction>(_ml);
            Readings.Pushed(engine, s_rows);
            int groups = s_rows.Select(row => Readings.GroupOf(row, column)).Distinct().Count();
            Assert.AreEqual(groups, engine.GroupCount, column);

            Assert.IsTrue(engine.Forget(s_rows[0]), column);

            Assert.AreEqual(groups - 1, engine.GroupCount, column);
        }
    }

    [TestMethod]
    public void The_memory_of_a_texts_row_may_be_used_again()
    {
        using var engine = Readings.Model(_ml).CreateSequenceEngine<Reused, ScoreOnly>(_ml);
        char[] memory = ['a'];
        int predictions = 0;
        for (int i = 0; i < 4 * TinyModel.Steps; i++)
        {
            memory[0] = (char)('a' + (i % 2));
            if (engine.Push(new Reused { Memory = memory, Value = i, Other = i }) is not null)
                predictions++;
        }

        Assert.AreEqual(2, engine.GroupCount);
        Assert.AreEqual(2 * (TinyModel.Steps + 1), predictions);
    }

    [TestMethod]
    public void A_push_allocates_no_more_than_the_run_of_the_model()
    {
        using var engine = Readings.Model(_ml).CreateSequenceEngine<Reading, ScoreOnly>(_ml);
        using var predictor = new SequencePredictor(TinyModel.Regression);
        var prediction = new ScoreOnly();
        float[] window = new float[TinyModel.Steps * TinyModel.Features], score = new float[1];

        long run = BytesPerCall(_ => predictor.Predict(window, score));
        long push = BytesPerCall(i => engine.TryPush(s_rows[i % s_rows.Length], prediction));

        Assert.IsLessThan(run + SmallestObject, push);
    }

    // The least of several rounds: in the others buffers grow and code is compiled.
    private static long BytesPerCall(Action<int> call) => Enumerable.Range(0, 5).Min(_ =>
    {
        const int calls = 1000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < calls; i++)
            call(i);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
    });

    private sealed class Forecasts
    {
        public float[] Forecast { get; set; } = [];

        public float[] Label { get; set; } = [];
    }

    private sealed class Reused
    {
        [ColumnName("Text")]
        public ReadOnlyMemory<char> Memory { get; set; }

        public float Value { get; set; }

        public double Other { get; set; }
    }
}
