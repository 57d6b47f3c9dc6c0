using System.Collections.Immutable;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Compares the forecasts of all folds with what came, and with the baselines' from the same values.</summary>
internal sealed class BacktestScores
{
    private readonly BacktestSeries _series;
    private readonly BacktestPlan _plan;
    private readonly BacktestOptions _options;
    private readonly int _horizon;
    private readonly double[] _levels;
    private readonly BacktestMethod _model;
    private readonly (BacktestMethod Method, BaselineForecaster Forecaster)[] _baselines;
    private readonly ForecastBaseline _naive2;
    private readonly InSample _inSample = new();
    private readonly string[]? _names;

    private BacktestScores(BacktestSeries series, BacktestPlan plan, BacktestOptions options, int horizon, double[] levels)
    {
        (_series, _plan, _options, _horizon, _levels) = (series, plan, options, horizon, levels);
        _model = new(options.ModelName, horizon, options.ConfidenceLevel, levels);
        _baselines = [.. Kinds(options).Select(kind => (new BacktestMethod($"{kind}", horizon, options.ConfidenceLevel, levels),
            new BaselineForecaster(ForecastBaseline.Create(kind, options.SeasonLength, options.MovingAverageLength), horizon,
                options.ConfidenceLevel, levels)))];
        _naive2 = ForecastBaseline.Create(BaselineKind.Naive2, options.SeasonLength);
        _names = series.Names.Column is null ? null : [.. Enumerable.Range(0, series.Count).Select(s => series.Names.Name(s)!)];
    }

    /// <summary>By row of the result: the fold, counted from 0, the series, and the rows up to the origin.</summary>
    public List<(int Fold, int Series, long Origin)> Origins { get; } = [];

    /// <summary>The model, then the baselines.</summary>
    public IEnumerable<BacktestMethod> Methods => [_model, .. _baselines.Select(baseline => baseline.Method)];

    /// <summary>The result of all folds.</summary>
    public static BacktestResult Compute(BacktestSeries series, BacktestPlan plan, FoldForecasts[] folds, BacktestOptions options, int horizon)
    {
        var scores = new BacktestScores(series, plan, options, horizon, Levels(folds[0].Forecasts.Columns, horizon, folds[0].Forecasts.Horizon));
        var done = folds.Select(fold => scores.Add(fold)).ToImmutableArray();
        var baselines = scores._baselines.ToImmutableDictionary(b => b.Method.Name, b => b.Method.All(scores._names));
        return new BacktestResult(scores.Tables())
        {
            Horizon = horizon,
            SeasonLength = options.SeasonLength,
            ModelName = options.ModelName,
            Folds = done,
            Metrics = scores._model.All(scores._names),
            Baselines = baselines,
            LeftOut = [.. plan.LeftOut],
        };
    }

    private static IEnumerable<BaselineKind> Kinds(BacktestOptions options) => Enum.GetValues<BaselineKind>().Where(kind =>
        options.Baselines.HasFlag(Enum.Parse<BacktestBaselines>($"{kind}")) && (kind != BaselineKind.SeasonalNaive || options.SeasonLength > 1));

    // Of quantiles that tell their levels; others cannot be compared.
    private static double[] Levels(ForecastOutputs columns, int horizon, int modelHorizon)
    {
        if (columns.Quantiles is not { } column || horizon < 1 || WindowAnnotations.GetSingles(column, WindowAnnotations.Quantiles) is not { } levels)
            return [];
        return levels.Length * modelHorizon == SingleColumn.Size(column) ? [.. levels.Select(QuantileLevels.FromSingle)] : [];
    }

    private BacktestFold Add(FoldForecasts fold)
    {
        var before = Origins.Count;
        for (var i = 0; i < fold.Series.Length; i++)
            Add(fold, i);
        if (Origins.Count == before)
            throw new InvalidOperationException($"Backtest: no series of fold {fold.Fold + 1} of {_plan.Folds} can be forecast: "
                + $"{_plan.LeftOut.FindLast(left => left.Fold == fold.Fold + 1)?.Reason}.");
        return new()
        {
            Number = fold.Fold + 1,
            TrainingRows = _plan.Rows(_options.Refit ? fold.Fold : 0),
            Series = Origins.Count - before,
            FitTime = fold.FitTime,
            Metrics = _model.EndFold(_names),
            Baselines = _baselines.ToImmutableDictionary(b => b.Method.Name, b => b.Method.EndFold(_names)),
        };
    }

    private void Add(FoldForecasts fold, int i)
    {
        var (forecasts, series) = (fold.Forecasts, fold.Series[i]);
        var origin = (int)_plan.Origin(fold.Fold, series);
        var values = _series.Values(series);
        var past = values[..origin];
        var actual = values.Slice(origin, _horizon);
        var reason = forecasts.Reasons[i] ?? (IsUnknown(past) ? "all its values up to the origin are missing" : null);
        if (reason is not null)
        {
            _plan.LeftOut.Add(new(_series.Names.Name(series), fold.Fold + 1, reason));
            return;
        }
        Origins.Add((fold.Fold, series, origin));
        _inSample.Set(past, _options.SeasonLength, _horizon, _naive2);
        _model.Add(series, Row(forecasts, i, actual));
        foreach (var (method, forecaster) in _baselines)
            method.Add(series, forecaster.Forecast(past, actual, _inSample));
    }

    private ForecastRow Row(SeriesForecasts forecasts, int i, ReadOnlySpan<float> actual)
    {
        var columns = forecasts.Columns;
        var hasBounds = columns.Lower is not null && columns.Upper is not null;
        return new()
        {
            Label = actual,
            Forecast = forecasts.Values("Forecast", i).AsSpan(0, _horizon),
            Lower = hasBounds ? forecasts.Values(ForecastOutputs.LowerBound, i).AsSpan(0, _horizon) : [],
            Upper = hasBounds ? forecasts.Values(ForecastOutputs.UpperBound, i).AsSpan(0, _horizon) : [],
            Quantiles = _levels.Length > 0 ? forecasts.Values(ForecastOutputs.QuantilesName, i).AsSpan(0, _horizon * _levels.Length) : [],
            InSample = _inSample,
        };
    }

    private static bool IsUnknown(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
            if (!float.IsNaN(value))
                return false;
        return true;
    }

    private ImmutableDictionary<string, IDataView> Tables()
        => Methods.ToImmutableDictionary(method => method.Name, method => BacktestTable.Create(_series, Origins, method, _horizon));
}
