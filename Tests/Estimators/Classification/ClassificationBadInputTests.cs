using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static Microsoft.ML.Transforms.ValueToKeyMappingEstimator;

namespace MlNetRnn.Tests.Classification;

/// <summary>What is wrong with classes, tokens and their options is said where it is first known, with what to do about it.</summary>
[TestClass]
public sealed class ClassificationBadInputTests
{
    private static readonly MLContext Ml = new(1);
    private static readonly Classified Data = Classified.Numbers(60);
    private static readonly RecurrentOptions Tiny = Classified.Tiny with { Features = 2 };

    [TestMethod]
    [DataRow("text", "String", "MapValueToKey")]
    [DataRow("number", "Single", "MapValueToKey")]
    [DataRow("bool", "Boolean", "MapValueToKey")]
    public void A_label_that_is_no_key_is_refused_by_multiclass_trainers(string label, string type, string remedy)
    {
        var trainer = Ml.MulticlassClassification.Trainers.Recurrent(Tiny);

        Fails.With<ArgumentException>(() => trainer.Fit(Data.View(Ml, label)), "'Label'", type, remedy);
        Fails.With<ArgumentException>(() => trainer.GetOutputSchema(SchemaShape.Create(Data.View(Ml, label).Schema)), "'Label'", type, remedy);
    }

    [TestMethod]
    [DataRow("text")]
    [DataRow("number")]
    [DataRow("key")]
    public void A_label_that_is_no_Boolean_is_refused_by_binary_trainers(string label)
    {
        var trainer = Ml.BinaryClassification.Trainers.Recurrent(Tiny);

        Fails.With<ArgumentException>(() => trainer.Fit(Data.View(Ml, label)), "'Label'", "Boolean", "ml.MulticlassClassification.Trainers");
        Fails.With<ArgumentException>(() => trainer.GetOutputSchema(SchemaShape.Create(Data.View(Ml, label).Schema)), "'Label'", "Boolean");
    }

    [TestMethod]
    [DataRow("key")]
    [DataRow("bool")]
    public void Classes_are_refused_by_trainers_of_numbers(string label)
    {
        Fails.With<ArgumentException>(() => Ml.Regression.Trainers.Recurrent(Tiny).Fit(Data.View(Ml, label)), "'Label'", "take a Single");
        Fails.With<ArgumentException>(
            () => Ml.Forecasting.ForecastByRecurrent(inputColumnName: "Features", options: Tiny).Fit(Data.View(Ml, label)), "'Label'", "Single");
    }

    [TestMethod]
    public void A_vector_label_is_refused()
    {
        var view = Ml.Transforms.Concatenate("Labels", "Features").Append(Ml.Transforms.Conversion.MapValueToKey("Keys", "Features")).Fit(Data.View(Ml)).Transform(Data.View(Ml));

        Fails.With<ArgumentException>(() => Ml.MulticlassClassification.Trainers.Recurrent("Labels", "Features", Tiny).Fit(view), "'Labels'", "a key");
        Fails.With<ArgumentException>(() => Ml.MulticlassClassification.Trainers.Recurrent("Keys", "Features", Tiny).Fit(view), "'Keys'", "a key");
    }

    [TestMethod]
    public void A_key_of_one_class_and_keys_of_dates_are_refused()
    {
        var one = Data with { Classes = new int[Data.Count] };
        var view = Ml.Transforms.Conversion.MapValueToKey("Label").Fit(one.View(Ml, "text")).Transform(one.View(Ml, "text"));
        var dates = Ml.Data.LoadFromEnumerable(Data.Sequences.Select((s, i) => new Dated { Features = s, Label = new DateTime(2020, 1, 1 + (i % 3)) }).ToArray());
        var keys = Ml.Transforms.Conversion.MapValueToKey("Label").Fit(dates).Transform(dates);

        Fails.With<ArgumentException>(() => Ml.MulticlassClassification.Trainers.Recurrent(Tiny).Fit(view), "a key of 1 values", "at least 2 classes");
        Fails.With<ArgumentException>(() => Ml.MulticlassClassification.Trainers.Recurrent(Tiny).Fit(keys), "'Label'", "DateTime", "to text before");
    }

    [TestMethod]
    public void More_classes_or_tokens_than_Single_tells_apart_are_refused()
    {
        const ulong Many = (1 << 24) + 1;
        var builder = new ArrayDataViewBuilder(Ml);
        builder.AddColumn("Features", NumberDataViewType.Single, Data.Sequences);
        builder.AddColumn("Tokens", new KeyDataViewType(typeof(ulong), Many), Data.Sequences.Select(s => s.Select(_ => Many).ToArray()).ToArray());
        builder.AddColumn("Label", new KeyDataViewType(typeof(uint), Many), Data.Classes.Select(c => (uint)c + 1).ToArray());
        builder.AddColumn("Flag", BooleanDataViewType.Instance, Data.Classes.Select(c => c > 0).ToArray());
        var view = builder.GetDataView();

        Fails.With<ArgumentException>(() => Ml.MulticlassClassification.Trainers.Recurrent(Tiny).Fit(view), "16777217 values", "16777216 at most");
        Fails.With<ArgumentException>(() => Ml.BinaryClassification.Trainers.Recurrent("Flag", "Tokens", Classified.Tiny).Fit(view), "'Tokens'", "1 to 16777216 values");
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(20)]
    public void Examples_of_one_class_alone_are_refused(int? buffer)
    {
        var options = Tiny.Train(t => t with { ShuffleBufferSize = buffer });
        var one = Data with { Classes = [.. Data.Classes.Select(_ => 1)] };

        Fails.With<InvalidOperationException>(
            () => Ml.MulticlassClassification.Trainers.Recurrent(options).Fit(one.View(Ml)), "of the class 'middle'", "4 classes", "two classes at least");
        Fails.With<InvalidOperationException>(() => Ml.BinaryClassification.Trainers.Recurrent(options).Fit(one.View(Ml, "bool")), "of the class 'True'");
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(20)]
    public void A_class_without_an_example_is_warned_of_by_its_name(int? buffer)
    {
        var warnings = Warnings(out var ml);
        using var model = ml.MulticlassClassification.Trainers.Recurrent(Tiny.Train(t => t with { ShuffleBufferSize = buffer })).Fit(Data.View(Ml));

        Assert.HasCount(1, warnings);
        Assert.Contains("1 of 4 classes have no example", warnings[0]);
        Assert.Contains("'never seen'", warnings[0]);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(20)]
    public void Missing_keys_and_keys_above_the_count_are_no_labels(int? buffer)
    {
        var options = Tiny.Train(t => t with { ShuffleBufferSize = buffer });
        var odd = Data with { Classes = [.. Data.Classes.Select((c, i) => i % 5 == 0 ? -1 : i % 7 == 0 ? 9 : c)] };
        int[] kept = [.. Enumerable.Range(0, Data.Count).Where(i => i % 5 != 0 && i % 7 != 0)];
        var clean = new Classified(2, [.. kept.Select(i => Data.Sequences[i])], [.. kept.Select(i => Data.Classes[i])]);

        using var with = Ml.MulticlassClassification.Trainers.Recurrent(options).Fit(odd.View(Ml));
        using var without = Ml.MulticlassClassification.Trainers.Recurrent(options).Fit(clean.View(Ml));

        Assert.AreEqual(without.Model.Manifest.Training.TrainingSequences, with.Model.Manifest.Training.TrainingSequences);
        Assert.AreSequenceEqual(ModelWeights.Of(without), ModelWeights.Of(with));
        var none = Data with { Classes = [.. Data.Classes.Select(_ => -1)] };
        Fails.With<InvalidOperationException>(() => Ml.MulticlassClassification.Trainers.Recurrent(options).Fit(none.View(Ml)), "None of the 60 rows has a label");
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(20)]
    public void A_length_that_is_no_multiple_of_the_features_is_refused_by_its_row(int? buffer)
    {
        var ragged = Classified.Numbers(60, ragged: true);
        var cut = ragged with { Sequences = [.. ragged.Sequences.Select((s, i) => i == 41 ? s[1..] : s)] };
        var options = Tiny.Train(t => t with { ShuffleBufferSize = buffer });

        Fails.With<InvalidOperationException>(
            () => Ml.MulticlassClassification.Trainers.Recurrent(options).Fit(cut.View(Ml)), "'Features', row 42", "whole steps", "2 values");
        using var model = Ml.MulticlassClassification.Trainers.Recurrent(options).Fit(ragged.View(Ml));
        Fails.With<InvalidOperationException>(() => ViewText.Rows(model.Transform(cut.View(Ml)), "Score"), "Row 42", "any number of steps × 2 features");
        using var predictor = new SequencePredictor(model.Model);
        Fails.With<ArgumentException>(() => predictor.Predict(new float[3]), "3", "2 features");
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.NegativeInfinity)]
    public void A_value_that_is_no_number_is_refused_by_its_row(float value)
    {
        var wrong = Data with { Sequences = [.. Data.Sequences.Select(s => s.ToArray())] };
        wrong.Sequences[12][3] = value;

        Fails.With<InvalidOperationException>(() => Ml.BinaryClassification.Trainers.Recurrent(Tiny).Fit(wrong.View(Ml, "bool")), "row 13, step 2 of 5, value 2 of 2");
    }

    [TestMethod]
    public void All_options_of_classification_are_refused_at_once()
    {
        var wrong = new ClassificationOptions
        {
            LabelSmoothing = 1,
            ExampleWeightColumnName = " ",
            ClassWeights = ClassWeights.Of(("a", 0), ("b", double.NaN), ("c", 1), ("c", 2), ("d", -1), ("e", 1e300), ("f", 1e-300)),
        };
        foreach (Action make in new Action[]
        {
            () => Ml.MulticlassClassification.Trainers.Lstm(classification: wrong), () => Ml.BinaryClassification.Trainers.Gru(classification: wrong),
        })
        {
            Fails.With<ArgumentException>(make, "8 problems", "LabelSmoothing is 1", "ExampleWeightColumnName is ' '", "'a' is 0", "'b' is NaN", "'d' is -1",
                "'e' is 1E+300", "'f' is 1E-300", "'c' is named 2 times");
        }
        foreach (double smoothing in new[] { -0.1, double.NaN, 1.5 })
            Fails.With<ArgumentException>(() => Ml.BinaryClassification.Trainers.Recurrent(classification: new() { LabelSmoothing = smoothing }), "LabelSmoothing is");
        Fails.With<ArgumentException>(() => Ml.BinaryClassification.Trainers.Recurrent(classification: new() { ClassWeights = null! }), "ClassWeights is null");
    }

    [TestMethod]
    public void What_makes_no_sense_for_classes_is_refused_with_the_other_options()
    {
        var wrong = Tiny with { Scaling = new() { Difference = true }, EmbeddingSize = 0, Dropout = 2 };

        Fails.With<ArgumentException>(
            () => Ml.MulticlassClassification.Trainers.Recurrent(wrong), "3 problems", "Scaling.Difference", "the task is classification", "EmbeddingSize is 0", "Dropout is 2");
        Fails.With<ArgumentException>(() => Ml.BinaryClassification.Trainers.Recurrent(wrong), "3 problems");
    }

    [TestMethod]
    public void Options_that_tokens_have_no_use_for_are_refused()
    {
        var tokens = Classified.Tokens(40);

        Fails.With<ArgumentException>(
            () => Ml.MulticlassClassification.Trainers.Recurrent(Tiny).Fit(tokens.TokenView(Ml, 9)), "Features is 2", "one token", "Leave Features out");
    }

    [TestMethod]
    public void A_named_trainer_refuses_another_cell()
    {
        var options = new RecurrentOptions { Cell = RecurrentCell.Gru };

        Fails.With<ArgumentException>(() => Ml.MulticlassClassification.Trainers.Lstm(options: options), "gru");
        Fails.With<ArgumentException>(() => Ml.BinaryClassification.Trainers.Rnn(options: options), "gru");
        Fails.With<ArgumentException>(() => Ml.BinaryClassification.Trainers.BiLstm(options: options), "gru");
    }

    [TestMethod]
    public void A_weight_column_that_is_missing_or_no_Single_is_refused()
    {
        RecurrentEstimator Trainer(string weight) =>
            Ml.MulticlassClassification.Trainers.Recurrent(options: Tiny, classification: new() { ExampleWeightColumnName = weight });
        var weighted = Data.View(Ml, "key", ("Weight", new float[Data.Count]));

        Fails.With<ArgumentException>(() => Trainer("Weight").Fit(Data.View(Ml)), "'Weight'", "Features, Label");
        Fails.With<ArgumentException>(() => Trainer("Weight").GetOutputSchema(SchemaShape.Create(Data.View(Ml).Schema)), "'Weight'");
        Fails.With<ArgumentException>(() => Trainer("Label").Fit(weighted), "'Label'", "Single");
        Fails.With<ArgumentException>(() => Trainer("Features").Fit(weighted), "'Features'", "Single");
    }

    [TestMethod]
    public void A_weight_for_a_class_that_there_is_not_is_refused_with_the_classes_there_are()
    {
        foreach (int? buffer in new int?[] { null, 20 })
        {
            var options = Tiny.Train(t => t with { ShuffleBufferSize = buffer });
            var trainer = Ml.MulticlassClassification.Trainers.Recurrent(options: options, classification: new() { ClassWeights = ClassWeights.Of(("hihg", 2)) });
            Fails.With<ArgumentException>(() => trainer.Fit(Data.View(Ml, "three")), "'hihg'", "'low', 'middle', 'high'");
        }
    }

    [TestMethod]
    public void Validation_data_of_other_classes_is_refused()
    {
        var trainer = Ml.MulticlassClassification.Trainers.Recurrent(Tiny);
        var other = Ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: KeyOrdinality.ByValue);
        var texts = Data.View(Ml, "text");
        var byOccurrence = Ml.Transforms.Conversion.MapValueToKey("Label").Fit(texts).Transform(texts);
        var byValue = other.Fit(texts).Transform(texts);

        Fails.With<ArgumentException>(() => trainer.Fit(Data.View(Ml), Data.View(Ml, "three")), "0-3", "0-2", "validation data");
        Fails.With<ArgumentException>(() => trainer.Fit(byOccurrence, byValue), "Key 1 of column 'Label'", "'high' in the validation data", "same ml.Transforms");
        Fails.With<ArgumentException>(
            () => Ml.MulticlassClassification.Trainers.Recurrent(options: Tiny, classification: new() { ExampleWeightColumnName = "Weight" })
                .Fit(Data.View(Ml, "three", ("Weight", new float[60])), Data.View(Ml, "three")),
            "The validation data", "'Weight'");
    }

    [TestMethod]
    public void A_share_too_small_for_one_example_says_how_many_there_are()
    {
        Fails.With<InvalidOperationException>(
            () => Ml.BinaryClassification.Trainers.Recurrent(Tiny.Train(t => t with { ValidationFraction = 0.01 })).Fit(Data.Slice(..20).View(Ml, "bool")),
            "ValidationFraction 0.01 of 20 labelled rows", "0 to validate", "another fraction");
    }

    [TestMethod]
    public void Training_goes_on_from_a_model_of_the_same_classes_and_tokens_alone()
    {
        var tokens = Classified.Tokens(40, 9);
        RecurrentEstimator Many(Func<RecurrentOptions, RecurrentOptions>? change = null) =>
            Ml.MulticlassClassification.Trainers.Recurrent((change ?? (o => o))(Classified.Tiny));
        using var first = Many().Fit(tokens.TokenView(Ml, 9));
        var byValue = Ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: KeyOrdinality.ByValue);
        using var byText = Many().Fit(byValue.Fit(tokens.TokenView(Ml, 9, "text")).Transform(tokens.TokenView(Ml, 9, "text")));

        Fails.With<ArgumentException>(
            () => Many().Fit(tokens.TokenView(Ml, 9, "three"), initialModel: first.Model), "the number of classes is 4 in the initial model, 3 here", "the order of the classes");
        Fails.With<ArgumentException>(() => Many().Fit(tokens.TokenView(Ml, 12), initialModel: first.Model), "the number of tokens is 9 in the initial model, 12 here");
        Fails.With<ArgumentException>(
            () => Many(o => o with { EmbeddingSize = 5 }).Fit(tokens.TokenView(Ml, 9), initialModel: first.Model), "EmbeddingSize is 3 in the initial model, 5 here");
        Fails.With<ArgumentException>(
            () => Many().Fit(tokens.View(Ml), initialModel: first.Model), "the number of tokens is 9 in the initial model, 0 here");
        Fails.With<ArgumentException>(
            () => Ml.BinaryClassification.Trainers.Recurrent(Classified.Tiny).Fit(tokens.TokenView(Ml, 9, "bool"), initialModel: first.Model),
            "the task is multiclass classification in the initial model, binary classification here");
        Fails.With<ArgumentException>(
            () => Many().Fit(tokens.TokenView(Ml, 9, "three"), initialModel: byText.Model), "the order of the classes is high, low, middle in the initial model, low, middle, high here");
    }

    [TestMethod]
    public void An_initial_model_that_fits_is_where_training_starts()
    {
        var data = Classified.Tokens(60, 9);
        using var model = Ml.MulticlassClassification.Trainers.Recurrent(Classified.Tiny.Train(t => t with { Epochs = 8, LearningRate = 0.02 })).Fit(data.TokenView(Ml, 9));
        using var stream = new MemoryStream();
        Ml.Model.SaveAsOnnx(model, data.TokenView(Ml, 9).Schema, stream);
        stream.Position = 0;
        foreach (var initial in new[] { model.Model, SequenceModel.Load(stream) })
        {
            var standing = RecurrentOptions.ForModel(initial) with { Training = new() { Epochs = 1, LearningRate = 1e-12, BatchSize = 8, Seed = 9 } };

            using var second = Ml.MulticlassClassification.Trainers.Recurrent(standing).Fit(data.TokenView(Ml, 9), initialModel: initial);

            float[][] expected = Scored.Probabilities(model.Transform(data.TokenView(Ml, 9))), actual = Scored.Probabilities(second.Transform(data.TokenView(Ml, 9)));
            for (int i = 0; i < 60; i++)
                Scored.AreClose(expected[i], actual[i], $"row {i + 1}");
        }
    }

    [TestMethod]
    public void A_checkpoint_is_taken_up_by_the_same_classification_alone()
    {
        var culture = CultureInfo.CurrentCulture;
        var options = Tiny.Train(t => t with { Epochs = 4 });
        ClassificationOptions Given() => new() { ClassWeights = ClassWeights.Of(("low", 1.5), ("high", 2)), LabelSmoothing = 0.25 };
        using var fit = Fit(Given());
        fit.BreakOff(options, epoch: 3);

        Refuses(new() { ClassWeights = Given().ClassWeights }, "Classification.LabelSmoothing is 0.25 in the checkpoint, 0 here");
        Refuses(new() { LabelSmoothing = 0.25 }, "Classification.ClassWeights.Given is [low: 1.5, high: 2] in the checkpoint, [] here");
        Refuses(Given() with { ClassWeights = ClassWeights.Balanced }, "Classification.ClassWeights.IsBalanced is false in the checkpoint, true here");
        Refuses(Given() with { ExampleWeightColumnName = "Weight" }, "Classification.ExampleWeightColumnName is none in the checkpoint, Weight here");
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new() { NumberDecimalSeparator = "," } };
            using var unbroken = fit.FitUnbroken(options);
            using var resumed = fit.Fit(options);
            BrokenFit.AssertSame(unbroken, resumed);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        BrokenFit Fit(ClassificationOptions classification) => new()
        {
            Training = () => Data.View(Ml, "three", ("Weight", [.. Enumerable.Repeat(1f, 60)])),
            Trainer = (ml, o) => ml.MulticlassClassification.Trainers.Recurrent(options: o, classification: classification),
        };

        void Refuses(ClassificationOptions other, string part)
        {
            var kept = options.Train(t => t with { Checkpoint = new() { Path = fit.Path } });
            var trainer = Ml.MulticlassClassification.Trainers.Recurrent(options: kept, classification: other);
            Fails.With<InvalidOperationException>(() => trainer.Fit(fit.Training()), part, "belongs to another fit");
        }
    }

    private static List<string> Warnings(out MLContext ml)
    {
        var warnings = new List<string>();
        ml = new MLContext(1);
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.Message);
        };
        return warnings;
    }

    private sealed class Dated
    {
        [VectorType(10)]
        public float[] Features { get; set; } = [];

        public DateTime Label { get; set; }
    }
}
