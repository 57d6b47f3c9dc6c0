using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>
/// Adds up the errors of rows of several series: memory grows with the number of series and of steps, not with that of rows. A row's
/// spans are checked by who gives them (<see cref="ForecastRowCheck"/>).
/// </summary>
/// <param name="steps">The number of steps ahead.</param>
/// <param name="targets">The values per step; scaled errors and quantiles are of one.</param>
/// <param name="confidenceLevel">That of the bounds.</param>
/// <param name="levels">Those of the quantiles.</param>
internal sealed class ForecastErrorSums(int steps, int targets = 1, double confidenceLevel = 0.95, double[]? levels = null)
{
    private readonly double[] _levels = levels ?? [];
    private readonly ErrorSums[] _steps = new ErrorSums[steps];
    private readonly List<ErrorSums> _series = [];
    private bool _hasInSample, _hasBounds, _isOriginOfSeries;

    public int Steps => steps;

    public int Targets => targets;

    public IReadOnlyList<ErrorSums> Series => _series;

    /// <summary>The values per step of the quantiles.</summary>
    public int Levels => _levels.Length;

    /// <summary>Adds a row, with one label at least, of a series that is named by its number.</summary>
    public void Add(int series, in ForecastRow row)
    {
        if (series >= _series.Count)
            CollectionsMarshal.SetCount(_series, series + 1); // new elements are zero
        ref var sums = ref CollectionsMarshal.AsSpan(_series)[series];
        var inSample = row.InSample is { Scale.IsUsable: true } usable ? usable : null;
        sums.Rows++;
        sums.ScaledRows += inSample is null ? 0 : 1;
        _hasInSample |= row.InSample is not null;
        _hasBounds |= !row.Lower.IsEmpty;
        _isOriginOfSeries |= row.InSample is { IsOfSeries: true };
        for (var i = 0; i < row.Label.Length; i++)
        {
            if (float.IsNaN(row.Label[i]))
                continue;
            Add(ref sums, row, i, inSample);
            Add(ref _steps[i / targets], row, i, inSample);
        }
    }

    private void Add(ref ErrorSums sums, in ForecastRow row, int i, InSample? inSample)
    {
        var label = (double)row.Label[i];
        sums.Add(label, row.Forecast[i]);
        if (inSample is not null)
            sums.AddScaled(label, row.Forecast[i], inSample.Naive2[i], inSample.Scale);
        if (!row.Lower.IsEmpty)
            sums.AddInterval(label, row.Lower[i], row.Upper[i]);
        if (!row.Lower.IsEmpty && inSample is not null)
            sums.AddScaledInterval(ForecastMath.IntervalScore(label, row.Lower[i], row.Upper[i], confidenceLevel), inSample.Scale);
        if (_levels.Length > 0)
            sums.AddQuantiles(label, row.Quantiles.Slice(i * _levels.Length, _levels.Length), _levels);
    }

    /// <param name="names">The names of the series by number, or null: the data is one series.</param>
    /// <exception cref="InvalidOperationException">No row was added.</exception>
    public ForecastingMetrics ToMetrics(IReadOnlyList<string>? names = null)
    {
        if (_series.Count == 0)
            throw new InvalidOperationException("No row has a label: every label is NaN, or the data has no rows, and nothing can be "
                + "evaluated. Evaluate on rows whose future is in the data, and check the label column.");
        var total = default(ErrorSums);
        foreach (ref readonly var sums in CollectionsMarshal.AsSpan(_series))
            total.Add(sums);
        var isOriginKnown = !_isOriginOfSeries || _series.TrueForAll(sums => sums.Rows <= 1);
        return new ForecastingMetrics
        {
            MeanAbsoluteError = total.Mae,
            RootMeanSquaredError = Math.Sqrt(total.Mse),
            MeanAbsoluteErrorPerStep = [.. _steps.Select(sums => sums.Mae)], // 0 / 0 is NaN: no label for that step
            RootMeanSquaredErrorPerStep = [.. _steps.Select(sums => Math.Sqrt(sums.Mse))],
            LabelledRows = total.Rows,
            ZeroLabels = total.ZeroLabels,
            MeanAbsolutePercentageError = Mean(sums => sums.Mape),
            SymmetricMeanAbsolutePercentageError = Mean(sums => sums.Smape),
            MeanAbsoluteScaledError = Mean(sums => sums.Mase),
            RootMeanSquaredScaledError = Mean(sums => sums.Rmsse),
            OverallWeightedAverage = isOriginKnown ? Owa() : null,
            WeightedQuantileLoss = QuantileLoss(total),
            MeanScaledIntervalScore = _hasBounds ? Mean(sums => sums.Msis) : null,
            Coverage = _hasBounds ? total.Coverage : null,
            UnscaledRows = _hasInSample ? _series.Sum(sums => sums.Rows - sums.ScaledRows) : 0,
            UnscaledSeries = _hasInSample ? _series.Count(sums => sums is { Rows: > 0, ScaledRows: 0 }) : 0,
            PerStep = [.. _steps.Select(sums => ToRow(sums, isOriginKnown))],
            PerSeries = PerSeries(names),
        };
    }

    /// <summary>The mean of both errors relative to those of Naive2; null where one is missing or Naive2 makes no error.</summary>
    public static double? Owa(double? smape, double? naive2Smape, double? mase, double? naive2Mase)
        => naive2Smape > 0 && naive2Mase > 0 ? ((smape / naive2Smape) + (mase / naive2Mase)) / 2 : null;

    private double? Owa() => Owa(
        Mean(sums => sums.SmapeOfScaled), Mean(sums => sums.Naive2Smape), Mean(sums => sums.Mase), Mean(sums => sums.Naive2Mase));

    private ForecastMetricsRow ToRow(in ErrorSums sums, bool isOriginKnown) => new()
    {
        LabelledValues = sums.Values,
        MeanAbsoluteError = sums.Values > 0 ? sums.Mae : null,
        RootMeanSquaredError = sums.Values > 0 ? Math.Sqrt(sums.Mse) : null,
        MeanAbsolutePercentageError = sums.Mape,
        SymmetricMeanAbsolutePercentageError = sums.Smape,
        MeanAbsoluteScaledError = sums.Mase,
        RootMeanSquaredScaledError = sums.Rmsse,
        OverallWeightedAverage = isOriginKnown ? Owa(sums.SmapeOfScaled, sums.Naive2Smape, sums.Mase, sums.Naive2Mase) : null,
        WeightedQuantileLoss = QuantileLoss(sums),
        MeanScaledIntervalScore = _hasBounds ? sums.Msis : null,
        Coverage = _hasBounds ? sums.Coverage : null,
    };

    private OrderedDictionary<string, ForecastMetricsRow> PerSeries(IReadOnlyList<string>? names)
    {
        var rows = new OrderedDictionary<string, ForecastMetricsRow>();
        for (var i = 0; i < names?.Count && i < _series.Count; i++)
        {
            var row = ToRow(_series[i], !_isOriginOfSeries || _series[i].Rows <= 1);
            if (_series[i].Rows > 0 && !rows.TryAdd(names[i], row))
                rows.Add($"{names[i]} #{i + 1}", row); // a key's value may be the text that stands for another group
        }
        return rows;
    }

    private double? QuantileLoss(in ErrorSums sums) => _levels.Length > 0 ? sums.WeightedQuantileLoss(_levels.Length) : null;

    // Over the series that have it, each counting alike.
    private double? Mean(Func<ErrorSums, double?> measure)
    {
        var (sum, count) = (0.0, 0);
        foreach (var sums in _series)
            if (measure(sums) is { } value)
                (sum, count) = (sum + value, count + 1);
        return count > 0 ? sum / count : null;
    }
}
