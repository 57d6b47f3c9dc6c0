using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Columns that cannot work are refused before a row is read.</summary>
[TestClass]
public class ColumnTests
{
    private static readonly MLContext Ml = new();

    [TestMethod]
    public void An_unknown_column_is_named_beside_those_that_exist()
    {
        Refused(Ml.Regression.Trainers.Lstm("Target", "Window"), "'Target'", "'Label'", "'Labels'", "'Window'");
        Refused(Ml.Regression.Trainers.Lstm(featureColumnName: "Widow"), "'Widow'", "'Label'", "'Labels'", "'Window'");
    }

    [TestMethod]
    public void A_feature_column_of_a_wrong_type_is_named_with_its_type()
    {
        Refused(Ml.Regression.Trainers.Lstm(featureColumnName: "Text"), "'Text'", "Vector<Single");
        Refused(Ml.Regression.Trainers.Lstm(featureColumnName: "Doubles"), "'Doubles'", "Double", "Vector<Single");
        Refused(Ml.Regression.Trainers.Lstm(featureColumnName: "Label"), "'Label'", "Single", "SlidingWindow");
        Refused(Ml.Regression.Trainers.Lstm(featureColumnName: "Cube"), "'Cube'", "Vector<Single");
    }

    [TestMethod]
    public void A_label_column_of_a_wrong_type_is_named_with_its_type()
    {
        Refused(Ml.Regression.Trainers.Lstm("Text", "Window"), "'Text'", "ConvertType");
        Refused(Ml.Regression.Trainers.Lstm("Labels", "Window"), "'Labels'", "ForecastByRecurrent");
        Refused(Ml.Forecasting.ForecastByRecurrent(labelColumnName: "Text"), "'Text'", "Vector<Single, horizon>");
        Refused(Ml.Forecasting.ForecastByRecurrent(labelColumnName: "Doubles"), "'Doubles'", "Double");
        RefusedByType(Ml.Forecasting.ForecastByRecurrent(labelColumnName: "Variable"), "'Variable'", "known size");
    }

    [TestMethod]
    public void Features_that_do_not_divide_the_column_are_named()
    {
        Refused(Ml.Regression.Trainers.Lstm(featureColumnName: "Flat", options: new() { Features = 4 }), "Features is 4", "'Flat'", "6");
        Refused(Ml.Regression.Trainers.Lstm(featureColumnName: "Window", options: new() { Features = 3 }), "Features is 3", "'Window'");
    }

    // The schema alone tells, and then the schema of a chain does too.
    private static void Refused(RecurrentEstimator estimator, params string[] parts)
    {
        RefusedByType(estimator, parts);
        if (parts[0].StartsWith("Features", StringComparison.Ordinal) || parts[0] == "'Cube'")
            return; // sizes are not in an estimator's schema
        var e = Assert.ThrowsExactly<ArgumentException>(() => estimator.GetOutputSchema(SchemaShape.Create(Unreadable().Schema)));
        Assert.Contains(parts[0], e.Message);
    }

    private static void RefusedByType(RecurrentEstimator estimator, params string[] parts)
    {
        var e = Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(Unreadable()));
        foreach (string part in parts)
            Assert.Contains(part, e.Message);
    }

    private static IDataView Unreadable()
    {
        return Ml.Data.LoadFromEnumerable(Rows());

        static IEnumerable<Row> Rows()
        {
            yield return Environment.TickCount64 > 0 ? throw new AssertFailedException("The data was read.") : new Row();
        }
    }

    private sealed class Row
    {
        [VectorType(3, 2)]
        public float[] Window { get; set; } = new float[6];

        [VectorType(6)]
        public float[] Flat { get; set; } = new float[6];

        [VectorType(3, 2)]
        public double[] Doubles { get; set; } = new double[6];

        [VectorType(3, 1, 2)]
        public float[] Cube { get; set; } = new float[6];

        public float[] Variable { get; set; } = new float[6];

        public string Text { get; set; } = "";

        public float Label { get; set; }

        [VectorType(2)]
        public float[] Labels { get; set; } = new float[2];
    }
}
