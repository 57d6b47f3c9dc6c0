using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetRnn;

/// <summary>What a baseline does; saved with the model as JSON, in which later builds may add fields.</summary>
internal sealed record BaselineSettings
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
    };

    public required BaselineKind Kind { get; init; }

    public required string OutputColumnName { get; init; }

    public required string InputColumnName { get; init; }

    /// <summary>The number of steps ahead; 0 before there is data.</summary>
    public int Horizon { get; init; }

    public required BaselineOptions Options { get; init; }

    [JsonIgnore]
    public bool HasBounds => Options.ConfidenceLowerBoundColumn is not null;

    [JsonIgnore]
    public ImmutableArray<double> Levels => Options.Quantiles.IsDefault ? [] : Options.Quantiles;

    public ForecastBaseline CreateBaseline() => ForecastBaseline.Create(Kind, Options.SeasonLength, Options.MovingAverageLength);

    /// <summary>The columns that are added, with the setting that names each.</summary>
    public IEnumerable<(string? Name, string Setting)> Outputs()
    {
        yield return (OutputColumnName, "outputColumnName");
        if (Options.ConfidenceLowerBoundColumn is not null)
            yield return (Options.ConfidenceLowerBoundColumn, nameof(BaselineOptions.ConfidenceLowerBoundColumn));
        if (Options.ConfidenceUpperBoundColumn is not null)
            yield return (Options.ConfidenceUpperBoundColumn, nameof(BaselineOptions.ConfidenceUpperBoundColumn));
        if (Levels.Length > 0)
            yield return (Options.QuantilesColumnName, nameof(BaselineOptions.QuantilesColumnName));
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);

    /// <exception cref="InvalidDataException">The bytes are not settings of a baseline.</exception>
    public static BaselineSettings FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<BaselineSettings>(json, s_json) ?? throw new JsonException("the settings are null.");
            settings.Check(isFitted: true);
            return settings;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // No inner exception: ML.NET wraps what loading throws, and the base exception must be the clear one.
            throw new InvalidDataException($"The saved forecasting baseline cannot be read: {e.Message} The model file is damaged: save the "
                + "model again.");
        }
    }

    /// <summary>Finds everything that is wrong with the settings before there is data.</summary>
    /// <param name="isFitted">Whether the horizon is known.</param>
    /// <exception cref="ArgumentException">Something is wrong; the text lists all of it.</exception>
    public void Check(bool isFitted)
    {
        var problems = new Problems();
        problems.AddIf(string.IsNullOrEmpty(InputColumnName), "inputColumnName is empty: name the window column.");
        var used = new List<(string? Name, string Setting)> { (InputColumnName, "inputColumnName") };
        foreach (var (name, setting) in Outputs())
        {
            problems.AddIf(string.IsNullOrEmpty(name), $"{setting} is empty: name the column that is to be made.");
            if (!string.IsNullOrEmpty(name) && used.Find(other => other.Name == name) is { Setting: { } other })
                problems.Add($"{other} and {setting} are both '{name}': give them different names.");
            used.Add((name, setting));
        }
        CheckOptions(problems);
        problems.AddIf(isFitted && Horizon < 1, $"the horizon is {Horizon}, expected at least 1.");
        problems.AddIf(!Enum.IsDefined(Kind), $"the method is {Kind}, which is not known.");
        problems.ThrowIfAny($"ForecastBy{Kind}");
    }

    private void CheckOptions(Problems problems)
    {
        problems.AddIf(Options.SeasonLength < 1, $"SeasonLength is {Options.SeasonLength}, expected at least 1: the number of steps in a season, "
            + "1 where there is none.");
        problems.AddIf(Options.MovingAverageLength < 0, $"MovingAverageLength is {Options.MovingAverageLength}, expected at least 1, or 0 for one "
            + "season.");
        problems.AddIf(Options.ConfidenceLowerBoundColumn is null != Options.ConfidenceUpperBoundColumn is null,
            $"ConfidenceLowerBoundColumn is '{Options.ConfidenceLowerBoundColumn}' and ConfidenceUpperBoundColumn "
                + $"'{Options.ConfidenceUpperBoundColumn}': name both columns, or none.");
        QuantileLevels.CheckConfidence(Options.ConfidenceLevel, problems);
        QuantileLevels.Check(nameof(BaselineOptions.Quantiles), Levels, problems);
    }
}
