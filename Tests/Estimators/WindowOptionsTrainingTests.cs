using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>What <see cref="SlidingWindowOptions"/> makes, trained on, scored and exported.</summary>
[TestClass]
public class WindowOptionsTrainingTests
{
    private const int Steps = 8;

    private static readonly MLContext Ml = new(1);

    private static SlidingWindowOptions Padded => new()
    {
        InputColumns = ["Value", "Other"],
        GroupColumn = "Group",
        WindowLength = Steps,
        Padding = WindowPadding.Start,
    };

    [TestMethod]
    [DataRow("lstm", false)]
    [DataRow("gru", true)]
    [DataRow("min-gru", true)]
    public void A_padded_window_scores_as_the_shorter_sequence_that_it_is(string cell, bool bidirectional)
    {
        var data = Data(Rows(3, 20));
        var options = Networks.Tiny with { Cell = cell == "min-gru" ? new MinGruCell() : Networks.Cell(cell), Bidirectional = bidirectional };
        Func<MLContext, IEstimator<ITransformer>> chain = ml => ml.Transforms.SlidingWindow(Padded).Append(ml.Regression.Trainers.Recurrent("Label", "Window", options));
        var model = Fit(chain, data);

        var scored = model.Transform(data);
        float[][] windows = [.. scored.GetColumn<float[]>("Window")], masks = [.. scored.GetColumn<float[]>("WindowMask")];
        float[] scores = [.. scored.GetColumn<float>("Score")];

        Assert.HasCount(60, scores, "every row has a window");
        Assert.IsTrue(scores.All(float.IsFinite));
        Assert.IsLessThan(1e-5, model.GetSequenceModel().Manifest.Training.OnnxMaxAbsDiff);
        Assert.AreEqual((Steps, true), (model.GetSequenceModel().Manifest.Steps, model.GetSequenceModel().Manifest.VariableLength));
        using var predictor = new SequencePredictor(model.GetSequenceModel());
        for (int i = 0; i < scores.Length; i++)
        {
            int real = (int)masks[i].Sum();
            Assert.AreEqual(Math.Min(Steps, (i % 20) + 1), real);
            Assert.AreEqual(scores[i], predictor.Predict(windows[i].AsSpan((Steps - real) * 2))[0], 1e-5f);
        }
    }

    [TestMethod]
    public void A_padded_model_is_exported_and_verified_and_served_row_by_row()
    {
        var rows = Rows(2, 15);
        var data = Data(rows);
        var model = Fit(ml => ml.Transforms.SlidingWindow(Padded).Append(ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny)), data);
        using var folder = new Scenarios.TemporaryFolder();

        Ml.Model.SaveAsOnnx(model, data.Schema, folder["model.onnx"], new() { SampleRows = data });

        using var engine = model.CreateSequenceEngine<Row, Scored>(Ml);
        float[] expected = [.. model.Transform(data).GetColumn<float>("Score")];
        float[] served = [.. rows.Select(row => engine.Push(row)!.Score)];
        Assert.AreSequenceEqual(expected, served);
        Assert.AreEqual(WindowPadding.Start, SequenceModel.Load(folder["model.onnx"]).Manifest.Window!.Padding);
    }

    [TestMethod]
    public void A_series_shorter_than_the_window_is_trained_on_and_scored()
    {
        var data = Data([.. Rows(1, 30), .. Rows(1, 3, firstGroup: 7)]);
        var model = Fit(ml => ml.Transforms.SlidingWindow(Padded).Append(ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny)), data);

        var scored = model.Transform(data);
        string[] groups = [.. scored.GetColumn<string>("Group")];

        Assert.AreEqual(3, groups.Count(g => g == "g7"));
        Assert.IsTrue(scored.GetColumn<float>("Score").All(float.IsFinite));
    }

    [TestMethod]
    public void Several_targets_with_differencing_follow_their_own_features()
    {
        // Two random walks: the forecast of an untrained change is near the last value of each target's own feature.
        var rows = Rows(1, 120);
        for (int t = 0; t < rows.Length; t++)
            (rows[t].Value, rows[t].Other) = (1000 + t, -500 - (2 * t));
        var options = new SlidingWindowOptions { InputColumns = ["Value", "Other"], TargetColumns = ["Other", "Value"], WindowLength = 5, Horizon = 2 };
        var trainer = Networks.Tiny with { Scaling = new() { Difference = true } };
        var model = Fit(ml => ml.Transforms.SlidingWindow(options).Append(ml.Forecasting.ForecastByRecurrent("Forecast", "Window", "Label", trainer)), Data(rows));

        Assert.AreSequenceEqual([1, 0], model.GetSequenceModel().Manifest.Scaling.DifferencedFeatures!.Value);
        var scored = model.Transform(Data(rows));
        foreach (var (forecast, label) in scored.GetColumn<float[]>("Forecast").Zip(scored.GetColumn<float[]>("Label")).SkipLast(2))
        {
            for (int k = 0; k < 4; k++)
                Assert.AreEqual(label[k], forecast[k], 1f, "changes are constant: -2 and 1 a step");
        }
        Assert.IsLessThan(1, Ml.Forecasting.Evaluate(Ml.Data.TakeRows(scored, 100)).MeanAbsoluteError);
    }

    [TestMethod]
    public void Series_that_take_turns_are_scaled_by_all_their_rows()
    {
        Row[] apart = [.. Rows(2, 40)], inTurns = [.. Enumerable.Range(0, 80).Select(i => apart[(i % 2 * 40) + (i / 2)])];
        var options = Padded with { Padding = WindowPadding.None };
        var trainer = Networks.Tiny.Train(t => t with { ValidationFraction = 0 });
        ScalingSummary Scaling(Row[] rows, SeriesGroups groups) => Fit(
            ml => ml.Transforms.SlidingWindow(options with { Groups = groups }).Append(ml.Regression.Trainers.Gru("Label", "Window", trainer)), Data(rows))
            .GetSequenceModel().Manifest.Scaling;

        var (expected, actual) = (Scaling(apart, SeriesGroups.Contiguous), Scaling(inTurns, SeriesGroups.Interleaved));

        for (int f = 0; f < 2; f++)
        {
            Assert.AreEqual(expected.FeatureMeans[f], actual.FeatureMeans[f], 1e-6f);
            Assert.AreEqual(expected.FeatureScales[f], actual.FeatureScales[f], 1e-6f);
        }
        Assert.AreEqual(expected.TargetMeans[0], actual.TargetMeans[0], 1e-6f);
    }

    [TestMethod]
    public void Missing_values_by_indicator_train_and_score()
    {
        var rows = Rows(1, 60);
        foreach (int t in new[] { 0, 13, 14, 40 })
            rows[t].Value = float.NaN;
        var options = new SlidingWindowOptions
        {
            InputColumns = ["Value", "Other"],
            WindowLength = 6,
            MissingValues = MissingValuePolicy.Mask,
        };
        var model = Fit(ml => ml.Transforms.SlidingWindow(options).Append(ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny)), Data(rows));

        Assert.AreEqual(4, model.GetSequenceModel().Manifest.Features);
        Assert.IsTrue(model.Transform(Data(rows)).GetColumn<float>("Score").All(float.IsFinite));
    }

    private static ITransformer Fit(Func<MLContext, IEstimator<ITransformer>> chain, IDataView data) => chain(Ml).Fit(data);

    private static IDataView Data(Row[] rows) => Ml.Data.LoadFromEnumerable(rows);

    private static Row[] Rows(int groups, int perGroup, int firstGroup = 0)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(firstGroup, groups).SelectMany(g => Enumerable.Range(0, perGroup).Select(_ => new Row
        {
            Group = $"g{g}",
            Value = random.NextSingle() + g,
            Other = random.NextSingle() - (3 * g),
        }))];
    }

    private sealed class Row
    {
        public string Group { get; set; } = "";

        public float Value { get; set; }

        public float Other { get; set; }
    }

    private sealed class Scored
    {
        public float Score { get; set; }
    }
}
