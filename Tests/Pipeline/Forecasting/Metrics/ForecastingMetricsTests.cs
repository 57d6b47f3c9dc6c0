using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class ForecastingMetricsTests
{
    private readonly MLContext _ml = new(seed: 1);

    private const float None = float.NaN;

    private static IDataView Vectors(float[][] labels, float[][] forecasts)
    {
        var builder = new ArrayDataViewBuilder(new MLContext());
        builder.AddColumn("Label", NumberDataViewType.Single, labels);
        builder.AddColumn("Forecast", NumberDataViewType.Single, forecasts);
        return builder.GetDataView();
    }

    private static IDataView Scalars(float[] labels, float[] forecasts)
    {
        var builder = new ArrayDataViewBuilder(new MLContext());
        builder.AddColumn("Came", NumberDataViewType.Single, labels);
        builder.AddColumn("Said", NumberDataViewType.Single, forecasts);
        return builder.GetDataView();
    }

    [TestMethod]
    public void Vectors_are_measured_per_step_and_overall()
    {
        // Errors: step 1: 1, -3; step 2: 2, none; step 3: never labelled. The third row has no label at all.
        var metrics = _ml.Forecasting.Evaluate(Vectors(
            [[1, 2, None], [5, None, None], [None, None, None]],
            [[2, 4, 9], [2, 9, 9], [9, None, 9]]));
        Assert.AreEqual(6.0 / 3, metrics.MeanAbsoluteError, 1e-12);
        Assert.AreEqual(Math.Sqrt(14.0 / 3), metrics.RootMeanSquaredError, 1e-12);
        Assert.AreSequenceEqual([2, 2, double.NaN], metrics.MeanAbsoluteErrorPerStep);
        Assert.AreSequenceEqual([Math.Sqrt(5), 2, double.NaN], metrics.RootMeanSquaredErrorPerStep);
        Assert.AreEqual(2, metrics.LabelledRows);
    }

    [TestMethod]
    public void Scalars_are_one_step()
    {
        var metrics = _ml.Forecasting.Evaluate(Scalars([1, None, 3], [1.5f, 7, 1]), "Came", "Said");
        Assert.AreEqual(1.25, metrics.MeanAbsoluteError, 1e-12);
        Assert.AreEqual(Math.Sqrt(4.25 / 2), metrics.RootMeanSquaredError, 1e-12);
        Assert.AreSequenceEqual([1.25], metrics.MeanAbsoluteErrorPerStep);
        Assert.HasCount(1, metrics.RootMeanSquaredErrorPerStep);
        Assert.AreEqual(2, metrics.LabelledRows);
    }

    [TestMethod]
    public void Sparse_vectors_are_read_as_dense()
    {
        var builder = new ArrayDataViewBuilder(new MLContext());
        builder.AddColumn("Label", NumberDataViewType.Single, new VBuffer<float>(3, 1, [4], [1]));
        builder.AddColumn("Forecast", NumberDataViewType.Single, new VBuffer<float>(3, 1, [3], [2]));
        Assert.AreSequenceEqual([0, 4, 3], _ml.Forecasting.Evaluate(builder.GetDataView()).MeanAbsoluteErrorPerStep);
    }

    [TestMethod]
    public void No_label_at_all_is_an_error_and_not_zero()
    {
        Fails.With<InvalidOperationException>(() => _ml.Forecasting.Evaluate(Scalars([None, None], [1, 2]), "Came", "Said"),
            "No row has a label");
        Fails.With<InvalidOperationException>(() => _ml.Forecasting.Evaluate(Vectors([[None, None]], [[1, 2]])),
            "No row has a label");
        var empty = _ml.Data.SkipRows(Scalars([1], [1]), 5);
        Fails.With<InvalidOperationException>(() => _ml.Forecasting.Evaluate(empty, "Came", "Said"),
            "No row has a label");
    }

    [TestMethod]
    public void Values_that_are_no_numbers_are_named_with_their_row()
    {
        var view = Vectors([[None, None], [1, None]], [[1, 1], [1, None]]);
        var e = Assert.Throws<InvalidOperationException>(() => _ml.Forecasting.Evaluate(view));
        Assert.Contains("Row 2, step 2: the forecast is NaN", e.Message);
        e = Assert.Throws<InvalidOperationException>(() => _ml.Forecasting.Evaluate(Scalars([1, 1, float.PositiveInfinity], [1, 1, 1]),
            "Came", "Said"));
        Assert.Contains("Row 3, step 1: the label is", e.Message);
    }

    [TestMethod]
    public void Sizes_that_differ_are_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => _ml.Forecasting.Evaluate(Vectors([[1, 2]], [[1, 2, 3]])));
        Assert.Contains("'Label' is Vector<Single, 2>", e.Message);
        Assert.Contains("'Forecast' is Vector<Single, 3>", e.Message);
        var data = _ml.Data.LoadFromEnumerable(
            [new Ragged { Label = [1, 2], Forecast = [1, 2] }, new Ragged { Label = [1, 2], Forecast = [1] }]);
        Fails.With<InvalidOperationException>(() => _ml.Forecasting.Evaluate(data),
            "Row 2 has 2 labels and 1 forecasts, expected 2");
    }

    [TestMethod]
    public void Columns_that_cannot_be_evaluated_are_refused()
    {
        var data = Scalars([1], [1]);
        Fails.With<ArgumentException>(() => _ml.Forecasting.Evaluate(data),
            "Label column 'Label' is not in the data, which has: Came, Said");
        var text = _ml.Transforms.Conversion.ConvertType("Said", outputKind: DataKind.Double).Fit(data).Transform(data);
        Fails.With<ArgumentException>(() => _ml.Forecasting.Evaluate(text, "Came", "Said"),
            "Forecast column 'Said' is Double, expected Single");
    }

    [TestMethod]
    public void A_label_that_is_infinite_is_named_by_its_step_whatever_the_number_of_targets()
    {
        var row = new TwoByTwo { Label = [0, 1, float.PositiveInfinity, 3], Forecast = [0, 1, 2, 3] };
        Fails.With<InvalidOperationException>(() => _ml.Forecasting.Evaluate(_ml.Data.LoadFromEnumerable([row])), "Row 1, step 2:");
    }

    private sealed class TwoByTwo
    {
        [VectorType(2, 2)]
        public float[] Label { get; set; } = [];

        [VectorType(2, 2)]
        public float[] Forecast { get; set; } = [];
    }

    private sealed class Ragged
    {
        public float[] Label { get; set; } = [];
        public float[] Forecast { get; set; } = [];
    }
}
