using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>What each precision of a model gives and costs on data at hand, side by side. <see cref="ToString"/> is a table.</summary>
/// <param name="Results">A row for each <see cref="OnnxPrecision"/>, <see cref="OnnxPrecision.Float32"/> first.</param>
/// <param name="Rows">Sequences that were scored.</param>
/// <param name="LabelledValues">Labels that the errors are over; 0 where the data has none.</param>
public sealed record OnnxPrecisionReport(ImmutableArray<OnnxPrecisionResult> Results, long Rows, long LabelledValues)
{
    /// <summary>The results of one precision.</summary>
    /// <param name="precision">The precision.</param>
    /// <returns>Its row of <see cref="Results"/>.</returns>
    public OnnxPrecisionResult Of(OnnxPrecision precision) => Results.Single(r => r.Precision == precision);

    /// <summary>The report as a table.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString() => PrecisionTable.Text(this);
}

/// <summary>What one precision of a model gives and costs. Times are those of this machine, at the time they were measured.</summary>
public sealed record OnnxPrecisionResult
{
    /// <summary>The precision.</summary>
    public required OnnxPrecision Precision { get; init; }

    /// <summary>Bytes of the <c>.onnx</c> file of the trained model.</summary>
    public required long FileBytes { get; init; }

    /// <summary><see cref="FileBytes"/> as a share of those in Float32.</summary>
    public required double FileRatio { get; init; }

    /// <summary>Median microseconds of <see cref="SequencePredictor.Predict(ReadOnlySpan{float}, Span{float})"/> for one sequence.</summary>
    public required double MicrosecondsPerCall { get; init; }

    /// <summary>How many times as fast as in Float32 such a call is.</summary>
    public required double CallSpeedup { get; init; }

    /// <summary>Median sequences per second, scored 128 at a time.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>How many times as fast as in Float32 such batches are.</summary>
    public required double BatchSpeedup { get; init; }

    /// <summary>
    /// The largest difference of a prediction from Float32's, in the target's units; infinite where only one of them is a number.
    /// </summary>
    public required double LargestDifference { get; init; }

    /// <summary>The root mean square of those differences.</summary>
    public required double RootMeanSquareDifference { get; init; }

    /// <summary>Root mean squared error over all labelled values; null where the data has no labels.</summary>
    public double? RootMeanSquaredError { get; init; }

    /// <summary><see cref="RootMeanSquaredError"/> above that of Float32; negative where it is lower.</summary>
    public double? RootMeanSquaredErrorChange { get; init; }

    /// <summary>Mean absolute error over all labelled values; null where the data has no labels.</summary>
    public double? MeanAbsoluteError { get; init; }

    /// <summary><see cref="MeanAbsoluteError"/> above that of Float32; negative where it is lower.</summary>
    public double? MeanAbsoluteErrorChange { get; init; }
}
