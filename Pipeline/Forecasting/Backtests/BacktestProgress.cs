namespace MlNetRnn;

/// <summary>How far a backtest is.</summary>
/// <param name="Fold">The fold that this is about, counted from 1.</param>
/// <param name="Folds">The number of folds.</param>
/// <param name="IsDone">False when the fold begins, true when it is forecast.</param>
/// <param name="Elapsed">The time since the fold began.</param>
public sealed record BacktestProgress(int Fold, int Folds, bool IsDone, TimeSpan Elapsed);
