using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn.Tests;

/// <summary>The converters of steps other than normalisers, each before a windowing, between it and the model, or behind the model.</summary>
[TestClass]
public sealed class StepConverterTests
{
    private const int Steps = 3;

    private static readonly string[] s_words = ["red", "green", "blue", "", "never seen", "RED", "grün"];

    private readonly MLContext _ml = new(1);

    private IDataView Rows => _ml.Data.LoadFromEnumerable(MakeRows(40, s_words));

    private IDataView Known => _ml.Data.LoadFromEnumerable(MakeRows(40, s_words[..3]));

    [TestMethod]
    [DataRow(MissingValueReplacingEstimator.ReplacementMode.DefaultValue)]
    [DataRow(MissingValueReplacingEstimator.ReplacementMode.Mean)]
    [DataRow(MissingValueReplacingEstimator.ReplacementMode.Minimum)]
    [DataRow(MissingValueReplacingEstimator.ReplacementMode.Maximum)]
    [DataRow(MissingValueReplacingEstimator.ReplacementMode.Mode)]
    public void Missing_values_are_replaced_as_Transform_does(MissingValueReplacingEstimator.ReplacementMode mode)
    {
        foreach (bool bySlot in new[] { true, false })
        {
            var chain = _ml.Transforms.ReplaceMissingValues("Gap", replacementMode: mode, imputeBySlot: bySlot)
                .Append(_ml.Transforms.ReplaceMissingValues("Filled", "Gaps", mode, bySlot))
                .Append(_ml.Transforms.SlidingWindow("Window", ["Gap", "Filled"], Steps)).Fit(Rows).Append(WeightedModel.Transformer(Steps, 4));

            var file = ConvertedFile.Of(_ml, chain, Rows).AssertEqual();

            Assert.AreSequenceEqual(["Gap", "Gaps"], file.Manifest.Window!.InputColumnNames);
            Assert.IsTrue(chain.Transform(Rows).GetColumn<float>("Score").All(float.IsFinite));
            file.AssertApplied();
        }
    }

    [TestMethod]
    public void Missing_values_of_doubles_and_of_the_window_are_replaced()
    {
        var doubles = _ml.Transforms.ReplaceMissingValues("Precise", replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean)
            .Append(_ml.Transforms.SlidingWindow("Window", ["Precise"], Steps)).Fit(Rows).Append(WeightedModel.Transformer(Steps, 1));
        ConvertedFile.Of(_ml, doubles, Rows);

        var window = _ml.Transforms.SlidingWindow("Window", ["Gap", "Value"], Steps)
            .Append(_ml.Transforms.ReplaceMissingValues("Window", replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean)).Fit(Rows)
            .Append(WeightedModel.Transformer(Steps, 2));
        ConvertedFile.Of(_ml, window, Rows).AssertEqual().AssertApplied();
    }

    [TestMethod]
    [DataRow("Gap", 1)]
    [DataRow("Gaps", 3)]
    [DataRow("Precise", 1)]
    public void Missing_values_are_indicated_as_Transform_does(string column, int size)
    {
        var chain = _ml.Transforms.IndicateMissingValues("Missing", column).Append(_ml.Transforms.Conversion.ConvertType("Missing"))
            .Append(_ml.Transforms.SlidingWindow("Window", ["Missing", "Value"], Steps, targetColumnName: "Value")).Fit(Rows)
            .Append(WeightedModel.Transformer(Steps, size + 1));

        Assert.AreEqual(column is "Gap" or "Gaps" ? 0 : 2, ConvertedFile.Of(_ml, chain, Rows).Manifest.Inputs.Length);
    }

    [TestMethod]
    [DataRow("Value", DataKind.Double)]
    [DataRow("Value", DataKind.Boolean)]
    [DataRow("Gap", DataKind.Boolean)]
    [DataRow("Precise", DataKind.Single)]
    [DataRow("Flag", DataKind.Single)]
    [DataRow("Flag", DataKind.Int64)]
    [DataRow("Count", DataKind.Single)]
    [DataRow("Count", DataKind.SByte)]
    [DataRow("Count", DataKind.Boolean)]
    [DataRow("Size", DataKind.Byte)]
    [DataRow("Size", DataKind.UInt16)]
    [DataRow("Size", DataKind.UInt64)]
    [DataRow("Size", DataKind.Double)]
    [DataRow("Huge", DataKind.UInt32)]
    [DataRow("Huge", DataKind.Single)]
    [DataRow("Gaps", DataKind.Double)]
    public void Types_are_converted_as_Transform_does(string column, DataKind kind)
    {
        var converted = _ml.Transforms.Conversion.ConvertType("Converted", column, kind).Append(kind == DataKind.Boolean
            ? _ml.Transforms.Conversion.ConvertType("Number", "Converted")
            : (IEstimator<ITransformer>)_ml.Transforms.CopyColumns("Number", "Converted"));
        int size = column == "Gaps" ? 3 : 1;
        var chain = converted.Append(_ml.Transforms.SlidingWindow("Window", ["Number", "Value"], Steps, targetColumnName: "Value")).Fit(Rows)
            .Append(WeightedModel.Transformer(Steps, size + 1));

        var manifest = ConvertedFile.Of(_ml, chain, Rows).Manifest;

        Assert.IsTrue(manifest.Inputs.Select(i => i.Name).DefaultIfEmpty("Window").Contains(column is "Value" or "Gap" or "Gaps" ? "Window" : column));
    }

    [TestMethod]
    public void Texts_are_not_parsed_or_written()
    {
        var parsed = _ml.Transforms.Conversion.ConvertType("Parsed", "Digits").Append(_ml.Transforms.SlidingWindow("Window", ["Parsed"], Steps)).Fit(Rows)
            .Append(WeightedModel.Transformer(Steps, 1));
        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, parsed, Rows), "step 1 of 3, a TypeConvertingTransformer,", "'Parsed'", "Do the step outside");

        var scored = _ml.Transforms.SlidingWindow("Window", ["Value"], Steps).Fit(Rows).Append(WeightedModel.Transformer(Steps, 1));
        var written = scored.Append(_ml.Transforms.Conversion.ConvertType("Text", "Score", DataKind.String).Fit(scored.Transform(Rows)));
        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, written, Rows), "step 3 of 3", "'Text'");
    }

    [TestMethod]
    [DataRow("Word")]
    [DataRow("Words")]
    [DataRow("Value")]
    [DataRow("Precise")]
    [DataRow("Flag")]
    [DataRow("Count")]
    [DataRow("Size")]
    [DataRow("Huge")]
    [DataRow("Key")]
    public void Vocabularies_are_in_the_file(string column)
    {
        var chain = _ml.Transforms.Conversion.MapValueToKey("Key of it", column)
            .Append(_ml.Transforms.Conversion.MapKeyToVector("Hot", "Key of it"))
            .Append(_ml.Transforms.SlidingWindow("Window", ["Hot", "Value"], Steps, targetColumnName: "Value")).Fit(Known);
        int features = ((VectorDataViewType)chain.Transform(Known).Schema["Window"].Type).Dimensions[1];
        var whole = chain.Append(WeightedModel.Transformer(Steps, features));

        ConvertedFile.Of(_ml, whole, Known);
        var manifest = ConvertedFile.Of(_ml, whole, Rows).Manifest; // with words that are not in the vocabulary

        Assert.AreSequenceEqual(["ValueToKeyMappingTransformer", "KeyToVectorMappingTransformer"], manifest.Folded!.Steps);
    }

    [TestMethod]
    public void Keys_before_the_windowing_get_their_values_back()
    {
        var chain = _ml.Transforms.Conversion.MapValueToKey("Numbers", "Value").Append(_ml.Transforms.Conversion.MapKeyToValue("Back", "Numbers"))
            .Append(_ml.Transforms.SlidingWindow("Window", ["Back"], Steps)).Fit(_ml.Data.TakeRows(Rows, 20)).Append(WeightedModel.Transformer(Steps, 1));

        ConvertedFile.Of(_ml, chain, Rows).AssertEqual(); // the second half is not in the vocabulary: NaN
    }

    [TestMethod]
    [DataRow(OneHotEncodingEstimator.OutputKind.Indicator)]
    [DataRow(OneHotEncodingEstimator.OutputKind.Bag)]
    public void OneHotEncoding_of_words_is_in_the_file(OneHotEncodingEstimator.OutputKind kind)
    {
        var windowing = _ml.Transforms.Categorical.OneHotEncoding("Hot", "Word", kind).Append(_ml.Transforms.Categorical.OneHotEncoding("Hots", "Words", kind))
            .Append(_ml.Transforms.SlidingWindow("Window", ["Value", "Hot", "Hots"], Steps)).Fit(Known);
        int features = ((VectorDataViewType)windowing.Transform(Known).Schema["Window"].Type).Dimensions[1];

        var file = ConvertedFile.Of(_ml, windowing.Append(WeightedModel.Transformer(Steps, features)), Rows);

        Assert.AreSequenceEqual(["Window", "Word", "Words"], file.Manifest.Inputs.Select(i => i.Name));
        Assert.AreEqual(OnnxElementType.String, file.Manifest.Inputs[1].Type);
        Assert.AreSequenceEqual([Steps, 2], file.Manifest.Inputs[2].Shape);
        var imports = Onnx.ModelProto.Parser.ParseFrom(file.Bytes).OpsetImport;
        Assert.AreSequenceEqual([("", 17L), ("ai.onnx.ml", 3L)], imports.Select(o => (o.Domain, o.Version)));
        Fails.With<NotSupportedException>(file.Predictor, "'Window' Float [batch, 3, 1] (Value)", "'Word' String [batch, 3, 1] (Word)", "ApplyOnnxModel");
    }

    [TestMethod]
    public void A_binary_encoding_is_refused_by_name()
    {
        var windowing = _ml.Transforms.Categorical.OneHotEncoding("Hot", "Word", OneHotEncodingEstimator.OutputKind.Binary)
            .Append(_ml.Transforms.SlidingWindow("Window", ["Hot"], Steps, targetColumnName: "Value")).Fit(Known);
        int features = ((VectorDataViewType)windowing.Transform(Known).Schema["Window"].Type).Dimensions[1];

        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, windowing.Append(WeightedModel.Transformer(Steps, features)), Rows),
            "step 1 of 3, a OneHotEncodingTransformer,", "'Hot'", "KeyToBinaryVectorMappingTransformer", "OnnxExportOptions.Converters");
    }

    [TestMethod]
    public void Scores_become_keys_and_their_values()
    {
        var scored = _ml.Transforms.SlidingWindow("Window", ["Flagged"], Steps).Fit(Rows).Append(WeightedModel.Transformer(Steps, 1));
        var rows = scored.Transform(Rows);
        var chain = scored.Append(_ml.Transforms.Conversion.MapValueToKey("Class", "Score").Append(_ml.Transforms.Conversion.MapKeyToValue("Value of it", "Class"))
            .Append(_ml.Transforms.Conversion.ConvertType("Wide", "Score", DataKind.Double)).Fit(_ml.Data.TakeRows(rows, 3)));

        var manifest = ConvertedFile.Of(_ml, chain, Rows).AssertEqual().Manifest;

        Assert.AreSequenceEqual(["Score", "Value of it"], manifest.Outputs.Select(o => o.Name));
        Assert.AreSequenceEqual([("Class", OnnxElementType.UInt32), ("Wide", OnnxElementType.Double)], manifest.OtherOutputs.Select(o => (o.Name, o.Type)));
    }

    [TestMethod]
    public void Texts_of_keys_are_an_output()
    {
        var scored = _ml.Transforms.SlidingWindow("Window", ["Flagged"], Steps).Fit(Rows).Append(WeightedModel.Transformer(Steps, 1));
        var rows = scored.Transform(Rows);
        var chain = scored.Append(_ml.Transforms.Conversion.MapValueToKey("Class", "Score", addKeyValueAnnotationsAsText: true)
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Class")).Append(_ml.Transforms.SelectColumns("Name")).Fit(_ml.Data.TakeRows(rows, 2)));

        var file = ConvertedFile.Of(_ml, chain, Rows);

        Assert.AreSequenceEqual([new SequenceModelOutput("Name", 1, false) { Type = OnnxElementType.String }], file.Manifest.OtherOutputs);
        Assert.AreEqual(3, chain.Transform(Rows).GetColumn<string>("Name").Distinct().Count()); // two, and none for the rest
        Fails.With<NotSupportedException>(file.Predictor, "'Name' (String)", "ApplyOnnxModel");
    }

    private static IEnumerable<Row> MakeRows(int count, string[] words)
    {
        var random = new Random(3);
        for (int i = 0; i < count; i++)
        {
            yield return new()
            {
                Value = i % 11,
                Gap = i % 4 == 1 ? float.NaN : random.NextSingle() * 9,
                Flagged = i % 3 == 0 ? 1 : 0,
                Precise = i % 5 == 2 ? double.NaN : (i % 6) / 3.0,
                Flag = i % 3 == 0,
                Count = (i - 20) * 37,
                Size = (uint)i * 5000,
                Huge = i % 7 == 0 ? ulong.MaxValue - (ulong)i : (ulong)i % 9,
                Key = (uint)(i % 5),
                Word = words[i % words.Length],
                Words = [words[(i * 3) % words.Length], words[(i + 2) % words.Length]],
                Digits = $"{i}.5",
                Gaps = [random.NextSingle(), i % 3 == 0 ? float.NaN : random.NextSingle(), i % 7 == 0 ? float.NaN : 4],
            };
        }
    }

    private sealed class Row
    {
        public float Value { get; set; }

        public float Gap { get; set; }

        public float Flagged { get; set; }

        public double Precise { get; set; }

        public bool Flag { get; set; }

        public int Count { get; set; }

        public uint Size { get; set; }

        public ulong Huge { get; set; }

        [KeyType(5)]
        public uint Key { get; set; }

        public string Word { get; set; } = "";

        [VectorType(2)]
        public string[] Words { get; set; } = [];

        public string Digits { get; set; } = "";

        [VectorType(3)]
        public float[] Gaps { get; set; } = [];
    }
}
