using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Training that goes on from a model.</summary>
[TestClass]
public class WarmStartTests
{
    private static readonly MLContext Ml = new(1);
    private static readonly Examples Data = Examples.Random(40);

    public static IEnumerable<object[]> Cells =>
        from cell in new[] { "rnn", "rnn_relu", "lstm", "gru", "min-gru", "peephole-lstm" }
        from bidirectional in new[] { false, true }
        select new object[] { cell, bidirectional };

    [TestMethod, DynamicData(nameof(Cells))]
    public void A_network_starts_where_the_model_stands(string cell, bool bidirectional)
    {
        var options = Networks.Tiny with { Cell = CellOf(cell), Bidirectional = bidirectional, HiddenSizes = [5, 4], DenseSizes = [3, 2], LayerNormalization = bidirectional };
        using var first = Ml.Regression.Trainers.Recurrent(options).Fit(Data.View(Ml));
        var standing = options.Train(t => t with { Epochs = 1, LearningRate = 1e-12, Seed = 9 });

        using var second = Ml.Regression.Trainers.Recurrent(standing).Fit(Data.View(Ml), initialModel: first.Model);
        using var anew = Ml.Regression.Trainers.Recurrent(standing).Fit(Data.View(Ml));

        Assert.IsLessThan(1e-6, Difference.Max(Data.Score(first), Data.Score(second)));
        Assert.IsGreaterThan(1e-3, Difference.Max(Data.Score(first), Data.Score(anew)), "the test could not fail");
    }

    [TestMethod]
    public void It_goes_on_from_a_file_with_steps_around_the_network()
    {
        var rows = TinyModel.Series(Ml, 60);
        var steps = Ml.Transforms.NormalizeMinMax("Value").Append(Ml.Transforms.Concatenate("All", "Value", "Extra"))
            .Append(Ml.Transforms.SlidingWindow("Window", ["All"], 4, targetColumnName: "Other")).Fit(rows);
        var windows = steps.Transform(rows);
        var options = TinyModel.Options with { Scaling = new() };
        using var first = Ml.Regression.Trainers.Recurrent("Label", "Window", options).Fit(windows);
        var after = Ml.Transforms.CopyColumns("Prediction", "Score").Append(Ml.Transforms.Concatenate("Both", "Score", "Prediction"))
            .Append(Ml.Transforms.SelectColumns("Both")).Fit(first.Transform(windows));
        using var stream = new MemoryStream();
        Ml.Model.SaveAsOnnx(new TransformerChain<ITransformer>(steps, first, after), rows.Schema, stream);
        stream.Position = 0;
        var file = SequenceModel.Load(stream);
        var standing = RecurrentOptions.ForModel(file) with { Training = new() { Epochs = 1, LearningRate = 1e-12, Seed = 9 } };

        using var second = Ml.Regression.Trainers.Recurrent("Label", "Window", standing).Fit(windows, initialModel: file);

        float[] expected = [.. TinyModel.Scores(first.Transform(windows))], actual = [.. TinyModel.Scores(second.Transform(windows))];
        Assert.IsLessThan(1e-5, expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max());
        var raw = TinyModel.Windowing(Ml).Fit(rows).Transform(rows);
        Fails.With<ArgumentException>(() => Ml.Regression.Trainers.Recurrent("Label", "Window", standing).Fit(raw, initialModel: file),
            "the number of features per step is 4 in the initial model, 2 here", "NormalizingTransformer, ColumnConcatenatingTransformer", "training data");
    }

    [TestMethod]
    public void It_goes_on_from_zip_and_onnx_files_on_other_data_with_the_models_scaling()
    {
        using var first = Ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(Data.View(Ml));
        var others = Examples.Random(60, seed: 2);
        others = others with { Sequences = [.. others.Sequences.Select(s => s.Select(v => 5 * v + 3).ToArray())] }; // of other mean and size
        using var zip = new MemoryStream();
        Ml.Model.Save(new TransformerChain<ITransformer>(first), Data.View(Ml).Schema, zip);
        using var onnx = new MemoryStream();
        first.Model.Save(onnx);
        (zip.Position, onnx.Position) = (0, 0);
        var next = RecurrentOptions.ForModel(first.Model) with { Training = Networks.Tiny.Training with { LearningRate = 1e-4 } };

        float[][] scores = [.. new[]
        {
            first.Model,
            new MLContext().Model.Load(zip, out _).GetSequenceModel(),
            SequenceModel.Load(onnx),
        }.Select(model =>
        {
            using var second = Ml.Regression.Trainers.Recurrent(next).Fit(others.View(Ml), initialModel: model);
            Assert.AreSequenceEqual(first.Model.Manifest.Scaling.FeatureMeans, second.Model.Manifest.Scaling.FeatureMeans);
            return others.Score(second);
        })];

        Assert.AreSequenceEqual(scores[0], scores[1]);
        Assert.AreSequenceEqual(scores[0], scores[2]);
    }

    [TestMethod]
    public void Ten_epochs_in_two_parts_learn_what_ten_at_once_learn()
    {
        var sine = Examples.Windows(Series.NoisySine(300, noise: 0.05), steps: 10);
        RecurrentOptions Options(int epochs) => new()
        {
            HiddenSizes = [12],
            DenseSizes = [],
            Dropout = 0,
            Training = new() { Epochs = epochs, Seed = 1, LearningRate = 0.01, EarlyStopping = null, ReduceLearningRate = null },
        };
        using var half = Ml.Regression.Trainers.Lstm(options: Options(5)).Fit(sine.View(Ml));
        using var both = Ml.Regression.Trainers.Lstm(options: Options(5)).Fit(sine.View(Ml), initialModel: half.Model);

        Assert.IsLessThan(0.5 * half.History[0].TrainingLoss, both.History[0].TrainingLoss);
        Assert.IsLessThan(sine.MeanSquaredError(half), sine.MeanSquaredError(both));
    }

    [TestMethod]
    public void Every_layer_that_differs_is_named()
    {
        using var first = Ml.Regression.Trainers.Recurrent(Networks.Tiny with { HiddenSizes = [4, 3] }).Fit(Data.View(Ml));
        var other = Networks.Tiny with { Cell = RecurrentCell.Gru, HiddenSizes = [4, 5], DenseSizes = [3, 3], Bidirectional = true };

        var error = Assert.ThrowsExactly<ArgumentException>(() => Ml.Regression.Trainers.Recurrent(other).Fit(Data.View(Ml), initialModel: first.Model));

        Assert.Contains("the cell is lstm in the initial model, gru here", error.Message);
        Assert.Contains("the hidden size of recurrent layer 2 is 3 in the initial model, 5 here", error.Message);
        Assert.Contains("the number of dense layers is 1 in the initial model, 2 here", error.Message);
        Assert.Contains("Bidirectional is False in the initial model, True here", error.Message);
        Assert.DoesNotContain("recurrent layer 1", error.Message);
    }

    [TestMethod]
    public void Data_of_another_shape_is_named()
    {
        using var first = Ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(Data.View(Ml));

        var error = Assert.ThrowsExactly<ArgumentException>(
            () => Ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(Examples.Random(20, features: 3).View(Ml), initialModel: first.Model));

        Assert.Contains("the number of features per step is 2 in the initial model, 3 here", error.Message);
    }

    [TestMethod]
    public void Options_for_a_model_with_an_unknown_cell_need_the_cell()
    {
        var options = Networks.Tiny with { Cell = new MinGruCell() };
        using var model = Ml.Regression.Trainers.Recurrent(options).Fit(Data.View(Ml));

        Assert.Contains("'min-gru'", Assert.ThrowsExactly<ArgumentException>(() => RecurrentOptions.ForModel(model.Model)).Message);
        Assert.Contains("not 'gru'", Assert.ThrowsExactly<ArgumentException>(() => RecurrentOptions.ForModel(model.Model, RecurrentCell.Gru)).Message);
        Assert.AreEqual(4, RecurrentOptions.ForModel(model.Model, new MinGruCell()).HiddenSizes.Single());
    }

    [TestMethod]
    public void A_pipeline_without_a_sequence_model_says_so()
    {
        var copy = Ml.Transforms.CopyColumns("Copy", "Label").Fit(Data.View(Ml));

        Assert.Contains("holds 0 sequence models", Assert.ThrowsExactly<ArgumentException>(() => copy.GetSequenceModel()).Message);
    }

    private static RecurrentCell CellOf(string name) => name.Contains('-') ? OwnCellTests.Cell(name) : Networks.Cell(name);
}
