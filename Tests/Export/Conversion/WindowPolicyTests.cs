using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Steps before a windowing that fills missing values or pads: converted where that gives the same, else refused with the reason.</summary>
[TestClass]
public sealed class WindowPolicyTests
{
    private const int Steps = 4;

    private readonly MLContext _ml = new(1);

    [TestMethod]
    [DataRow(MissingValuePolicy.Keep, WindowPadding.None)]
    [DataRow(MissingValuePolicy.Keep, WindowPadding.Start)]
    [DataRow(MissingValuePolicy.ForwardFill, WindowPadding.None)]
    [DataRow(MissingValuePolicy.ForwardFill, WindowPadding.Start)]
    [DataRow(MissingValuePolicy.LinearInterpolation, WindowPadding.None)]
    [DataRow(MissingValuePolicy.LinearInterpolation, WindowPadding.Start)]
    [DataRow(MissingValuePolicy.Mask, WindowPadding.None)]
    [DataRow(MissingValuePolicy.Mask, WindowPadding.Start)]
    public void Multiples_of_raw_values_suit_every_policy(MissingValuePolicy policy, WindowPadding padding)
    {
        foreach (int missing in new[] { 0, 3, 12 }) // at the beginning of each series
        {
            var rows = Rows(missing);
            var steps = _ml.Transforms.NormalizeMeanVariance("Value").Append(_ml.Transforms.NormalizeMinMax("Extra"))
                .Append(_ml.Transforms.Concatenate("All", "Extra", "Other", "Value"));

            var file = Convert(steps, ["All"], policy, padding, rows);

            AssertPredicted(file, rows, policy, padding);
            Assert.AreSequenceEqual(["Extra", "Other", "Value"], file.Manifest.Window!.InputColumnNames);
            Assert.AreEqual(policy == MissingValuePolicy.Mask ? 8 : 4, file.Manifest.Features);
        }
    }

    [TestMethod]
    [DataRow(MissingValuePolicy.Keep, WindowPadding.Start)]
    [DataRow(MissingValuePolicy.ForwardFill, WindowPadding.Start)]
    [DataRow(MissingValuePolicy.LinearInterpolation, WindowPadding.None)]
    public void Lines_suit_filling_and_padding(MissingValuePolicy policy, WindowPadding padding)
    {
        var rows = Rows(2);

        var file = Convert(_ml.Transforms.NormalizeMeanVariance("Value", fixZero: false), ["Value", "Other", "Extra"], policy, padding, rows);

        AssertPredicted(file, rows, policy, padding);
    }

    [TestMethod]
    public void Bins_suit_filling_forward()
    {
        var rows = Rows(2);
        var file = Convert(_ml.Transforms.NormalizeBinning("Value", fixZero: false), ["Value", "Other", "Extra"], MissingValuePolicy.ForwardFill, WindowPadding.Start, rows);
        AssertPredicted(file, rows, MissingValuePolicy.ForwardFill, WindowPadding.Start);
    }

    [TestMethod]
    public void What_would_differ_is_refused_with_the_reason()
    {
        var shifted = _ml.Transforms.NormalizeMinMax("Value", fixZero: false);
        var bins = _ml.Transforms.NormalizeBinning("Value");
        var filled = _ml.Transforms.ReplaceMissingValues("Value");
        Refuses(shifted, MissingValuePolicy.Mask, WindowPadding.None, "MissingValues = Mask", "fixZero");
        Refuses(bins, MissingValuePolicy.LinearInterpolation, WindowPadding.None, "MissingValues = LinearInterpolation", "before the window");
        Refuses(filled, MissingValuePolicy.ForwardFill, WindowPadding.None, "MissingValues = ForwardFill", "before the window");
        Refuses(filled, MissingValuePolicy.Keep, WindowPadding.Start, "Padding = Start", "padded steps");
        Refuses(_ml.Transforms.NormalizeMeanVariance("Value", useCdf: true), MissingValuePolicy.Keep, WindowPadding.Start, "Padding = Start");
        Refuses(_ml.Transforms.Conversion.ConvertType("Value", "Count"), MissingValuePolicy.ForwardFill, WindowPadding.None, "ForwardFill");

        void Refuses(IEstimator<ITransformer> step, MissingValuePolicy policy, WindowPadding padding, params string[] parts) =>
            Fails.With<NotSupportedException>(() => Convert(step, ["Value", "Other", "Extra"], policy, padding, Rows(1)), ["'Value'", "RecurrentOptions.Scaling", .. parts]);
    }

    [TestMethod]
    public void Missing_values_that_a_step_replaces_are_no_error_to_the_windowing()
    {
        var rows = Rows(2);
        var file = Convert(_ml.Transforms.ReplaceMissingValues("Value").Append(_ml.Transforms.ReplaceMissingValues("Extra")), ["Value", "Extra", "Other"],
            MissingValuePolicy.Error, WindowPadding.None, rows);

        AssertPredicted(file, rows, MissingValuePolicy.Keep, WindowPadding.None);
    }

    [TestMethod]
    public void Windows_without_steps_before_them_are_as_they_were_with_every_policy()
    {
        foreach (var policy in new[] { MissingValuePolicy.ForwardFill, MissingValuePolicy.Mask, MissingValuePolicy.LinearInterpolation })
        {
            var rows = Rows(2);
            var file = Convert(_ml.Transforms.CopyColumns("Unused", "Value"), ["Value", "Other", "Extra"], policy, WindowPadding.Start, rows);

            Assert.IsNull(file.Manifest.Folded);
            AssertPredicted(file, rows, policy, WindowPadding.Start);
        }
    }

    [TestMethod]
    public void The_last_row_of_a_window_that_was_filled_is_not_the_row()
    {
        var rows = Rows(0);
        var chain = Chain(_ml.Transforms.NormalizeMinMax("Value"), ["Value", "Other", "Extra"], MissingValuePolicy.ForwardFill, WindowPadding.None, rows);
        var joined = chain.Append(_ml.Transforms.Concatenate("Both", "Score", "Value").Fit(chain.Transform(rows)));

        Fails.With<NotSupportedException>(() => ConvertedFile.Of(_ml, joined, rows), "'Value'", "ForwardFill", "last row");
    }

    private TransformerChain<ITransformer> Chain(
        IEstimator<ITransformer> steps, string[] columns, MissingValuePolicy policy, WindowPadding padding, IDataView rows)
    {
        var windowing = steps.Append(_ml.Transforms.SlidingWindow(Options([.. columns], policy, padding) with { TargetColumns = ["Count"] })).Fit(rows);
        int features = ((VectorDataViewType)windowing.GetOutputSchema(rows.Schema)["Window"].Type).Dimensions[1];
        return new(windowing, WeightedModel.Transformer(Steps, features));
    }

    private ConvertedFile Convert(IEstimator<ITransformer> steps, string[] columns, MissingValuePolicy policy, WindowPadding padding, IDataView rows)
    {
        var chain = Chain(steps, columns, policy, padding, rows);
        _expected = [.. chain.Transform(rows).GetColumn<float>("Score")];
        return ConvertedFile.Of(_ml, chain, rows);
    }

    private float[] _expected = [];

    // What the manifest says of windows is enough to cut them: from raw columns, by the same options.
    private void AssertPredicted(ConvertedFile file, IDataView rows, MissingValuePolicy policy, WindowPadding padding)
    {
        var raw = _ml.Transforms.SlidingWindow(Options([.. file.Manifest.Window!.InputColumnNames], policy, padding) with { TargetColumns = ["Count"] }).Fit(rows).Transform(rows);
        float[] windows = [.. raw.GetColumn<float[]>("Window").SelectMany(v => v)];
        using var predictor = new SequencePredictor(file.Model);
        Assert.IsTrue(policy == MissingValuePolicy.Keep || _expected.Any(float.IsFinite) || padding == WindowPadding.Start);
        ConvertedFile.AssertNear(_expected, predictor.PredictBatch(windows), $"{policy}, {padding}");
    }

    private static SlidingWindowOptions Options(string[] columns, MissingValuePolicy policy, WindowPadding padding) => new()
    {
        InputColumns = [.. columns],
        WindowLength = Steps,
        GroupColumn = "Group",
        MissingValues = policy,
        Padding = padding,
    };

    private IDataView Rows(int missingAtStart)
    {
        var random = new Random(missingAtStart);
        float Next(int place) => place < missingAtStart || random.Next(4) == 0 ? float.NaN : (random.NextSingle() * 5) - 1;
        return _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new Row
        {
            Group = i < 20 ? "a" : "b",
            Value = Next(i % 20),
            Other = i % 9,
            Extra = [Next(i % 20), Next(i % 20)],
            Count = i,
        }).ToArray());
    }

    private sealed class Row
    {
        public string Group { get; set; } = "";

        public float Value { get; set; }

        public float Other { get; set; }

        [VectorType(2)]
        public float[] Extra { get; set; } = [];

        public int Count { get; set; }
    }
}
