namespace MlNetRnn;

/// <summary>What a column beside the window is to a forecasting model.</summary>
public enum CovariateKind
{
    /// <summary>Values of each step of the horizon that are known ahead, <c>[horizon, values]</c>.</summary>
    Future,

    /// <summary>Numbers that do not change within a series.</summary>
    Static,

    /// <summary>A key that does not change within a series: 0 where it is missing, else from 1; it has an embedding.</summary>
    StaticKey,

    /// <summary>Location and scale of the series, which its window is scaled by.</summary>
    SeriesScale,
}

/// <summary>A column beside the window of a forecasting model.</summary>
/// <param name="ColumnName">The column.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Values of it.</param>
/// <param name="Keys">Keys that there are; 0 for numbers.</param>
public sealed record CovariateSummary(string ColumnName, CovariateKind Kind, int Size, int Keys);
