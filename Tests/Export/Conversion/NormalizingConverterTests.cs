using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class NormalizingConverterTests
{
    private const int Steps = 4;

    private readonly MLContext _ml = new(1);

    public static IEnumerable<string> Kinds => Normalizers(new MLContext(), "Value", "Other").Keys;

    private static IEnumerable<object[]> KindsAsRows => Kinds.Select(k => new object[] { k });

    [TestMethod]
    [DynamicData(nameof(KindsAsRows))]
    public void Each_normaliser_of_scalars_gives_the_same_in_the_file(string kind)
    {
        var rows = Rows();
        var chain = Normalizers(_ml, "Value", "Other")[kind].Append(_ml.Transforms.SlidingWindow("Window", ["Value", "Other"], Steps)).Fit(rows)
            .Append(WeightedModel.Transformer(Steps, 2));

        var file = ConvertedFile.Of(_ml, chain, rows).AssertEqual();

        Assert.AreSequenceEqual(["Value", "Other"], file.Manifest.Window!.InputColumnNames);
        Assert.AreEqual(("Window", Steps, 2), (file.Manifest.FeatureColumnName, file.Manifest.Steps, file.Manifest.Features));
        Assert.AreSequenceEqual(["NormalizingTransformer"], file.Manifest.Folded!.Steps);
        file.AssertApplied();
    }

    [TestMethod]
    [DynamicData(nameof(KindsAsRows))]
    public void Each_normaliser_of_vectors_gives_the_same_in_the_file(string kind)
    {
        var rows = Rows();
        var chain = Normalizers(_ml, "Extra", "Pair")[kind].Append(_ml.Transforms.SlidingWindow("Window", ["Pair", "Extra"], Steps, targetColumnName: "Value"))
            .Fit(rows).Append(WeightedModel.Transformer(Steps, 5));

        var file = ConvertedFile.Of(_ml, chain, rows).AssertEqual();

        Assert.AreSequenceEqual(["Pair", "Extra"], file.Manifest.Window!.InputColumnNames);
        Assert.AreSequenceEqual([2, 3], file.Manifest.Window.InputSizes!.Value);
    }

    [TestMethod]
    [DynamicData(nameof(KindsAsRows))]
    public void Each_normaliser_of_doubles_gives_the_same_in_the_file(string kind)
    {
        var rows = Rows();
        var chain = Normalizers(_ml, "Precise", "Doubles")[kind].Append(_ml.Transforms.SlidingWindow("Window", ["Doubles", "Precise"], Steps, targetColumnName: "Value"))
            .Fit(rows).Append(WeightedModel.Transformer(Steps, 3));

        var manifest = ConvertedFile.Of(_ml, chain, rows).Manifest;

        Assert.AreSequenceEqual(["Doubles", "Precise"], manifest.Inputs.Select(i => i.Name));
        Assert.AreSequenceEqual([OnnxElementType.Double, OnnxElementType.Double], manifest.Inputs.Select(i => i.Type));
        Assert.AreSequenceEqual([Steps, 2], manifest.Inputs[0].Shape);
    }

    [TestMethod]
    [DynamicData(nameof(KindsAsRows))]
    public void Each_normaliser_of_the_window_gives_the_same_in_the_file(string kind)
    {
        var rows = Rows();
        var chain = _ml.Transforms.SlidingWindow("Window", ["Value", "Other"], Steps)
            .Append(Normalizers(_ml, "Window", "Window")[kind]).Fit(rows).Append(WeightedModel.Transformer(Steps, 2));

        ConvertedFile.Of(_ml, chain, rows).AssertEqual().AssertApplied();
    }

    [TestMethod]
    [DynamicData(nameof(KindsAsRows))]
    public void Each_normaliser_of_the_score_gives_the_same_in_the_file(string kind)
    {
        var rows = Rows();
        var scoring = _ml.Transforms.SlidingWindow("Window", ["Value"], Steps).Fit(rows).Append(WeightedModel.Transformer(Steps, 1, outputs: 3));
        var chain = scoring.Append(Normalizers(_ml, "Score", "Score")[kind].Fit(scoring.Transform(rows)));

        ConvertedFile.Of(_ml, chain, rows).AssertEqual().AssertApplied();
    }

    [TestMethod]
    public void Missing_and_infinite_values_stay_what_Transform_makes_of_them()
    {
        var rows = Rows(odd: true);
        foreach (string kind in Kinds)
        {
            var chain = Normalizers(_ml, "Value", "Extra")[kind].Append(_ml.Transforms.SlidingWindow("Window", ["Value", "Extra"], Steps, targetColumnName: "Value"))
                .Fit(Rows()).Append(WeightedModel.Transformer(Steps, 4));

            ConvertedFile.Of(_ml, chain, rows).AssertEqual();
        }
    }

    [TestMethod]
    public void A_column_that_is_constant_gives_what_Transform_gives()
    {
        var rows = Rows();
        foreach (string kind in Kinds)
        {
            var chain = Normalizers(_ml, "Constant", "Value")[kind].Append(_ml.Transforms.SlidingWindow("Window", ["Constant", "Value"], Steps, targetColumnName: "Value"))
                .Fit(rows).Append(WeightedModel.Transformer(Steps, 2));

            ConvertedFile.Of(_ml, chain, rows).AssertEqual();
        }
    }

    [TestMethod]
    public void Columns_normalised_one_by_one_cost_two_operations_in_all()
    {
        var rows = Rows();
        var chain = _ml.Transforms.NormalizeMeanVariance("Other", fixZero: false).Append(_ml.Transforms.NormalizeMinMax("Value"))
            .Append(_ml.Transforms.Concatenate("All", "Other", "Extra", "Value")).Append(_ml.Transforms.SlidingWindow("Window", ["All"], Steps, targetColumnName: "Value"))
            .Fit(rows).Append(WeightedModel.Transformer(Steps, 5));

        var file = ConvertedFile.Of(_ml, chain, rows).AssertEqual();

        Assert.AreSequenceEqual(["Sub", "Mul", "Reshape", "MatMul"], file.Operators.Where(o => o != "Identity"));
        Assert.AreSequenceEqual(["Other", "Extra", "Value"], file.Manifest.Window!.InputColumnNames);
    }

    private static Dictionary<string, IEstimator<ITransformer>> Normalizers(MLContext ml, string one, string other)
    {
        InputOutputColumnPair[] columns = [.. new[] { one, other }.Distinct().Select(c => new InputOutputColumnPair(c))];
        return new()
        {
            ["MeanVariance"] = ml.Transforms.NormalizeMeanVariance(columns),
            ["MeanVariance shifted"] = ml.Transforms.NormalizeMeanVariance(columns, fixZero: false),
            ["MeanVariance cdf"] = ml.Transforms.NormalizeMeanVariance(columns, useCdf: true),
            ["MinMax"] = ml.Transforms.NormalizeMinMax(columns),
            ["MinMax shifted"] = ml.Transforms.NormalizeMinMax(columns, fixZero: false),
            ["RobustScaling"] = ml.Transforms.NormalizeRobustScaling(columns),
            ["RobustScaling uncentred"] = ml.Transforms.NormalizeRobustScaling(columns, centerData: false, quantileMin: 10, quantileMax: 90),
            ["LogMeanVariance"] = ml.Transforms.NormalizeLogMeanVariance(columns),
            ["LogMeanVariance affine"] = ml.Transforms.NormalizeLogMeanVariance(columns, useCdf: false),
            ["LogMeanVariance shifted"] = ml.Transforms.NormalizeLogMeanVariance(columns, fixZero: false, useCdf: false),
            ["Binning"] = ml.Transforms.NormalizeBinning(columns, maximumBinCount: 7),
            ["Binning shifted"] = ml.Transforms.NormalizeBinning(columns, fixZero: false, maximumBinCount: 7),
            ["SupervisedBinning"] = ml.Transforms.NormalizeSupervisedBinning(columns, labelColumnName: "Class", maximumBinCount: 5, mininimumExamplesPerBin: 3),
        };
    }

    private IDataView Rows(bool odd = false)
    {
        var random = new Random(5);
        float Next() => (random.NextSingle() * 10) - 3;
        Row[] rows = [.. Enumerable.Range(0, 60).Select(i => new Row
        {
            Value = Next(),
            Other = Next() + 20,
            Constant = 4,
            Precise = Next() / 3.0,
            Class = i % 2 == 0,
            Pair = [Next(), 0],
            Extra = [Next(), Next() * 100, Next() / 100],
            Doubles = [Next(), Next() * 1e6],
        })];
        if (odd)
        {
            float[] odds = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 1e30f, -1e30f, float.MaxValue, float.Epsilon];
            for (int i = 0; i < odds.Length; i++)
                (rows[i * 5].Value, rows[(i * 5) + 3].Extra[1]) = (odds[i], odds[i]);
        }
        return _ml.Data.LoadFromEnumerable(rows);
    }

    private sealed class Row
    {
        public float Value { get; set; }

        public float Other { get; set; }

        public float Constant { get; set; }

        public double Precise { get; set; }

        public bool Class { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [];

        [VectorType(3)]
        public float[] Extra { get; set; } = [];

        [VectorType(2)]
        public double[] Doubles { get; set; } = [];
    }
}
