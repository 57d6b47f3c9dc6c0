namespace MlNetRnn;

/// <summary>How much a classifier of sequences relies on one feature.</summary>
/// <param name="Feature">The feature's name from the column's SlotNames (<c>Close</c> for <c>Close[t-19]</c> … <c>Close[t]</c>), or
/// <c>Feature 1</c>, <c>Feature 2</c>, … where it has none.</param>
/// <param name="Accuracy">The share of rows predicted rightly (<c>MicroAccuracy</c> of ML.NET).</param>
/// <param name="MacroAccuracy">The mean recall of the classes that have rows.</param>
/// <param name="LogLoss">The mean of -ln of the probability that the true class was given, at least 1e-15; null where the model gives no
/// <c>Probability</c> (binary) or no vector <c>Score</c> (multiclass).</param>
public sealed record ClassificationFeatureImportance(
    string Feature, MetricChange Accuracy, MetricChange MacroAccuracy, MetricChange? LogLoss);

/// <summary>How much a regression on sequences relies on one feature.</summary>
/// <param name="Feature">The feature's name from the column's SlotNames (<c>Close</c> for <c>Close[t-19]</c> … <c>Close[t]</c>), or
/// <c>Feature 1</c>, <c>Feature 2</c>, … where it has none.</param>
/// <param name="RootMeanSquaredError">The root of the mean squared error, in the label's unit.</param>
/// <param name="MeanAbsoluteError">The mean absolute error, in the label's unit.</param>
public sealed record RegressionFeatureImportance(string Feature, MetricChange RootMeanSquaredError, MetricChange MeanAbsoluteError);
