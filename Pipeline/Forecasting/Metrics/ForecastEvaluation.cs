using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Reads scored rows once and adds up their errors.</summary>
internal sealed class ForecastEvaluation
{
    private readonly ForecastEvaluationOptions _options;
    private readonly ForecastColumns _columns;
    private readonly HistoryInSample? _history;
    private readonly InSample _window = new();
    private readonly ForecastBaseline _naive2;
    private readonly List<string> _names = []; // of the series by number
    private readonly List<InSample> _inSample = []; // of the series by number, with a history

    /// <exception cref="ArgumentException">An option or a column is wrong; the text lists all problems.</exception>
    public ForecastEvaluation(DataViewSchema schema, ForecastEvaluationOptions options)
    {
        _options = options;
        _columns = ForecastColumns.Find(options, schema);
        _history = options.History is null ? null : new HistoryInSample(options);
        _naive2 = ForecastBaseline.Create(BaselineKind.Naive2, options.SeasonLength);
    }

    /// <exception cref="InvalidOperationException">A row cannot be evaluated, or none has a label.</exception>
    public ForecastingMetrics Read(IDataView data)
    {
        using var cursor = data.GetRowCursor(_columns.All);
        var sums = _columns.Steps > 0 ? Sums(_columns.Steps) : null;
        var row = new Row(cursor, _columns);
        while (cursor.MoveNext())
        {
            var current = row.Read();
            sums ??= Sums(current.Label.Length); // all of variable size: the first row decides
            if (ForecastRowCheck.HasLabel(current, sums, cursor.Position + 1))
                Add(sums, current, row, cursor.Position + 1);
        }
        return (sums ?? Sums(0)).ToMetrics(_columns.Group is null ? null : _names);
    }

    private ForecastErrorSums Sums(int steps) => new(steps, _columns.Targets, _options.ConfidenceLevel, _columns.Levels);

    private void Add(ForecastErrorSums sums, in ForecastRow row, Row source, long number)
    {
        var series = source.Series();
        if (series == _names.Count)
        {
            _names.Add(source.SeriesName());
            if (_history is not null)
                _inSample.Add(_history.Of(_names[^1], sums.Steps));
        }
        sums.Add(series, row.With(InSampleOf(series, source, sums.Steps, number)));
    }

    private InSample? InSampleOf(int series, Row source, int horizon, long number)
    {
        if (_history is not null)
            return _inSample[series];
        if (source.InSample is not { } column)
            return null;
        var values = column.Read();
        foreach (var value in values)
            if (float.IsInfinity(value))
                throw new InvalidOperationException($"Row {number}: a value of '{_options.InSampleColumnName}' is {value}, expected numbers, or "
                    + "NaN where they are not known. Correct the data, for example with a filter.");
        _window.Set(values, _options.SeasonLength, horizon, _naive2);
        return _window;
    }

    /// <summary>The columns of the cursor's current row.</summary>
    private sealed class Row(DataViewRowCursor cursor, ForecastColumns columns)
    {
        private readonly SingleColumn _label = new(cursor, columns.Label!.Value);
        private readonly SingleColumn _forecast = new(cursor, columns.Forecast!.Value);
        private readonly SingleColumn? _lower = Column(cursor, columns.Lower);
        private readonly SingleColumn? _upper = Column(cursor, columns.Upper);
        private readonly SingleColumn? _quantiles = Column(cursor, columns.Quantiles);

        public SingleColumn? InSample { get; } = Column(cursor, columns.InSample);

        /// <summary>The number of the row's series, a new one for a new series.</summary>
        public Func<int> Series { get; } = GroupNumbers.Create(columns.Group).Adding(cursor);

        public Func<string> SeriesName { get; } = columns.Group is { } group ? MlNetRnn.SeriesName.Of(cursor, group) : static () => "";

        public ForecastRow Read() => new()
        {
            Label = _label.Read(),
            Forecast = _forecast.Read(),
            Lower = _lower is null ? default : _lower.Read(),
            Upper = _upper is null ? default : _upper.Read(),
            Quantiles = _quantiles is null ? default : _quantiles.Read(),
        };

        private static SingleColumn? Column(DataViewRow row, DataViewSchema.Column? column) => column is { } found ? new(row, found) : null;
    }
}
