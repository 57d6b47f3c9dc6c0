namespace MlNetRnn;

/// <summary>A series that is not part of a backtest, or not of one of its folds.</summary>
/// <param name="Series">Its name; null where the data is one series.</param>
/// <param name="Fold">The fold, counted from 1; null: all of them.</param>
/// <param name="Reason">Why.</param>
public sealed record BacktestLeftOut(string? Series, int? Fold, string Reason);
