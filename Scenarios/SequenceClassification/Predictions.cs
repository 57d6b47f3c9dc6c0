using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>The classes of test sequences, and those that a model tells; both as text.</summary>
internal sealed record Predictions(string Name, string[] Labels, string[] Predicted)
{
    public const string PredictedColumn = "PredictedLabel";

    /// <summary>Reads the rows of scored data.</summary>
    public static Predictions Read(string name, IDataView scored) => new(
        name, [.. scored.GetColumn<string>(ClassificationData.LabelColumn)], [.. scored.GetColumn<string>(PredictedColumn)]);

    /// <summary>The report. A class of test sequences that the model does not know has its row: none of it is found.</summary>
    public ClassificationReport Report(MLContext ml) => ml.MulticlassClassification.Report(
        ml.Data.LoadFromEnumerable(Labels.Zip(Predicted, (label, predicted) => new Row { Label = label, PredictedLabel = predicted })));

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public string PredictedLabel { get; set; } = "";
    }
}
