using Microsoft.ML;

namespace MlNetRnn;

/// <summary>The columns of a forecasting model, and what its network must know of them.</summary>
internal static class ForecastModelColumns
{
    /// <summary>The columns that the model adds, in their order.</summary>
    public static IEnumerable<string> Names(ForecastOptions options) =>
        new[] { options.OutputColumnName, options.ConfidenceLowerBoundColumn, options.ConfidenceUpperBoundColumn, options.QuantilesColumnName }
            .OfType<string>();

    public static SequenceModelOutput[] Outputs(TrainingColumns columns, ForecastOptions options)
    {
        var bounds = new[] { options.ConfidenceLowerBoundColumn, options.ConfidenceUpperBoundColumn }.OfType<string>();
        int levels = options.Quantiles.Length;
        return
        [
            .. bounds.Prepend(options.OutputColumnName).Select(name => new SequenceModelOutput(name, columns.LabelSize, IsVector: true, columns.Targets)),
            .. options.QuantilesColumnName is { } quantiles
                ? [new(quantiles, columns.LabelSize * levels, IsVector: true, columns.Targets * levels)]
                : (SequenceModelOutput[])[],
        ];
    }

    /// <exception cref="ArgumentException">The column of windows is not what the options ask for.</exception>
    public static TrainingColumns Complete(
        TrainingColumns columns, DataViewSchema schema, DataViewSchema.Column label, RecurrentOptions options, ForecastOptions forecast, ForecastOutput output)
    {
        int horizon = columns.LabelSize / columns.Targets;
        var covariates = Covariates.Find(schema, forecast, horizon);
        if (!forecast.ReadsWholeWindow)
            return columns with { Forecast = new(columns.Steps, horizon, [], output.Parameters, Masked: false, LinearHighway: false) };
        if (columns.Tokens > 0 || columns.Steps == 0)
        {
            throw new ArgumentException($"Column '{columns.FeatureColumnName}' holds {(columns.Tokens > 0 ? "tokens" : "windows of any number of steps")}; "
                + "ForecastOptions.Normalization, LinearHighway, Decoder and columns beside the window take windows of numbers with a known number "
                + "of steps: let SlidingWindow pad shorter ones (WindowPadding.Start).");
        }
        if (forecast.SeasonLength > columns.Steps)
            throw new ArgumentException($"ForecastOptions.SeasonLength is {forecast.SeasonLength}, but a window has {columns.Steps} steps. Lengthen "
                + "the window or leave the season out.");
        if (forecast.SeriesScaleColumnName is not null && columns.Targets > 1)
        {
            throw new ArgumentException($"Label '{columns.LabelColumnName}' has {columns.Targets} targets, and ForecastOptions.SeriesScaleColumnName tells the "
                + "scale of one. Choose another Normalization.");
        }
        int[] targets = TrainingColumns.TargetFeaturesOf(options.Scaling, label, columns.Features, columns.Targets) ?? throw Unknown(columns);
        if (forecast.Decoder == ForecastDecoder.Recursive && targets.Distinct().Count() < columns.Features)
        {
            throw new ArgumentException($"ForecastOptions.Decoder Recursive makes the next window of its forecasts, and of the {columns.Features} values of a "
                + $"step in '{columns.FeatureColumnName}' only {targets.Distinct().Count()} are targets of label '{columns.LabelColumnName}'. Make every input "
                + "a target (SlidingWindowOptions.TargetColumns), or choose Direct or EncoderDecoder.");
        }
        return columns with
        {
            Forecast = new(columns.Steps, horizon, targets, output.Parameters, columns.VariableLength, forecast.LinearHighway)
            {
                Covariates = covariates,
                Decoder = forecast.Decoder,
                Normalization = forecast.Normalization,
                Season = forecast.SeasonLength,
            },
            Covariates = covariates,
            Units = forecast.Normalization == WindowNormalization.None
                ? null
                : new WindowUnits(forecast.Normalization, columns.Features, targets, forecast.SeasonLength, covariates?.SeriesScaleAt),
            VariableLength = false,
        };
    }

    public static ForecastSummary Summary(TrainingColumns columns, ForecastOptions options, float[] calibration) =>
        new(columns.LabelSize / columns.Targets, columns.Targets, options.Distribution, options.Decoder)
        {
            Normalization = options.Normalization,
            SeasonLength = options.SeasonLength,
            LinearHighway = options.LinearHighway,
            Masked = columns.Forecast!.Masked,
            TargetFeatures = [.. columns.Forecast.TargetFeatures],
            QuantilesColumnName = options.QuantilesColumnName,
            Levels = [.. ForecastOutput.Create(options.Distribution, ForecastLevels.Of(options).All).Levels],
            Quantiles = options.QuantilesColumnName is null ? [] : options.Quantiles,
            ConfidenceLevel = options.HasBounds ? options.ConfidenceLevel : null,
            Calibration = [.. calibration],
            Covariates = columns.Covariates?.Columns ?? [],
            Window = columns.Covariates is null ? null : new(columns.Steps, columns.Features),
        };

    private static ArgumentException Unknown(TrainingColumns columns) => new(
        $"ForecastOptions.Normalization, LinearHighway and Decoder need to know which of the {columns.Features} features each target is, and label "
            + $"'{columns.LabelColumnName}' does not tell. Make every target an input of the window, or set Scaling.TargetFeature (counted from 0).");
}
