using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Classification reports on <c>ml.MulticlassClassification</c> and <c>ml.BinaryClassification</c>.</summary>
public static class ClassificationReportExtensions
{
    /// <summary>Precision, recall and F1 of each class, averages and the confusion matrix of scored data, read in one pass.</summary>
    /// <remarks>
    /// Both columns are keys, text, Booleans or numbers. They are compared by value: keys by their KeyValues, in whatever order each column
    /// has them, or by their number counted from 0 where neither column has KeyValues. Where a text column stands for one of them, a class
    /// that training did not know is a class of its own, never predicted; as a key it is missing, and its rows are left out.
    /// </remarks>
    /// <param name="catalog"><c>mlContext.MulticlassClassification</c>.</param>
    /// <param name="scored">Scored data.</param>
    /// <param name="labelColumnName">What is true.</param>
    /// <param name="predictedLabelColumnName">What was predicted.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">A column is missing or does not name one class per row, the two columns have no class in common,
    /// or there are more than 4096 classes.</exception>
    /// <exception cref="InvalidOperationException">No row has a label.</exception>
    public static ClassificationReport Report(this MulticlassClassificationCatalog catalog, IDataView scored,
        string labelColumnName = "Label", string predictedLabelColumnName = "PredictedLabel")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Read(scored, labelColumnName, predictedLabelColumnName);
    }

    /// <param name="catalog"><c>mlContext.BinaryClassification</c>.</param>
    /// <param name="scored">Scored data.</param>
    /// <param name="labelColumnName">What is true.</param>
    /// <param name="predictedLabelColumnName">What was predicted.</param>
    /// <inheritdoc cref="Report(MulticlassClassificationCatalog, IDataView, string, string)"/>
    public static ClassificationReport Report(this BinaryClassificationCatalog catalog, IDataView scored,
        string labelColumnName = "Label", string predictedLabelColumnName = "PredictedLabel")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Read(scored, labelColumnName, predictedLabelColumnName);
    }

    private static ClassificationReport Read(IDataView scored, string labelColumnName, string predictedLabelColumnName)
    {
        ArgumentNullException.ThrowIfNull(scored);
        return LabelPairs.Create(scored.Schema, labelColumnName, predictedLabelColumnName).Read(scored).ToReport();
    }
}
