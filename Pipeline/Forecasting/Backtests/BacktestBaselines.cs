namespace MlNetRnn;

/// <summary>The methods that a backtest holds beside a model, each made from the values of a series up to the origin.</summary>
[Flags]
public enum BacktestBaselines
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The last value.</summary>
    Naive = 1,

    /// <summary>The value a season ago; left out without a season.</summary>
    SeasonalNaive = 2,

    /// <summary>The line through the first and the last value.</summary>
    Drift = 4,

    /// <summary>The mean of the last values (<see cref="BacktestOptions.MovingAverageLength"/>).</summary>
    MovingAverage = 8,

    /// <summary>Theta, seasonally adjusted (Assimakopoulos and Nikolopoulos, 2000).</summary>
    Theta = 16,

    /// <summary>The last value of the seasonally adjusted series, which the M4 competition compares with.</summary>
    Naive2 = 32,

    /// <summary>All but <see cref="Naive2"/>.</summary>
    Usual = Naive | SeasonalNaive | Drift | MovingAverage | Theta,

    /// <summary>All of them.</summary>
    All = Usual | Naive2,
}
