using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Which steps, columns, inputs and outputs of a pipeline a file has.</summary>
[TestClass]
public sealed class ChainTests
{
    private const int Steps = 6;

    private readonly MLContext _ml = new(1);

    private IDataView Series => TinyModel.Series(_ml, 60);

    [TestMethod]
    public void A_trained_network_between_steps_gives_the_same_numbers_wherever_it_runs()
    {
        var steps = _ml.Transforms.CopyColumns("Raw", "Value").Append(_ml.Transforms.NormalizeMinMax("Value"))
            .Append(_ml.Transforms.NormalizeMeanVariance("Other", fixZero: false)).Append(_ml.Transforms.Concatenate("All", "Value", "Other"))
            .Append(_ml.Transforms.SlidingWindow("Window", ["All"], Steps, labelColumnName: "Label", targetColumnName: "Raw"))
            .Append(_ml.Regression.Trainers.Gru("Label", "Window", TinyModel.Options with { Scaling = new() }))
            .Append(_ml.Transforms.CopyColumns("Prediction", "Score")).Append(_ml.Transforms.SelectColumns("Prediction"));
        var chain = steps.Fit(Series);

        var file = ConvertedFile.Of(_ml, chain, Series).AssertEqual();

        Assert.AreSequenceEqual(["Prediction"], file.Manifest.Outputs.Select(o => o.Name));
        Assert.AreSequenceEqual(["Value", "Other"], file.Manifest.Window!.InputColumnNames);
        Assert.AreEqual("Raw", file.Manifest.Window.TargetColumnName);
        Assert.AreSequenceEqual(["NormalizingTransformer", "NormalizingTransformer", "ColumnConcatenatingTransformer", "ColumnCopyingTransformer"],
            file.Manifest.Folded!.Steps);
        Assert.AreEqual(OnnxElementType.Float, file.Manifest.Outputs[0].Type);
        file.AssertApplied();
        string[] weights = [.. chain.GetSequenceModel().ReadWeights().Names.Where(n => n.Contains("weight"))];
        Assert.IsNotEmpty(weights);
        Assert.IsEmpty(weights.Except(file.Model.ReadWeights().Names));
        Assert.AreSequenceEqual(["batch", "steps"], Onnx.ModelProto.Parser.ParseFrom(file.Bytes).Graph.Input.Single().Type.TensorType.Shape.Dim.Take(2).Select(d => d.DimParam));
    }

    [TestMethod]
    public void A_chain_that_was_saved_and_loaded_gives_the_same_file()
    {
        var chain = _ml.Transforms.NormalizeMinMax("Value").Append(_ml.Transforms.ReplaceMissingValues("Other"))
            .Append(_ml.Transforms.Categorical.OneHotEncoding("Names", "Name"))
            .Append(_ml.Transforms.Conversion.MapKeyToVector("Codes", "Code"))
            .Append(_ml.Transforms.SlidingWindow("Window", ["Value", "Other", "Codes", "Names"], Steps)).Fit(Series).Append(WeightedModel.Transformer(Steps, 69))
            .Append(_ml.Transforms.CopyColumns("Prediction", "Score").Fit(Scored()));
        using var stream = new MemoryStream();
        _ml.Model.Save(chain, Series.Schema, stream);
        stream.Position = 0;

        var loaded = _ml.Model.Load(stream, out _);

        Assert.AreSequenceEqual(ConvertedFile.Of(_ml, chain, Series).Bytes, ConvertedFile.Of(_ml, loaded, Series).Bytes);
    }

    [TestMethod]
    public void Steps_that_nothing_needs_are_left_out()
    {
        var chain = _ml.Transforms.Conversion.MapValueToKey("Class", "Name").Append(_ml.Transforms.Text.FeaturizeText("Text", "Name"))
            .Append(_ml.Transforms.NormalizeMinMax("Extra")).Append(_ml.Transforms.CustomMapping<Nothing, Nothing>((_, _) => { }, null))
            .Append(TinyModel.Windowing(_ml)).Fit(Series).Append(new SequenceTransformer(TinyModel.Regression));

        var file = ConvertedFile.Of(_ml, chain, Series).AssertEqual();

        Assert.IsNull(file.Manifest.Folded);
        Assert.AreSequenceEqual(Graph(TinyModel.Regression.OnnxBytes), Graph(file.Bytes));
    }

    [TestMethod]
    public void A_needed_step_without_converter_is_named()
    {
        var chain = _ml.Transforms.CopyColumns("Copy", "Value").Append(_ml.Transforms.Text.FeaturizeText("Text", "Name")).Append(
            _ml.Transforms.SlidingWindow("Window", ["Text"], Steps, targetColumnName: "Value")).Fit(Series);
        int features = ((VectorDataViewType)chain.Transform(Series).Schema["Window"].Type).Dimensions[1];
        var whole = chain.Append(WeightedModel.Transformer(Steps, features));

        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, whole, Series),
            " of ", "makes 'Text'", "there is no converter for Microsoft.ML.", "outside of the exported pipeline", "OnnxExportOptions.Converters", "NormalizeMinMax");
    }

    [TestMethod]
    public void Outputs_are_the_visible_columns_that_depend_on_the_model()
    {
        var scored = Scored();
        var after = _ml.Transforms.CopyColumns("First", "Score").Append(_ml.Transforms.NormalizeMinMax("Score")).Append(_ml.Transforms.CopyColumns("Twin", "Score"))
            .Append(_ml.Transforms.CopyColumns("Not of it", "Value")).Append(_ml.Transforms.DropColumns("First")).Fit(scored);

        var file = ConvertedFile.Of(_ml, Tiny().Append(after), Series).AssertEqual();

        Assert.AreSequenceEqual(["Score", "Twin"], file.Manifest.Outputs.Select(o => o.Name));
        Assert.AreSequenceEqual(["Score", "Twin"], Onnx.ModelProto.Parser.ParseFrom(file.Bytes).Graph.Output.Select(o => o.Name));
        file.AssertApplied();
    }

    [TestMethod]
    public void A_pipeline_that_ends_without_the_models_columns_is_refused()
    {
        var chain = Tiny().Append(_ml.Transforms.SelectColumns("Value").Fit(Scored()));

        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, chain, Series), "depends on the model", "'Score'", "SelectColumns");
    }

    [TestMethod]
    public void Several_targets_keep_their_shape_through_steps()
    {
        var model = WeightedModel.Transformer(Steps, 2, outputs: 6, targets: 2);
        var scored = TinyModel.Windowing(_ml).Fit(Series).Append(model);
        var after = _ml.Transforms.CopyColumns("Same", "Score").Append(_ml.Transforms.NormalizeMeanVariance("Scaled", "Score")).Fit(scored.Transform(Series));

        var file = ConvertedFile.Of(_ml, scored.Append(after), Series).AssertEqual();

        Assert.AreSequenceEqual(["Score", "Same", "Scaled"], file.Manifest.Outputs.Select(o => o.Name));
        Assert.IsTrue(file.Manifest.Outputs.All(o => o.Targets == 2 && o.Length == 6));
        Assert.AreSequenceEqual([0, 3L, 2L], Onnx.ModelProto.Parser.ParseFrom(file.Bytes).Graph.Output[2].Type.TensorType.Shape.Dim.Select(d => d.DimValue));
    }

    [TestMethod]
    public void A_column_of_the_windows_last_row_can_join_the_score()
    {
        var both = _ml.Transforms.Concatenate("Both", "Score", "Extra", "Value").Fit(Scored());

        var file = ConvertedFile.Of(_ml, Tiny().Append(both), Series).AssertEqual();

        Assert.AreSequenceEqual(["Score", "Both"], file.Manifest.Outputs.Select(o => o.Name));
        Assert.AreSequenceEqual(["Value", "Other", "Extra"], file.Manifest.Window!.InputColumnNames.Order().OrderBy(n => n != "Value").ThenBy(n => n != "Other"));
        Assert.AreEqual(5, file.Manifest.Features);
    }

    [TestMethod]
    public void An_output_named_as_an_input_is_refused()
    {
        var chain = Tiny().Append(_ml.Transforms.CopyColumns("Window", "Score").Fit(Scored()));

        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, chain, Series), "input 'Window'", "another name");
    }

    [TestMethod]
    public void Columns_named_as_values_inside_the_graph_do_no_harm()
    {
        var rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new Named { Weights = i % 7, Reshape = i % 5, Model = i % 3 }));
        var chain = _ml.Transforms.Concatenate("singles_0", "head.weight", "Reshape_0.0", "model.Window_0")
            .Append(_ml.Transforms.NormalizeMinMax("singles_0"))
            .Append(_ml.Transforms.SlidingWindow("Window", ["singles_0"], 4, targetColumnName: "head.weight")).Fit(rows).Append(WeightedModel.Transformer(4, 3));
        var renamed = chain.Append(_ml.Transforms.CopyColumns("head.weight", "Score").Append(_ml.Transforms.CopyColumns("MatMul_0.0", "Score")).Fit(chain.Transform(rows)));

        var file = ConvertedFile.Of(_ml, renamed, rows);

        Assert.AreSequenceEqual(["head.weight", "Score", "MatMul_0.0"], file.Manifest.Outputs.Select(o => o.Name));
    }

    [TestMethod]
    public void Windows_of_groups_with_times_are_verified_as_they_are_cut()
    {
        foreach (bool interleaved in new[] { false, true })
        {
            var series = new RandomSeries(4, 160, 3, "text", interleaved);
            var chain = _ml.Transforms.Conversion.MapValueToKey("Group").Append(_ml.Transforms.NormalizeMeanVariance("Single", fixZero: false))
                .Append(_ml.Transforms.Conversion.ConvertType("Whole", "Int32")).Append(_ml.Transforms.SlidingWindow(new SlidingWindowOptions
                {
                    InputColumns = ["Vector", "Whole", "Single", "Double", "Shorts"],
                    TargetColumns = ["Single"],
                    GroupColumn = "Group",
                    TimeColumn = "DateTime",
                    TimeGaps = TimeGaps.NewSeries,
                    Groups = interleaved ? SeriesGroups.Interleaved : SeriesGroups.Contiguous,
                    WindowLength = 3,
                    Stride = 2,
                    Horizon = 2,
                })).Fit(series.View).Append(WeightedModel.Transformer(3, 8));

            var manifest = ConvertedFile.Of(_ml, chain, series.View).Manifest;

            Assert.AreSequenceEqual(["Window", "Int32"], manifest.Inputs.Select(i => i.Name));
            Assert.AreSequenceEqual(["Vector", "Single", "Double", "Shorts"], manifest.Window!.InputColumnNames);
        }
    }

    [TestMethod]
    public void Without_windowing_the_inputs_are_the_raw_columns()
    {
        var rows = Flat();
        var chain = _ml.Transforms.NormalizeMinMax("First").Append(_ml.Transforms.Conversion.ConvertType("Number", "Count"))
            .Append(_ml.Transforms.Concatenate("Window", "First", "Number", "Second")).Fit(rows).Append(WeightedModel.Transformer(3, 2));

        var file = ConvertedFile.Of(_ml, chain, rows);

        Assert.AreSequenceEqual([("First", OnnxElementType.Float), ("Count", OnnxElementType.Int32), ("Second", OnnxElementType.Float)],
            file.Manifest.Inputs.Select(i => (i.Name, i.Type)));
        Assert.AreSequenceEqual([2], file.Manifest.Inputs[2].Shape);
        Assert.IsNull(file.Manifest.Window);
        Fails.With<NotSupportedException>(file.Predictor, "'First' Float [batch, 3] (First)", "'Count' Int32 [batch, 1] (Count)");
        AssertAppliedToColumns(file, chain, rows);
    }

    [TestMethod]
    public void A_column_of_sequences_stays_one_tensor_of_sequences()
    {
        var rows = TinyModel.Windowing(_ml).Fit(Series).Transform(Series);
        var given = _ml.Transforms.SelectColumns("Window").Fit(rows).Transform(rows);
        var chain = _ml.Transforms.NormalizeMeanVariance("Scaled", "Window", fixZero: false).Fit(given).Append(WeightedModel.Transformer(Steps, 2, "Scaled"));

        var file = ConvertedFile.Of(_ml, chain, given);

        Assert.AreEqual(("Window", Steps, 2), (file.Manifest.FeatureColumnName, file.Manifest.Steps, file.Manifest.Features));
        using var predictor = new SequencePredictor(file.Model);
        float[] windows = [.. given.GetColumn<float[]>("Window").SelectMany(v => v)];
        ConvertedFile.AssertNear([.. chain.Transform(given).GetColumn<float>("Score")], predictor.PredictBatch(windows), "Score");
    }

    [TestMethod]
    public void Sequences_of_their_own_lengths_pass_through_steps_that_keep_padding()
    {
        IDataView Sequences(int shortest) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(i =>
            new Ragged { Sequence = [.. Enumerable.Range(0, 2 * (shortest + (i % 4))).Select(v => v + (0.1f * i))], Label = i }));
        using var trained = _ml.Regression.Trainers.Gru("Label", "Sequence", Networks.Tiny).Fit(Sequences(1));
        var rows = Sequences(0);
        var copied = new SequenceTransformer(trained.Model.With(trained.Model.Manifest with { FeatureColumnName = "Copy" }));
        var model = new SequenceTransformer(SequenceModel.Create(Renamed(trained.Model, "Sequence", "Copy"), copied.Model.Manifest));
        var kept = _ml.Transforms.CopyColumns("Copy", "Sequence").Fit(rows).Append(model);

        var file = ConvertedFile.Of(_ml, kept, rows);
        Assert.AreEqual((0, true, "Sequence"), (file.Manifest.Steps, file.Manifest.VariableLength, file.Manifest.FeatureColumnName));

        var filled = _ml.Transforms.CopyColumns("Copy", "Sequence").Append(_ml.Transforms.ReplaceMissingValues("Copy")).Fit(rows).Append(model);
        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, filled, rows), "'Copy'", "own lengths", "padding");
    }

    [TestMethod]
    public void A_users_converter_serves_a_users_step()
    {
        ITransformer Chain(SlidingWindowOptions window) => new TransformerChain<ITransformer>(new ClipStep("Clipped", "Value", 0.2f), // no estimator
            _ml.Transforms.SlidingWindow(window).Fit(new ClipStep("Clipped", "Value", 0.2f).Transform(Series)), WeightedModel.Transformer(Steps, 2));
        var plain = new SlidingWindowOptions { InputColumns = ["Clipped", "Other"], WindowLength = Steps };

        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, Chain(plain), Series), "step 1 of 3, a ClipStep,", "'Clipped'", "OnnxExportOptions.Converters");
        var file = ConvertedFile.Of(_ml, Chain(plain), Series, new ClipConverter()).AssertEqual();
        file.AssertApplied();
        Assert.AreSequenceEqual(["ClipStep"], file.Manifest.Folded!.Steps);

        ConvertedFile.Of(_ml, Chain(plain with { MissingValues = MissingValuePolicy.ForwardFill }), Series, new ClipConverter());
        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, Chain(plain with { MissingValues = MissingValuePolicy.ForwardFill }), Series,
            new ClipConverter(OnnxStepEffect.Any)), "'Clipped'", "ForwardFill");
    }

    [TestMethod]
    public void A_users_converter_goes_before_the_librarys_and_a_wrong_one_is_found_out()
    {
        var chain = _ml.Transforms.NormalizeMinMax("Value").Append(TinyModel.Windowing(_ml)).Fit(Series).Append(WeightedModel.Transformer(Steps, 2));

        Fails.With<InvalidOperationException>(() => ConvertedFile.Of(_ml, chain, Series, new WrongNumbers()), "'Score'", "window 1", "not written");
        Fails.With<InvalidOperationException>(() => ConvertedFile.Of(_ml, chain, Series, new WrongType()), "ONNX Runtime cannot run", "Converters", "not written");
        Fails.With<InvalidOperationException>(() => ConvertedFile.Of(_ml, chain, Series, new NoColumn()), "NoColumn.Convert gave null", "'Value'");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Sample_rows_are_read_once_and_need_not_repeat(bool windowed)
    {
        int pass = 0, largest = 0;
        var random = new Random(1);
        IEnumerable<SeriesRow> Passing()
        {
            pass++;
            return TinyModel.Rows(400).Select(r => new SeriesRow { Value = random.NextSingle(), Other = r.Other, Code = r.Code, Name = $"{largest++ % 3}" });
        }
        var rows = _ml.Data.LoadFromEnumerable(new Lazily<SeriesRow>(Passing));
        var before = _ml.Transforms.NormalizeMinMax("Value").Append(_ml.Transforms.Concatenate("All", "Other", "Value"));
        var chain = windowed
            ? before.Append(_ml.Transforms.SlidingWindow(new()
            {
                InputColumns = ["All"],
                TargetColumns = ["Value"],
                GroupColumn = "Name",
                WindowLength = Steps,
                Horizon = 4,
                Groups = SeriesGroups.Interleaved,
            })).Fit(Series).Append(WeightedModel.Transformer(Steps, 2))
            : before.Append(_ml.Transforms.CopyColumns("Window", "All")).Fit(Series).Append(WeightedModel.Transformer(1, 2));
        pass = 0;

        ConvertedFile.Of(_ml, chain, rows);

        Assert.AreEqual(1, pass);
    }

    [TestMethod]
    public void Shuffled_rows_are_compared_with_themselves()
    {
        var rows = _ml.Data.ShuffleRows(Flat());
        var chain = _ml.Transforms.NormalizeMinMax("First").Append(_ml.Transforms.Concatenate("Window", "First", "Second")).Fit(Flat());

        ConvertedFile.Of(_ml, chain.Append(WeightedModel.Transformer(5, 1)), rows);
    }

    [TestMethod]
    public void Options_are_checked_before_anything_is_read()
    {
        Fails.With<ArgumentException>(() => _ml.Model.SaveAsOnnx(Tiny(), Series.Schema, Stream.Null, new OnnxExportOptions { Tolerance = -1, Converters = [null!] }),
            "2 problems", "Tolerance is -1", "Converters holds null");
        Fails.With<ArgumentException>(() => _ml.Model.SaveAsOnnx(Tiny(), Series.Schema, Stream.Null, new OnnxExportOptions { Tolerance = double.NaN }), "Tolerance is NaN");
    }

    private TransformerChain<ITransformer> Tiny() => TinyModel.Chain(_ml, WeightedModel.Create(Steps, 2));

    private IDataView Scored() => Tiny().Transform(Series);

    private IDataView Flat() => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new FlatRow { First = [i, i % 3, 1], Count = i - 7, Second = [i % 5, 2] }));

    private void AssertAppliedToColumns(ConvertedFile file, TransformerChain<SequenceTransformer> chain, IDataView rows)
    {
        using var folder = new Scenarios.TemporaryFolder();
        File.WriteAllBytes(folder["model.onnx"], file.Bytes);
        string[] inputs = [.. file.Manifest.Inputs.Select(i => i.Name)];
        var shapes = file.Manifest.Inputs.ToDictionary(i => i.Name, i => i.Shape.Prepend(1).ToArray());
        using var applied = _ml.Transforms.ApplyOnnxModel(["Score"], inputs, folder["model.onnx"], shapes, null, false).Fit(rows);
        ConvertedFile.AssertNear([.. chain.Transform(rows).GetColumn<float>("Score")], [.. applied.Transform(rows).GetColumn<float[]>("Score").SelectMany(v => v)], "Score");
    }

    private static byte[] Graph(byte[] onnx) => Google.Protobuf.MessageExtensions.ToByteArray(Onnx.ModelProto.Parser.ParseFrom(onnx).Graph);

    private static Onnx.ModelProto Renamed(SequenceModel model, string from, string to)
    {
        var proto = Onnx.ModelProto.Parser.ParseFrom(model.OnnxBytes);
        GraphNames.Rename(proto.Graph, new Dictionary<string, string> { [from] = to });
        return proto;
    }

    private sealed class WrongNumbers : OnnxStepConverter<Microsoft.ML.Transforms.NormalizingTransformer>
    {
        protected override OnnxColumn Convert(Microsoft.ML.Transforms.NormalizingTransformer transformer, OnnxStepContext context) =>
            context.Output(context.Input().Value);
    }

    private sealed class WrongType : OnnxStepConverter<Microsoft.ML.Transforms.NormalizingTransformer>
    {
        protected override OnnxColumn Convert(Microsoft.ML.Transforms.NormalizingTransformer transformer, OnnxStepContext context) =>
            context.Output(context.Graph.Node("Cast", [context.Input().Value], ("to", (int)OnnxElementType.Int64)));
    }

    private sealed class NoColumn : OnnxStepConverter<Microsoft.ML.Transforms.NormalizingTransformer>
    {
        protected override OnnxColumn Convert(Microsoft.ML.Transforms.NormalizingTransformer transformer, OnnxStepContext context) => null!;
    }

    private sealed class Nothing;

    private sealed class Ragged
    {
        [VectorType(0, 2)]
        public float[] Sequence { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class FlatRow
    {
        [VectorType(3)]
        public float[] First { get; set; } = [];

        public int Count { get; set; }

        [VectorType(2)]
        public float[] Second { get; set; } = [];
    }

    private sealed class Named
    {
        [ColumnName("head.weight")]
        public float Weights { get; set; }

        [ColumnName("Reshape_0.0")]
        public float Reshape { get; set; }

        [ColumnName("model.Window_0")]
        public float Model { get; set; }
    }
}
