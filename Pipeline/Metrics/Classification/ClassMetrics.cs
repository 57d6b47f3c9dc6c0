namespace MlNetRnn;

/// <summary>How well one class was found. What has a denominator of 0 is 0.</summary>
/// <param name="Label">The class as text, in the invariant culture.</param>
/// <param name="Precision">The share of the rows predicted as this class that are of it.</param>
/// <param name="Recall">The share of the rows of this class that were predicted as it; a row without a prediction was not.</param>
/// <param name="F1">The harmonic mean of precision and recall.</param>
/// <param name="Support">The number of rows of this class.</param>
public sealed record ClassMetrics(string Label, double Precision, double Recall, double F1, long Support);

/// <summary>Averages over all classes, of which those without a row count in the macro average and not in the weighted one.</summary>
/// <param name="Precision">The mean precision.</param>
/// <param name="Recall">The mean recall.</param>
/// <param name="F1">The mean of the classes' F1.</param>
public sealed record AverageMetrics(double Precision, double Recall, double F1);
