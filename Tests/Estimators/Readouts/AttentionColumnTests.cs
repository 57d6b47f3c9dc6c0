using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>The weights of attention as a column: as many as a sequence has steps, in sum 1, none of it at padding.</summary>
[TestClass]
public class AttentionColumnTests
{
    private const string Weights = "Weights";

    private static readonly MLContext Ml = new(1);

    private static readonly RecurrentOptions Options = (Networks.Tiny with
    {
        Readout = SequenceReadout.Attention,
        AttentionColumnName = Weights,
        AttentionSize = 5,
        HiddenSizes = [6],
    }).Train(t => t with { LearningRate = 0.2 }); // weights that differ

    private static readonly Lazy<SequenceTransformer> RaggedModel =
        new(() => Ml.Regression.Trainers.Recurrent(Options).Fit(Ml.Data.LoadFromEnumerable(RaggedRows(60, seed: 1))));

    [TestMethod]
    public void They_are_those_that_the_network_weighs_the_steps_by()
    {
        using var scope = torch.NewDisposeScope();
        var data = Examples.Random(30);
        using var model = Ml.Regression.Trainers.Recurrent(Options).Fit(data.View(Ml));
        var scored = model.Transform(data.View(Ml));
        float[][] actual = [.. scored.GetColumn<float[]>(Weights)];

        using var guard = torch.no_grad();
        using var layer = RecurrentCell.Lstm.CreateLayer(2, 6, bidirectional: false);
        RecurrentCell.Lstm.ReadOnnx(model.Model.ReadWeights(), layer, "rnn.0.");
        using var attention = (AdditiveAttention)ReadoutLayer.Create(Options, 6, new Random(1));
        attention.ReadOnnx(model.Model.ReadWeights());
        var scaling = model.Model.Manifest.Scaling;
        for (int i = 0; i < actual.Length; i++)
        {
            float[] scaled = [.. data.Sequences[i].Select((x, j) => (x - scaling.FeatureMeans[j % 2]) / scaling.FeatureScales[j % 2])];
            var outputs = layer.Forward(torch.tensor(scaled, 4, 1, 2), lengths: null).Output;
            Assert.IsLessThan(1e-5, Difference.Max(TensorData.Read(attention.Weigh(outputs, padding: null)), actual[i]));
        }
        Assert.IsGreaterThan(0.05, actual.Max(w => w.Max() - w.Min()), "the test could not fail");
        Assert.AreEqual("Vector<Single, 4>", scored.Schema[Weights].Type.ToString());
        Assert.AreSequenceEqual(["Score", Weights], model.Model.Manifest.Outputs.Select(o => o.Name));
    }

    [TestMethod]
    public void A_sequence_of_any_length_has_as_many_and_they_do_not_depend_on_the_batch()
    {
        var rows = RaggedRows(300, seed: 2);
        rows[7].Features = [];
        rows[100].Features = [.. Enumerable.Range(0, 2 * 500).Select(i => MathF.Sin(i))];
        rows[200].Features[0] = float.NaN;

        float[][] together = [.. RaggedModel.Value.Transform(Ml.Data.LoadFromEnumerable(rows)).GetColumn<float[]>(Weights)];

        for (int i = 0; i < rows.Length; i++)
        {
            Assert.HasCount(rows[i].Features.Length / 2, together[i]);
            float[] alone = Weigh(rows[i].Features);
            if (i == 200)
                Assert.IsTrue(together[i].All(float.IsNaN), "as the score");
            else if (i != 7)
                Assert.AreEqual(1, together[i].Sum(), 1e-5f);
            for (int t = 0; t < alone.Length; t++)
                Assert.AreEqual(alone[t], together[i][t], 1e-6f);
            float[] padded = Weigh([.. Enumerable.Repeat(float.NaN, 2 * 3), .. rows[i].Features]);
            Assert.AreSequenceEqual(i is 7 or 200 ? [float.NaN, float.NaN, float.NaN] : [0f, 0, 0], padded[..3], "steps of padding");
            for (int t = 0; t < alone.Length; t++)
                Assert.AreEqual(alone[t], padded[3 + t], 1e-6f);
        }
    }

    [TestMethod]
    public void Padded_windows_have_none_of_it_at_their_padding()
    {
        var series = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(i => new Point { Value = MathF.Sin(i) }));
        var windows = Ml.Transforms.SlidingWindow(new SlidingWindowOptions { InputColumns = ["Value"], OutputColumn = "Features", WindowLength = 6, Padding = WindowPadding.Start })
            .Fit(series).Transform(series);
        using var model = Ml.Regression.Trainers.Recurrent(Options).Fit(windows);

        float[][] weights = [.. model.Transform(windows).GetColumn<float[]>(Weights)];

        for (int i = 0; i < weights.Length; i++)
        {
            int padding = Math.Max(0, 5 - i);
            Assert.HasCount(6, weights[i]);
            Assert.AreSequenceEqual(new float[padding], weights[i][..padding]);
            Assert.IsTrue(weights[i][padding..].All(w => w > 0));
            Assert.AreEqual(1, weights[i].Sum(), 1e-5f);
        }
    }

    [TestMethod]
    public void Missing_tokens_at_either_end_have_none_of_it()
    {
        using var model = Ml.MulticlassClassification.Trainers.Recurrent(options: Options).Fit(Texts());
        float[][] weights = [.. model.Transform(Texts()).GetColumn<float[]>(Weights)];
        uint[][] tokens = [.. Texts().GetColumn<uint[]>("Features")];

        for (int i = 0; i < tokens.Length; i++)
        {
            int first = Array.FindIndex(tokens[i], t => t > 0), last = Array.FindLastIndex(tokens[i], t => t > 0);
            Assert.HasCount(tokens[i].Length, weights[i]);
            for (int t = 0; t < tokens[i].Length; t++)
                Assert.AreEqual(first <= t && t <= last, weights[i][t] > 0, $"text {i}, token {t}");
            Assert.AreEqual(1, weights[i].Sum(), 1e-5f);
        }
        Assert.AreSequenceEqual(["PredictedLabel", "Score", Weights], model.Transform(Texts()).Schema.Skip(2).Select(c => c.Name));
    }

    [TestMethod]
    public void A_prediction_engine_gives_them()
    {
        using var engine = Ml.Model.CreatePredictionEngine<RaggedRow, Weighed>(RaggedModel.Value, new PredictionEngineOptions { OwnsTransformer = false });
        foreach (var row in RaggedRows(40, seed: 3))
        {
            var result = engine.Predict(row);
            Assert.AreSequenceEqual(Weigh(row.Features), result.Weights);
            Assert.IsTrue(float.IsFinite(result.Score));
        }
        Assert.IsEmpty(engine.Predict(new RaggedRow()).Weights);
    }

    [TestMethod]
    public void A_predictor_hands_out_the_prediction_alone()
    {
        var rows = RaggedRows(100, seed: 4);
        float[] expected = [.. RaggedModel.Value.Transform(Ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];
        using var predictor = new SequencePredictor(RaggedModel.Value.Model);

        Assert.AreEqual(1, predictor.OutputSize);
        Assert.IsLessThan(1e-5, Difference.Max(expected, predictor.PredictRagged([.. rows.Select(r => r.Features.AsMemory())])));
        Assert.AreEqual(expected[0], predictor.Predict(rows[0].Features)[0], 1e-5f);
    }

    [TestMethod, DoNotParallelize] // counts what the whole process allocates
    public void One_sequence_far_longer_than_the_others_takes_no_more_than_its_own_room()
    {
        const int Long = 100_000;
        var rows = RaggedRows(3000, seed: 5);
        rows[500].Features = [.. Enumerable.Range(0, 2 * Long).Select(i => MathF.Sin(i))];
        var view = Ml.Data.LoadFromEnumerable(rows);
        var scored = RaggedModel.Value.Transform(view);

        long before = GC.GetTotalAllocatedBytes();
        using (var cursor = scored.GetRowCursor([scored.Schema[Weights]]))
        {
            var get = cursor.GetGetter<VBuffer<float>>(scored.Schema[Weights]);
            VBuffer<float> weights = default;
            while (cursor.MoveNext())
            {
                get(ref weights);
                Assert.AreEqual(rows[cursor.Position].Features.Length / 2, weights.Length);
            }
        }
        long allocated = GC.GetTotalAllocatedBytes() - before;

        Assert.IsLessThan(40L * Long * sizeof(float), allocated, "1024 rows of that length would be 400 MB");
    }

    [TestMethod]
    public void Files_keep_them()
    {
        var view = Ml.Data.LoadFromEnumerable(RaggedRows(40, seed: 6));
        var expected = ViewText.Rows(RaggedModel.Value.Transform(view));
        using var folder = new Scenarios.TemporaryFolder();

        Ml.Model.SaveAsOnnx(RaggedModel.Value, view.Schema, folder["model.onnx"], new() { SampleRows = view });

        var read = SequenceModel.Load(folder["model.onnx"]);
        Assert.AreEqual(Weights, read.Manifest.AttentionColumnName);
        Assert.AreEqual(new SequenceModelOutput(Weights, 1, IsVector: true) { IsPerStep = true }, read.Manifest.Outputs[1]);
        using var transformer = new SequenceTransformer(read);
        Assert.AreSequenceEqual(expected, ViewText.Rows(transformer.Transform(view)));
        Assert.AreEqual(Weights, RecurrentOptions.ForModel(read).AttentionColumnName);
        Assert.Contains("'Weights', Single [batch, steps]", ModelSignature.Describe(read.Manifest));
    }

    [TestMethod]
    public void A_file_of_texts_gives_them_beside_the_class_and_is_verified()
    {
        var raw = Ml.Data.LoadFromEnumerable(Words());
        var model = Ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(Ml.Transforms.Conversion.MapValueToKey("Features", "Words"))
            .Append(Ml.MulticlassClassification.Trainers.Recurrent(options: Options))
            .Append(Ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(raw);
        using var folder = new Scenarios.TemporaryFolder();

        Ml.Model.SaveAsOnnx(model, raw.Schema, folder["model.onnx"], new() { SampleRows = raw });

        var manifest = SequenceModel.Load(folder["model.onnx"]).Manifest;
        Assert.AreSequenceEqual(["Score", Weights], manifest.Outputs.Select(o => o.Name));
        Assert.IsTrue(manifest.Outputs[1].IsPerStep);
        Assert.AreSequenceEqual(["PredictedLabel"], manifest.OtherOutputs.Select(o => o.Name));
    }

    [TestMethod]
    public void A_file_of_windows_gives_them_as_a_vector_of_their_length()
    {
        var series = TinyModel.Series(Ml, 60);
        var chain = TinyModel.Windowing(Ml).Append(Ml.Regression.Trainers.Recurrent("Label", "Window", Options))
            .Append(Ml.Transforms.CopyColumns("Copy", Weights)).Fit(series);
        using var folder = new Scenarios.TemporaryFolder();

        Ml.Model.SaveAsOnnx(chain, series.Schema, folder["model.onnx"], new() { SampleRows = series });

        var outputs = SequenceModel.Load(folder["model.onnx"]).Manifest.Outputs;
        Assert.AreSequenceEqual([1, TinyModel.Steps, TinyModel.Steps], outputs.Select(o => o.Length));
    }

    [TestMethod]
    public void They_cannot_be_streamed_since_each_step_changes_those_before()
    {
        using var model = Ml.Regression.Trainers.Recurrent(Options).Fit(Examples.Random(30).View(Ml));

        Fails.With<NotSupportedException>(() => { using var predictor = new StreamingPredictor(model.Model); }, "AttentionColumnName", "each observation changes");
    }

    [TestMethod]
    public void Names_that_are_taken_are_refused()
    {
        var named = Options with { AttentionColumnName = "Score" };
        Fails.With<ArgumentException>(() => Ml.Regression.Trainers.Recurrent(named), "AttentionColumnName is 'Score'", "'Score'");
        Fails.With<ArgumentException>(
            () => Ml.MulticlassClassification.Trainers.Recurrent(options: named with { AttentionColumnName = "PredictedLabel" }), "AttentionColumnName is 'PredictedLabel'");
        Fails.With<ArgumentException>(() => Ml.Regression.Trainers.Recurrent(named with { AttentionColumnName = "Features" }), "'Features'", "two names");
    }

    private static float[] Weigh(float[] sequence)
    {
        var row = Ml.Data.LoadFromEnumerable(new[] { new RaggedRow { Features = sequence } });
        return RaggedModel.Value.Transform(row).GetColumn<float[]>(Weights).Single();
    }

    private static RaggedRow[] RaggedRows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => RaggedRow.Random(random, 12))];
    }

    private static WordRow[] Words()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 60).Select(i => new WordRow
        {
            Label = i % 2 == 0 ? "even" : "odd",
            Words = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => $"w{random.Next(12)}")],
        })];
    }

    // Some begin or end with missing tokens, or have one between.
    private static IDataView Texts()
    {
        var random = new Random(2);
        var rows = Enumerable.Range(0, 60).Select(i => new TokenRow
        {
            Label = (uint)(1 + i % 3),
            Features =
            [
                .. new uint[random.Next(3)], .. Enumerable.Range(0, random.Next(1, 7)).Select(_ => (uint)random.Next(1, 9)), 0,
                (uint)random.Next(1, 9), .. new uint[random.Next(3)],
            ],
        }).ToArray();
        var schema = SchemaDefinition.Create(typeof(TokenRow));
        schema["Label"].ColumnType = new KeyDataViewType(typeof(uint), 3);
        schema["Features"].ColumnType = new VectorDataViewType(new KeyDataViewType(typeof(uint), 8));
        return Ml.Data.LoadFromEnumerable(rows, schema);
    }

    private sealed class Point
    {
        public float Value { get; set; }
    }

    private sealed class Weighed
    {
        public float Score { get; set; }

        public float[] Weights { get; set; } = [];
    }

    private sealed class WordRow
    {
        public string Label { get; set; } = "";

        public string[] Words { get; set; } = [];
    }

    private sealed class TokenRow
    {
        public uint Label { get; set; }

        public uint[] Features { get; set; } = [];
    }
}
