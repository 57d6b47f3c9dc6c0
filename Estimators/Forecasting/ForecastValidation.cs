namespace MlNetRnn;

/// <summary>Checks forecasting options.</summary>
internal static class ForecastValidation
{
    public static IEnumerable<string> Failures(ForecastOptions forecast, RecurrentOptions options)
    {
        bool isNumber = forecast.Distribution is ForecastDistribution.Mean or ForecastDistribution.Median;
        foreach (var (name, value) in Enums(forecast))
        {
            if (!Enum.IsDefined(value.GetType(), value))
                yield return $"ForecastOptions.{name} is {value}; choose one of {string.Join(", ", Enum.GetNames(value.GetType()))}.";
        }
        if (forecast.SeasonLength < 0)
            yield return $"ForecastOptions.SeasonLength is {forecast.SeasonLength}; it must be at least 1, or 0 for none.";
        if (forecast is { SeasonLength: > 0, Normalization: WindowNormalization.None })
            yield return "ForecastOptions.SeasonLength needs Normalization: the change from the last season is measured in the window's size.";
        if (forecast.Normalization != WindowNormalization.None && options.Scaling?.Difference == true)
            yield return "ForecastOptions.Normalization and Scaling.Difference both say what the network measures from; leave one out.";
        if ((forecast.Normalization == WindowNormalization.Series) != (forecast.SeriesScaleColumnName is not null))
            yield return "ForecastOptions.SeriesScaleColumnName and Normalization Series go together: give both, or neither.";
        if (forecast.Decoder == ForecastDecoder.EncoderDecoder && options.Cell is { } cell && !RecurrentCell.BuiltIn.Contains(cell))
        {
            yield return $"ForecastOptions.Decoder EncoderDecoder begins a layer from given states, which the cell '{cell}' of your own cannot; choose "
                + $"one of {string.Join(", ", RecurrentCell.BuiltIn)}, or Decoder Direct.";
        }
        foreach (string failure in forecast.Decoder == ForecastDecoder.Recursive ? Recursive(forecast, options, isNumber) : [])
            yield return failure;
        if (forecast.StaticColumnNames.IsDefault)
            yield return "ForecastOptions.StaticColumnNames is not set; give [] for none.";
        foreach (string failure in Levels(forecast))
            yield return failure;
        if (isNumber && forecast.QuantilesColumnName is not null)
            yield return $"ForecastOptions.QuantilesColumnName is given, but Distribution {forecast.Distribution} has no quantiles; choose Quantiles, Normal or StudentT.";
        if (isNumber && forecast is { HasBounds: true, ConformalCalibration: false })
            yield return $"ForecastOptions asks for bounds, but Distribution {forecast.Distribution} has none without ConformalCalibration; turn it on, or choose Quantiles, Normal or StudentT.";
        if (forecast.HasBounds && (forecast.ConfidenceLowerBoundColumn is null || forecast.ConfidenceUpperBoundColumn is null))
            yield return "ForecastOptions gives one of ConfidenceLowerBoundColumn and ConfidenceUpperBoundColumn; give both, or none.";
        string[] names = [.. ForecastModelColumns.Names(forecast)];
        if (Array.Exists(names, string.IsNullOrWhiteSpace))
            yield return "ForecastOptions has an output column without a name; leave a column out by null.";
        if (names.Distinct().Count() < names.Length)
            yield return $"ForecastOptions names output columns {string.Join(", ", names.Select(n => $"'{n}'"))}; give each a name of its own.";
    }

    private static IEnumerable<string> Recursive(ForecastOptions forecast, RecurrentOptions options, bool isNumber)
    {
        if (!isNumber)
            yield return $"ForecastOptions.Decoder Recursive feeds one number back, and Distribution is {forecast.Distribution}; choose Mean or Median.";
        if (forecast.FutureColumnName is { } future)
        {
            yield return $"ForecastOptions.Decoder Recursive forecasts every step alike, and FutureColumnName '{future}' tells of the steps as a whole; leave "
                + "it out, or choose Direct or EncoderDecoder.";
        }
        if (options.AttentionColumnName is { } attention)
            yield return $"ForecastOptions.Decoder Recursive reads another window for each step, and AttentionColumnName '{attention}' asks for the weights of one; leave it out.";
    }

    private static IEnumerable<string> Levels(ForecastOptions forecast)
    {
        if (!(forecast.ConfidenceLevel is > 0 and < 1))
            yield return $"ForecastOptions.ConfidenceLevel is {forecast.ConfidenceLevel}; it must lie between 0 and 1, such as 0.95.";
        if (forecast.QuantilesColumnName is null)
            yield break;
        if (forecast.Quantiles.IsDefaultOrEmpty)
            yield return "ForecastOptions.Quantiles is empty; give levels, such as [0.1, 0.5, 0.9].";
        else if (forecast.Quantiles.Any(q => !(q is > 0 and < 1)) || !forecast.Quantiles.SequenceEqual(forecast.Quantiles.Distinct().Order()))
            yield return $"ForecastOptions.Quantiles is [{string.Join(", ", forecast.Quantiles)}]; levels lie between 0 and 1, in ascending order.";
    }

    private static IEnumerable<(string, Enum)> Enums(ForecastOptions forecast) =>
    [
        (nameof(forecast.Distribution), forecast.Distribution), (nameof(forecast.Normalization), forecast.Normalization),
        (nameof(forecast.Decoder), forecast.Decoder),
    ];
}
