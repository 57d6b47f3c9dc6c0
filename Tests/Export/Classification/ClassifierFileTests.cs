using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms;
using MlNetRnn.Tests.Classification;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Export.Classification;

/// <summary>A classifier's file holds it whole: from texts or numbers to the names of classes and their probabilities.</summary>
[TestClass]
public sealed class ClassifierFileTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    public void A_text_classifier_takes_words_and_gives_the_name_of_the_class()
    {
        var rows = Ml.Data.LoadFromEnumerable(Texts.Make(80, seed: 1));
        var chain = Texts.Chain(Ml, Classified.Tiny.Train(t => t with { Epochs = 10, LearningRate = 0.05 })).Fit(rows);
        var test = Ml.Data.LoadFromEnumerable(Texts.Make(60, seed: 2)); // with words that were not seen, and texts without a word
        using var stream = new MemoryStream();
        Ml.Model.SaveAsOnnx(chain, rows.Schema, stream, new() { InputColumnNames = ["Words"], SampleRows = test });

        using var session = new InferenceSession(stream.ToArray());
        Assert.AreSequenceEqual(["Words"], session.InputNames);
        Assert.AreEqual(typeof(string), session.InputMetadata["Words"].ElementType);
        Assert.AreSequenceEqual(["Class", "PredictedLabel", "Score"], session.OutputNames.Order());
        var scored = chain.Transform(test);
        string[][] words = [.. scored.GetColumn<VBuffer<ReadOnlyMemory<char>>>("Words").Select(w => w.DenseValues().Select(v => v.ToString()).ToArray())];
        var (keys, probabilities, classes) = (Scored.Keys(scored), Scored.Probabilities(scored), scored.GetColumn<string>("Class").ToArray());
        using var run = new RunOptions();
        for (int i = 0; i < words.Length; i++)
        {
            using var tensor = Strings(words[i]);
            using var outputs = run.Run(session, tensor, "PredictedLabel", "Score", "Class");
            Assert.AreEqual(keys[i], outputs[0].GetTensorDataAsSpan<uint>()[0]);
            Scored.AreClose(probabilities[i], outputs[1].GetTensorDataAsSpan<float>().ToArray(), $"row {i + 1}");
            Assert.AreEqual(classes[i], outputs[2].GetStringTensorAsArray().Single());
            Assert.AreEqual(words[i].All(w => w == "zzz"), keys[i] == 0);
        }
        Assert.IsTrue(keys.Any(k => k == 0) && keys.Distinct().Count() > 2);
        Assert.Contains("'Words' String", Assert.Throws<NotSupportedException>(() => new SequencePredictor(SequenceModel.FromBytes(stream.ToArray(), "The file"))).Message);
    }

    [TestMethod]
    public void A_step_that_splits_texts_is_named_where_the_file_should_hold_it()
    {
        var rows = Ml.Data.LoadFromEnumerable(Texts.Make(80, seed: 1));
        var chain = Texts.Chain(Ml, Classified.Tiny).Fit(rows);

        Fails.With<NotSupportedException>(() => Ml.Model.SaveAsOnnx(chain, rows.Schema, Stream.Null), "makes 'Words'", "WordTokenizing");
        Fails.With<ArgumentException>(
            () => Ml.Model.SaveAsOnnx(chain, rows.Schema, Stream.Null, new() { InputColumnNames = ["Wrods"] }), "'Wrods'", "no such columns", "'Words'");
        Fails.With<ArgumentException>(() => Ml.Model.SaveAsOnnx(chain, rows.Schema, Stream.Null, new() { InputColumnNames = [""] }), "empty name");
        Fails.With<ArgumentException>(
            () => Ml.Model.SaveAsOnnx(chain, rows.Schema, Stream.Null, new() { InputColumnNames = ["Class"] }), "'Class'", "behind it", "no model");
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(9)]
    public void Keys_are_inputs_of_any_number_of_steps(int? padTo)
    {
        var data = Classified.Tokens(60, 9);
        var view = data.TokenView(Ml, 9, "three", padTo: padTo);
        using var model = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny).Fit(view);
        using var stream = new MemoryStream();
        Ml.Model.SaveAsOnnx(model, view.Schema, stream, new() { SampleRows = view });
        var manifest = SequenceModel.FromBytes(stream.ToArray(), "The file").Manifest;

        Assert.AreEqual(9, manifest.Tokens);
        Assert.AreSequenceEqual(["low", "middle", "high"], manifest.Classes!.Values);
        Assert.AreEqual(("Features", OnnxElementType.UInt32), (manifest.Inputs.Single().Name, manifest.Inputs.Single().Type));
        using var session = new InferenceSession(stream.ToArray());
        AssertSame(session, "Features", view, model.Transform(view));
    }

    [TestMethod]
    [DataRow("byte")]
    [DataRow("ushort")]
    [DataRow("ulong")]
    public void Keys_of_every_size_are_inputs_of_their_type(string name)
    {
        var type = name switch { "byte" => typeof(byte), "ushort" => typeof(ushort), _ => typeof(ulong) };
        var view = Classified.Tokens(60, 9).TokenView(Ml, 9, "three", type);
        using var model = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny).Fit(view);
        using var stream = new MemoryStream();

        Ml.Model.SaveAsOnnx(model, view.Schema, stream, new() { SampleRows = view });

        using var session = new InferenceSession(stream.ToArray());
        Assert.AreEqual(type, session.InputMetadata["Features"].ElementType);
    }

    [TestMethod]
    [DataRow(false, "three")]
    [DataRow(true, "three")]
    [DataRow(false, "bool")]
    [DataRow(true, "bool")]
    public void Sequences_of_numbers_are_taken_as_ever_and_classes_are_given(bool ragged, string label)
    {
        var data = Classified.Numbers(60, ragged: ragged);
        var view = data.View(Ml, label);
        var options = Classified.Tiny with { Features = 2 };
        using var model = Trainer(label, options).Fit(view);
        using var folder = new TemporaryFolder();
        Ml.Model.SaveAsOnnx(model, view.Schema, folder["model.onnx"], new() { SampleRows = view });

        var file = SequenceModel.Load(folder["model.onnx"]);
        Assert.IsEmpty(file.Manifest.Inputs);
        using var predictor = new SequencePredictor(file);
        using var session = new InferenceSession(folder["model.onnx"]);
        Assert.AreSequenceEqual([-1, -1, 2], session.InputMetadata["Features"].Dimensions);
        var scored = model.Transform(view);
        float[][] expected = label == "bool" ? [.. Scored.Logits(scored).Select(s => new[] { s })] : Scored.Probabilities(scored);
        float[][] all = [.. predictor.PredictRagged([.. data.Sequences.Select(s => s.AsMemory())]).Chunk(expected[0].Length)];
        for (int i = 0; i < data.Count; i++)
        {
            Scored.AreClose(expected[i], predictor.Predict(data.Sequences[i]), $"row {i + 1}");
            Scored.AreClose(expected[i], all[i], $"row {i + 1}");
        }
        Applied(folder["model.onnx"], view, scored, [1, ragged ? -1 : Classified.Steps, 2], label);
    }

    [TestMethod]
    [DataRow("three")]
    [DataRow("bool")]
    public void Steps_before_and_after_a_classifier_are_in_the_file(string label)
    {
        var view = Classified.Numbers(60).View(Ml, label);
        var options = Classified.Tiny with { Features = 2 };
        var before = Ml.Transforms.NormalizeMeanVariance("Features", fixZero: false);
        ITransformer chain = label == "three"
            ? before.Append(Ml.MulticlassClassification.Trainers.Recurrent(options)).Append(Ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel")).Fit(view)
            : before.Append(Ml.BinaryClassification.Trainers.Recurrent(options)).Append(Ml.Transforms.Conversion.ConvertType("Class", "PredictedLabel")).Fit(view);
        using var folder = new TemporaryFolder();

        Ml.Model.SaveAsOnnx(chain, view.Schema, folder["model.onnx"], new() { SampleRows = view });

        var manifest = SequenceModel.Load(folder["model.onnx"]).Manifest;
        Assert.Contains("NormalizingTransformer", manifest.Folded!.Steps);
        Applied(folder["model.onnx"], view, chain.Transform(view), [1, Classified.Steps, 2], label);
        using var session = new InferenceSession(folder["model.onnx"]);
        Assert.Contains("Class", session.OutputNames);
    }

    [TestMethod]
    public void A_file_that_gives_other_classes_is_found_out_and_not_written()
    {
        var view = Classified.Numbers(60).View(Ml, "three");
        var chain = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny with { Features = 2 })
            .Append(Ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel")).Fit(view);
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.onnx"], "as it was");

        Fails.With<InvalidOperationException>(
            () => Ml.Model.SaveAsOnnx(chain, view.Schema, folder["model.onnx"], new() { SampleRows = view, Converters = [new WrongClass()] }), "'Class'", "nobody", "row 1");

        Assert.AreEqual("as it was", File.ReadAllText(folder["model.onnx"]));
    }

    [TestMethod]
    public void The_predicted_label_may_become_its_value_in_place()
    {
        var view = Classified.Numbers(60).View(Ml, "three");
        var chain = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Learning with { Features = 2 })
            .Append(Ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(view);
        using var stream = new MemoryStream();
        Ml.Model.SaveAsOnnx(chain, view.Schema, stream, new() { SampleRows = view });

        using var session = new InferenceSession(stream.ToArray());
        using var run = new RunOptions();
        using var tensor = OrtValue.CreateTensorValueFromMemory(view.GetColumn<float[]>("Features").SelectMany(v => v).ToArray(), [60, Classified.Steps, 2]);
        using var outputs = run.Run(session, tensor, "PredictedLabel");
        Assert.AreSequenceEqual(["PredictedLabel", "Score"], session.OutputNames.Order());
        Assert.AreSequenceEqual(chain.Transform(view).GetColumn<string>("PredictedLabel"), outputs[0].GetStringTensorAsArray());
    }

    [TestMethod]
    public void Number_keys_become_numbers_in_the_file()
    {
        var numbers = Classified.Numbers(60).View(Ml, "number");
        var chain = Ml.Transforms.Conversion.MapValueToKey("Label").Append(Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny with { Features = 2 }))
            .Append(Ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel")).Fit(numbers);
        using var stream = new MemoryStream();
        Ml.Model.SaveAsOnnx(chain, numbers.Schema, stream, new() { SampleRows = numbers });

        using var session = new InferenceSession(stream.ToArray());
        Assert.AreEqual(typeof(float), session.OutputMetadata["Class"].ElementType);
    }

    [TestMethod]
    public void A_file_with_a_classifiers_tokens_warms_up_another_runtime_in_batches()
    {
        var view = Classified.Tokens(60, 9).TokenView(Ml, 9, "bool", padTo: 10);
        using var model = Ml.BinaryClassification.Trainers.Recurrent(Classified.Tiny with { Cell = RecurrentCell.Gru, Bidirectional = true }).Fit(view);
        using var stream = new MemoryStream();
        Ml.Model.SaveAsOnnx(model, view.Schema, stream);
        using var session = new InferenceSession(stream.ToArray());
        uint[] keys = [.. view.GetColumn<VBuffer<uint>>("Features").SelectMany(v => v.DenseValues())];
        using var tensor = OrtValue.CreateTensorValueFromMemory(keys, [60, 10]);
        using var run = new RunOptions();
        using var outputs = run.Run(session, tensor, "Score", "Probability", "PredictedLabel");

        var scored = model.Transform(view);
        Scored.AreClose(Scored.Logits(scored), outputs[0].GetTensorDataAsSpan<float>().ToArray(), "Score");
        Scored.AreClose([.. scored.GetColumn<float>("Probability")], outputs[1].GetTensorDataAsSpan<float>().ToArray(), "Probability");
        Assert.AreSequenceEqual(scored.GetColumn<bool>("PredictedLabel"), outputs[2].GetTensorDataAsSpan<bool>().ToArray());
    }

    [TestMethod]
    public void A_predictor_takes_no_model_of_other_classes_tokens_or_task_in_place_of_its_own()
    {
        var (first, second) = (Classified.Tokens(40, 9), Classified.Tokens(40, 8));
        var byValue = Ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);
        var texts = byValue.Fit(first.TokenView(Ml, 9, "text")).Transform(first.TokenView(Ml, 9, "text"));
        var trainer = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny);
        using var model = trainer.Fit(first.TokenView(Ml, 9, "three"));
        using var predictor = new SequencePredictor(model.Model);

        Fails.With<ArgumentException>(() => predictor.Replace(trainer.Fit(texts).Model), "'low', 'middle', 'high'", "'high', 'low', 'middle'");
        Fails.With<ArgumentException>(() => predictor.Replace(trainer.Fit(second.TokenView(Ml, 8, "three")).Model), "9 tokens", "8 tokens");
        var numbers = first.View(Ml, "number");
        using var regression = Ml.Regression.Trainers.Recurrent(Classified.Tiny).Fit(numbers);
        using var binary = Ml.BinaryClassification.Trainers.Recurrent(Classified.Tiny).Fit(first.View(Ml, "bool"));
        using var another = new SequencePredictor(regression.Model);
        Fails.With<ArgumentException>(() => another.Replace(binary.Model), "logits");
    }

    [TestMethod]
    [DataRow("three")]
    [DataRow("bool")]
    [TestCategory("Long")]
    public void A_fresh_process_without_libtorch_loads_the_model_and_gives_the_same(string label)
    {
        using var folder = new TemporaryFolder();
        var view = Classified.Tokens(60, 9).TokenView(Ml, 9, label, padTo: 8);
        ITransformer model = label == "three"
            ? Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny).Append(Ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel")).Fit(view)
            : Ml.BinaryClassification.Trainers.Recurrent(Classified.Tiny).Fit(view);
        AtomicFile.Write(folder["model.zip"], stream => Ml.Model.Save(model, view.Schema, stream));
        AtomicFile.Write(folder["rows.idv"], stream => Ml.Data.SaveAsBinary(view, stream));

        var run = ScenarioProgram.RunOwn("ClassScoring", [], folder["model.zip"], folder["rows.idv"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        var scored = model.Transform(view);
        string[] classes = [.. label == "three" ? scored.GetColumn<string>("Class") : scored.GetColumn<bool>("PredictedLabel").Select(c => $"{c}")];
        float[][] scores = label == "three"
            ? Scored.Probabilities(scored)
            : [.. Scored.Logits(scored).Zip(scored.GetColumn<float>("Probability"), (s, p) => new[] { s, p })];
        string[][] lines = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd().Split('|'))];
        Assert.AreSequenceEqual(classes, lines.Select(l => l[0]));
        Assert.AreSequenceEqual(scores.SelectMany(s => s), lines.SelectMany(l => l[1].Split(' ')).Select(s => float.Parse(s, CultureInfo.InvariantCulture)));
        Assert.IsEmpty(Directory.GetFiles(Repository.PathOf("Tests", "Programs", "ClassScoring", "bin"), "*orch*", SearchOption.AllDirectories));
    }

    private static RecurrentEstimator Trainer(string label, RecurrentOptions options) => label == "bool"
        ? Ml.BinaryClassification.Trainers.Recurrent(options)
        : Ml.MulticlassClassification.Trainers.Recurrent(options);

    private static void AssertSame(InferenceSession session, string input, IDataView view, IDataView scored)
    {
        var (keys, probabilities) = (Scored.Keys(scored), Scored.Probabilities(scored));
        using var run = new RunOptions();
        foreach (var (i, tokens) in view.GetColumn<VBuffer<uint>>("Features").Select(v => v.DenseValues().ToArray()).Index())
        {
            using var tensor = OrtValue.CreateTensorValueFromMemory(tokens, [1, tokens.Length]);
            using var outputs = session.Run(run, [input], [tensor], ["PredictedLabel", "Score"]);
            Assert.AreEqual(keys[i], outputs[0].GetTensorDataAsSpan<uint>()[0], $"row {i + 1}");
            Scored.AreClose(probabilities[i], outputs[1].GetTensorDataAsSpan<float>().ToArray(), $"row {i + 1}");
        }
    }

    private static void Applied(string path, IDataView view, IDataView scored, int[] shape, string label)
    {
        string[] outputs = label == "bool" ? ["PredictedLabel", "Score", "Probability"] : ["PredictedLabel", "Score"];
        using var applied = Ml.Transforms.ApplyOnnxModel(outputs, ["Features"], path, new Dictionary<string, int[]> { ["Features"] = shape }, null, false).Fit(view);

        var given = applied.Transform(view);

        foreach (string output in outputs)
        {
            string[] expected = [.. ViewText.Rows(scored, output)], actual = [.. ViewText.Rows(given, output)];
            Assert.HasCount(expected.Length, actual);
            for (int i = 0; i < expected.Length; i++)
            {
                string[] theirs = expected[i].Trim('[', ']').Split(','), ours = actual[i].Trim('[', ']').Split(',');
                if (output == "PredictedLabel")
                    Assert.AreEqual(theirs.Single(), ours.Single(), $"{output}, row {i + 1}");
                else
                    Scored.AreClose([.. theirs.Select(float.Parse)], [.. ours.Select(float.Parse)], $"{output}, row {i + 1}");
            }
        }
    }

    private static OrtValue Strings(string[] words)
    {
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [1, words.Length]);
        for (int i = 0; i < words.Length; i++)
            tensor.StringTensorSetElementAt(words[i], i);
        return tensor;
    }

    private sealed class WrongClass : OnnxStepConverter<KeyToValueMappingTransformer>
    {
        protected override OnnxColumn Convert(KeyToValueMappingTransformer transformer, OnnxStepContext context)
        {
            var input = context.Input();
            string index = context.Graph.Node("Mul", [context.Graph.Node("Cast", [input.Value], ("to", (int)OnnxElementType.Int64)), context.Graph.Integers(0)]);
            return context.Output(context.Graph.Node("Gather", [context.Graph.Texts(["nobody"]), index]));
        }
    }
}

/// <summary>Texts whose class shows in their words.</summary>
internal sealed class Texts
{
    private static readonly string[][] Words = [["good", "fine", "great"], ["bad", "poor", "awful"], ["so", "medium", "plain"]];

    public string Text { get; set; } = "";

    public string Label { get; set; } = "";

    public static EstimatorChain<KeyToValueMappingTransformer> Chain(MLContext ml, RecurrentOptions options) =>
        ml.Transforms.Text.TokenizeIntoWords("Words", "Text").Append(ml.Transforms.Conversion.MapValueToKey("Tokens", "Words"))
            .Append(ml.Transforms.Conversion.MapValueToKey("Label")).Append(ml.MulticlassClassification.Trainers.Recurrent("Label", "Tokens", options))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel"));

    /// <summary>Of the second seed some words are not those of the first, and some texts have none.</summary>
    public static Texts[] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int c = random.Next(3);
            string[] words = [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => Words[random.Next(5) == 0 ? random.Next(3) : c][random.Next(3)])];
            string text = seed == 1 ? string.Join(' ', words) : (i % 10) switch
            {
                3 => "",
                4 => "zzz zzz",
                5 => $"zzz {string.Join(' ', words)} zzz",
                6 => string.Join(" zzz ", words),
                _ => string.Join(' ', words),
            };
            return new Texts { Text = text, Label = new[] { "yes", "no", "perhaps" }[c] };
        })];
    }
}
