using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class SequenceEngineBadInputTests
{
    private static readonly Reading[] s_rows = Readings.Random(3, 60);

    private readonly MLContext _ml = new(1);

    [TestMethod]
    public void A_model_without_windowing_is_refused_with_its_steps()
    {
        var window = Readings.Model(_ml).WithoutWindowing();
        Fails.With<NotSupportedException>(() => Engine(window), "no SlidingWindow", "SequenceTransformer, ColumnCopyingTransformer",
            "CreatePredictionEngine");

        var other = _ml.Transforms.CopyColumns("Again", "Value").Fit(_ml.Data.LoadFromEnumerable(s_rows));
        Fails.With<NotSupportedException>(() => Engine(other), "no SlidingWindow", "ColumnCopyingTransformer");
    }

    [TestMethod]
    public void A_model_that_windows_twice_is_refused()
    {
        var chain = new ChainBuilder(_ml, s_rows);
        chain.Add(_ml.Transforms.SlidingWindow("Window", ["Value"], 3));
        chain.Add(_ml.Transforms.SlidingWindow("Windows", ["Window"], 3, labelColumnName: "Later", targetColumnName: "Value"));
        var model = new TransformerChain<ITransformer>([.. chain.Steps]);

        Fails.With<NotSupportedException>(() => Engine(model), "windows 2 times", "step 1 of 2", "step 2 of 2", "SlidingWindowTransformer");
        Fails.With<NotSupportedException>(() => model.WithoutWindowing(), "windows 2 times");
    }

    [TestMethod]
    public void Another_step_that_is_not_row_to_row_is_named()
    {
        var model = new TransformerChain<ITransformer>([new EveryOther(), .. Readings.Model(_ml)]);

        Fails.With<NotSupportedException>(() => Engine(model), "step 1 of 6", "EveryOther", "row-to-row");
        Fails.With<NotSupportedException>(() => model.WithoutWindowing(), "step 1 of 6", "EveryOther");
        Fails.With<NotSupportedException>(() => new EveryOther().WithoutWindowing(), "step 1 of 1", "EveryOther");
    }

    [TestMethod]
    public void Nulls_are_refused_and_change_nothing()
    {
        using var engine = Engine(Readings.Model(_ml));
        Assert.ThrowsExactly<ArgumentNullException>(() => engine.Push(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => engine.TryPush(null!, new()));
        Assert.ThrowsExactly<ArgumentNullException>(() => engine.TryPush(s_rows[0], null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => engine.Forget(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => engine.Restore((Stream)null!));
        Assert.AreEqual(0, engine.GroupCount);
        Assert.ThrowsExactly<ArgumentNullException>(() => Readings.Model(_ml).CreateSequenceEngine<Reading, Prediction>(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => Engine(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => SequenceServingExtensions.WithoutWindowing(null!));
    }

    [TestMethod]
    public void A_disposed_engine_says_so_and_the_model_goes_on()
    {
        var model = Readings.Model(_ml);
        var engine = Engine(model);
        using var other = Engine(model);
        Readings.Pushed(engine, s_rows);
        Readings.Pushed(other, s_rows);

        engine.Dispose();
        engine.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => engine.Push(s_rows[0]));
        Assert.ThrowsExactly<ObjectDisposedException>(() => engine.Forget(s_rows[0]));
        Assert.ThrowsExactly<ObjectDisposedException>(engine.Reset);
        Assert.ThrowsExactly<ObjectDisposedException>(() => engine.Checkpoint(new MemoryStream()));
        Assert.IsNotNull(other.Push(s_rows[0]));
        Assert.IsNotEmpty(Readings.Transformed(_ml, model, Readings.Contiguous(s_rows, "Text")));
    }

    [TestMethod]
    public void A_disposed_model_leaves_its_engines_working()
    {
        var model = Readings.Model(_ml);
        using var engine = Engine(model);

        model.Dispose();

        Assert.IsNotEmpty(Readings.Pushed(engine, s_rows));
    }

    [TestMethod]
    public void A_call_within_a_call_is_refused_and_changes_nothing()
    {
        var model = Readings.Model(_ml);
        var expected = Readings.Transformed(_ml, model, Readings.Contiguous(s_rows, "Text"));
        using var engine = model.CreateSequenceEngine<Nosy, Prediction>(_ml);
        int refused = 0;
        // Another thread calls while this one is in the middle of reading a row.
        void Intrude() => Task.Run(() =>
        {
            Fails.With<InvalidOperationException>(() => engine.Push(new Nosy(s_rows[0])), "in use by another call", "pool");
            Fails.With<InvalidOperationException>(() => engine.TryPush(new Nosy(s_rows[0]), new()), "in use by another call");
            Fails.With<InvalidOperationException>(engine.Reset, "in use by another call");
            Fails.With<InvalidOperationException>(engine.Dispose, "in use by another call");
            Fails.With<InvalidOperationException>(() => engine.Checkpoint(new MemoryStream()), "in use by another call");
            refused++;
        }).Wait();

        var actual = s_rows.Select(row => engine.Push(new Nosy(row, Intrude))).OfType<Prediction>().ToDictionary(p => p.Row);

        Readings.AreEqual(expected, actual);
        Assert.AreEqual(s_rows.Length, refused);
    }

    [TestMethod]
    public void Threads_that_share_an_engine_are_told_and_leave_it_whole()
    {
        using var engine = Readings.Model(_ml, group: null).CreateSequenceEngine<Reading, Prediction>(_ml);
        int taken = 0;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            for (int i = 0; i < 5000; i++)
            {
                try
                {
                    engine.Push(s_rows[0]);
                    Interlocked.Increment(ref taken);
                }
                catch (InvalidOperationException e) when (e.Message.Contains("in use by another call"))
                {
                    // expected where calls met
                }
            }
        });
        Assert.IsGreaterThan(TinyModel.Steps, taken);

        var expected = Readings.Transformed(_ml, Readings.Model(_ml, group: null), s_rows);
        Readings.AreEqual(expected, Readings.Pushed(engine, s_rows)); // after WindowLength rows nothing of the others is left
    }

    [TestMethod]
    public void A_row_that_cannot_be_read_is_not_taken_in()
    {
        var chain = new ChainBuilder(_ml, s_rows);
        chain.Add(_ml.Transforms.Conversion.ConvertType("Other"));
        chain.Add(_ml.Transforms.Concatenate("Both", "Value", "Other"));
        chain.Add(_ml.Transforms.SlidingWindow("Window", ["Both"], TinyModel.Steps, targetColumnName: "Value"));
        chain.Add(new SequenceTransformer(TinyModel.Regression));
        var model = new TransformerChain<ITransformer>([.. chain.Steps.Skip(2)]); // takes vectors
        using var engine = model.CreateSequenceEngine<Vectors, ScoreOnly>(_ml);
        float[] expected = [.. s_rows.Select(row => engine.Push(new(row))).OfType<ScoreOnly>().Select(p => p.Score)];
        engine.Reset();

        var actual = new List<float>();
        foreach (var row in s_rows)
        {
            Fails.With<InvalidOperationException>(() => engine.Push(new(row) { Both = [1, 2, 3] }), "'Both'", "3 values", "expected 2");
            Fails.With<InvalidOperationException>(() => engine.Push(new(row) { Both = null! }), "'Both'", "0 values", "expected 2");
            if (engine.Push(new(row)) is { } prediction)
                actual.Add(prediction.Score);
        }

        Assert.AreSequenceEqual(expected, actual);
    }

    private SequenceEngine<Reading, Prediction> Engine(ITransformer model) => model.CreateSequenceEngine<Reading, Prediction>(_ml);

    /// <summary>A step that leaves rows out.</summary>
    private sealed class EveryOther : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IDataView Transform(IDataView input) => throw new NotSupportedException();

        public void Save(ModelSaveContext ctx) => throw new NotSupportedException();
    }

    private sealed class Vectors(Reading row)
    {
        [VectorType(2)]
        public float[] Both { get; set; } = [row.Value, (float)row.Other];
    }

    /// <summary>A row whose property runs something while it is read.</summary>
    private sealed class Nosy(Reading row, Action? read = null)
    {
        public float Value
        {
            get
            {
                read?.Invoke();
                return row.Value;
            }
        }

        public double Other => row.Other;

        public int Row => row.Row;

        public string Name => row.Name;

        public string Text => row.Text;
    }
}
