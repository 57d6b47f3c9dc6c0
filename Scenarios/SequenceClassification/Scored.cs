using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>What a saved model gives for rows: the class as text, and the probability of each class, <c>[rows][classes]</c>.</summary>
internal sealed record Scored(string[] Predicted, float[][] Probabilities)
{
    public const string ScoreColumn = "Score";

    public static Scored Read(IDataView data) =>
        new([.. data.GetColumn<string>(Predictions.PredictedColumn)], [.. data.GetColumn<float[]>(ScoreColumn)]);

    /// <summary>The largest difference of a probability; infinite where one side has none.</summary>
    public double MaxAbsDiff(Scored other) => Probabilities.Zip(other.Probabilities).SelectMany(row => row.First.Zip(row.Second, Difference)).Max();

    // LINQ's Max passes over NaN, which is no difference only where both sides have it: a sequence without a step.
    private static double Difference(float a, float b) =>
        float.IsNaN(a) && float.IsNaN(b) ? 0 : Math.Abs((double)a - b) is var difference && double.IsNaN(difference) ? double.PositiveInfinity : difference;
}
