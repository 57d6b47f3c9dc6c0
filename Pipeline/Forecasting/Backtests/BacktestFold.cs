using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>One origin of a backtest: the model that knew the rows up to it, and how good its forecasts of the next ones are.</summary>
public sealed record BacktestFold
{
    /// <summary>Its number, counted from 1, the earliest first.</summary>
    public required int Number { get; init; }

    /// <summary>The rows that the pipeline was fitted on: those of the first fold where it is not fitted anew.</summary>
    public required long TrainingRows { get; init; }

    /// <summary>The number of series that were forecast.</summary>
    public required int Series { get; init; }

    /// <summary>How long fitting took; zero where the model is that of the first fold.</summary>
    public required TimeSpan FitTime { get; init; }

    /// <summary>How good the model's forecasts are.</summary>
    public required ForecastingMetrics Metrics { get; init; }

    /// <summary>How good the baselines' forecasts of the same values are, by name.</summary>
    public required ImmutableDictionary<string, ForecastingMetrics> Baselines { get; init; }
}
