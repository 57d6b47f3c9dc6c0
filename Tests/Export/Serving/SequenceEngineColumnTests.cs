using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Which columns the classes of rows and predictions must have.</summary>
[TestClass]
public sealed class SequenceEngineColumnTests
{
    private static readonly Reading[] s_rows = Readings.Random(5, 60);

    private readonly MLContext _ml = new(1);

    [TestMethod]
    public void A_target_that_is_not_an_input_need_not_be_in_the_row()
    {
        var model = Model(_ml.Transforms.NormalizeMeanVariance("Value"), target: "Number");
        using var engine = model.CreateSequenceEngine<Few, ScoreOnly>(_ml);

        AreThoseOfTransform(engine, model);
    }

    [TestMethod]
    public void Columns_that_the_prediction_does_not_depend_on_need_not_be_in_the_row_when_the_input_schema_is_given()
    {
        var model = Model(_ml.Transforms.NormalizeMeanVariance([new("Value"), new("Number")]), target: "Number");
        var loaded = Reload(model, out var schema);
        using var engine = loaded.CreateSequenceEngine<Few, ScoreOnly>(_ml, schema);

        AreThoseOfTransform(engine, model);
        Fails.With<ArgumentException>(() => loaded.CreateSequenceEngine<Few, ScoreOnly>(_ml), "step 2 of 4", "'Number'",
            "Few has 'Value', 'Other'", "inputSchema");
    }

    [TestMethod]
    public void A_column_that_the_window_needs_is_named_with_those_at_hand()
    {
        var model = Reload(Model(_ml.Transforms.NormalizeMeanVariance("Value"), target: null), out var schema);

        Fails.With<ArgumentException>(() => model.CreateSequenceEngine<NoValue, ScoreOnly>(_ml), "step 2 of 4", "'Value'",
            "NoValue has 'Other'");
        Fails.With<ArgumentException>(() => model.CreateSequenceEngine<NoValue, ScoreOnly>(_ml, schema), "depends on 'Value'",
            "NoValue has 'Other'");
    }

    [TestMethod]
    public void A_missing_group_column_is_named()
    {
        var chain = Readings.Model(_ml, group: "Text");
        var model = Reload(chain, out var schema);

        Fails.With<ArgumentException>(() => chain.CreateSequenceEngine<Few, ScoreOnly>(_ml), "step 3 of 5", "'Text'", "Few has");
        Fails.With<ArgumentException>(() => model.CreateSequenceEngine<Few, ScoreOnly>(_ml, schema), "depends on 'Text'", "Few has");
    }

    [TestMethod]
    public void A_column_that_passes_through_to_the_prediction_must_be_in_the_row()
    {
        var model = Reload(Readings.Model(_ml, group: null), out var schema);

        Fails.With<ArgumentException>(() => model.CreateSequenceEngine<Few, Prediction>(_ml), "'Row', 'Name'", "does not give", "'Score'");
        Fails.With<ArgumentException>(() => model.CreateSequenceEngine<Few, Prediction>(_ml, schema), "depends on 'Row', 'Name'",
            "Few has");
    }

    [TestMethod]
    public void With_the_input_schema_a_row_may_have_all_its_columns_and_more()
    {
        foreach (string group in Readings.GroupColumns)
        {
            var model = Reload(Readings.Model(_ml, group), out var schema);
            using var engine = model.CreateSequenceEngine<Reading, Prediction>(_ml, schema);
            using var narrow = model.CreateSequenceEngine<Reading, Prediction>(_ml, Without("Integer", schema));
            var expected = Readings.Transformed(_ml, model, Readings.Contiguous(s_rows, group));

            Readings.AreEqual(expected, Readings.Pushed(engine, s_rows));
            Readings.AreEqual(expected, Readings.Pushed(narrow, s_rows));
        }
    }

    [TestMethod]
    public void A_target_that_the_row_lacks_cannot_be_asked_for()
    {
        var model = Model(_ml.Transforms.NormalizeMeanVariance("Value"), target: "Number");

        Fails.With<ArgumentException>(() => model.CreateSequenceEngine<Few, WantsTarget>(_ml), "depends on 'Number'", "Few has");
    }

    [TestMethod]
    public void A_label_in_the_row_is_refused_as_in_Transform()
    {
        Fails.With<ArgumentException>(() => Readings.Model(_ml).CreateSequenceEngine<WithLabel, ScoreOnly>(_ml),
            "already has a column 'Label'");
    }

    [TestMethod]
    public void Members_of_another_type_are_refused_with_both_types()
    {
        var model = Readings.Model(_ml);

        Fails.With<ArgumentException>(() => model.CreateSequenceEngine<TextValue, ScoreOnly>(_ml), "step 2 of 5", "'Value'");
        Fails.With<InvalidOperationException>(() => model.CreateSequenceEngine<Reading, TextScore>(_ml), "'Score'", "Single", "String");
    }

    [TestMethod]
    public void With_the_input_schema_a_vector_has_the_models_size()
    {
        var rows = s_rows.Select(row => new Sized { Both = [row.Value, (float)row.Other] }).ToArray();
        var data = _ml.Data.LoadFromEnumerable(rows);
        var window = _ml.Transforms.SlidingWindow("Window", ["Both"], TinyModel.Steps, targetColumnName: "Target").Fit(data);
        var model = new TransformerChain<ITransformer>(window, new SequenceTransformer(TinyModel.Regression));
        using var engine = model.CreateSequenceEngine<Unsized, ScoreOnly>(_ml, data.Schema);

        float[] actual = [.. rows.Select(row => engine.Push(new() { Both = row.Both })).OfType<ScoreOnly>().Select(p => p.Score)];

        Assert.AreSequenceEqual(TinyModel.Scores(model.Transform(data)), actual);
        Fails.With<ArgumentException>(() => model.CreateSequenceEngine<Unsized, ScoreOnly>(_ml), "'Both'", "variable size");
    }

    // Value may be prepared by a step; Other is an input as it is; then the model.
    private TransformerChain<ITransformer> Model(IEstimator<ITransformer> prepare, string? target)
    {
        var chain = new ChainBuilder(_ml, s_rows);
        chain.Add(_ml.Transforms.Conversion.ConvertType("Other"));
        chain.Add(prepare);
        chain.Add(_ml.Transforms.SlidingWindow("Window", ["Value", "Other"], TinyModel.Steps, targetColumnName: target));
        chain.Add(new SequenceTransformer(TinyModel.Regression));
        return new([.. chain.Steps]);
    }

    private ITransformer Reload(ITransformer model, out DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(model, _ml.Data.LoadFromEnumerable(s_rows).Schema, stream);
        stream.Position = 0;
        return _ml.Model.Load(stream, out schema);
    }

    private static DataViewSchema Without(string name, DataViewSchema schema)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in schema.Where(column => column.Name != name))
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        return builder.ToSchema();
    }

    private void AreThoseOfTransform(SequenceEngine<Few, ScoreOnly> engine, TransformerChain<ITransformer> model)
    {
        var expected = TinyModel.Scores(model.Transform(_ml.Data.LoadFromEnumerable(s_rows)));
        float[] actual = [.. s_rows.Select(row => engine.Push(new() { Value = row.Value, Other = row.Other })).OfType<ScoreOnly>()
            .Select(p => p.Score)];
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < actual.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-6f * Math.Max(1, Math.Abs(expected[i])));
    }

    private class NoValue
    {
        public double Other { get; set; }
    }

    private sealed class Few : NoValue
    {
        public float Value { get; set; }
    }

    private sealed class WithLabel : NoValue
    {
        public float Value { get; set; }

        public string Text { get; set; } = "";

        public float Label { get; set; }
    }

    private sealed class TextValue : NoValue
    {
        public string Value { get; set; } = "";

        public string Text { get; set; } = "";
    }

    private sealed class WantsTarget
    {
        public float Number { get; set; }
    }

    private sealed class TextScore
    {
        public string Score { get; set; } = "";
    }

    private sealed class Sized
    {
        [VectorType(2)]
        public float[] Both { get; set; } = [];

        public float Target { get; set; }
    }

    private sealed class Unsized
    {
        public float[] Both { get; set; } = [];
    }
}
