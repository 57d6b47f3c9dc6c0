namespace MlNetRnn;

/// <summary>What a model forecast from the origins of one fold.</summary>
/// <param name="Fold">The fold, counted from 0.</param>
/// <param name="Series">The series of the fold, by their numbers in the data.</param>
/// <param name="Forecasts">The forecasts, by their numbers in the fold.</param>
/// <param name="FitTime">How long fitting took.</param>
internal sealed record FoldForecasts(int Fold, int[] Series, SeriesForecasts Forecasts, TimeSpan FitTime);
