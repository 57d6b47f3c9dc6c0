using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetRnn;

/// <summary>What a sliding window is made of; saved with the model as JSON, in which later builds may add fields.</summary>
internal sealed record SlidingWindowSettings
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
    };

    public required string OutputColumnName { get; init; }

    public required ImmutableArray<string> InputColumnNames { get; init; }

    public required int WindowLength { get; init; }

    public required int Horizon { get; init; }

    public required int Stride { get; init; }

    public required string LabelColumnName { get; init; }

    /// <summary>The first target; the first input when the user named none.</summary>
    public required string TargetColumnName { get; init; }

    public string? GroupColumnName { get; init; }

    // The fields from here on are of format 2 and have defaults, so that format 1 is read.

    /// <summary>All targets when there are several, else empty.</summary>
    public ImmutableArray<string> TargetColumnNames { get; init; } = [];

    public ImmutableArray<string> FutureColumnNames { get; init; } = [];

    public ImmutableArray<string> StaticColumnNames { get; init; } = [];

    public string? TimeColumnName { get; init; }

    public WindowPadding Padding { get; init; }

    public MissingValuePolicy MissingValues { get; init; }

    public SeriesGroups Groups { get; init; }

    public TimeGaps TimeGaps { get; init; }

    public TimeSpan? LargestTimeStep { get; init; }

    public double? LargestNumericTimeStep { get; init; }

    public string FutureOutputColumnName { get; init; } = "Future";

    public string StaticOutputColumnName { get; init; } = "Static";

    public string MaskOutputColumnName { get; init; } = "WindowMask";

    /// <summary>The targets, one or several.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Targets => TargetColumnNames.IsDefaultOrEmpty ? [TargetColumnName] : TargetColumnNames;

    /// <summary>What errors call the settings.</summary>
    [JsonIgnore]
    public SettingNames Names { get; init; } = SettingNames.Parameters;

    /// <summary>
    /// The format to save them in: 1 as long as an older build, which knows nothing of the later fields, gives the same rows; else 2.
    /// </summary>
    [JsonIgnore]
    public int Format => TargetColumnNames.Length + FutureColumnNames.Length + StaticColumnNames.Length == 0 && TimeColumnName is null
        && Padding == WindowPadding.None && MissingValues == MissingValuePolicy.Keep && Groups == SeriesGroups.Contiguous ? 1 : 2;

    /// <exception cref="ArgumentException">Something is wrong; the text lists all of it.</exception>
    public static SlidingWindowSettings Create(string outputColumnName, string[] inputColumnNames, int windowLength, int horizon,
        string labelColumnName, string? targetColumnName, string? groupColumnName, int stride)
    {
        var settings = new SlidingWindowSettings
        {
            OutputColumnName = outputColumnName,
            InputColumnNames = inputColumnNames is null ? [] : [.. inputColumnNames],
            WindowLength = windowLength,
            Horizon = horizon,
            Stride = stride,
            LabelColumnName = labelColumnName,
            TargetColumnName = targetColumnName ?? inputColumnNames?.FirstOrDefault() ?? "",
            GroupColumnName = groupColumnName,
        };
        SettingsCheck.Run(settings);
        return settings;
    }

    /// <exception cref="ArgumentException">Something is wrong; the text lists all of it.</exception>
    public static SlidingWindowSettings Create(SlidingWindowOptions options)
    {
        var (inputs, targets) = (Listed(options.InputColumns), Listed(options.TargetColumns));
        var settings = new SlidingWindowSettings
        {
            OutputColumnName = options.OutputColumn,
            InputColumnNames = inputs,
            WindowLength = options.WindowLength,
            Horizon = options.Horizon,
            Stride = options.Stride,
            LabelColumnName = options.LabelColumn,
            TargetColumnName = targets.FirstOrDefault() ?? inputs.FirstOrDefault() ?? "",
            TargetColumnNames = targets.Length > 1 ? targets : [],
            GroupColumnName = options.GroupColumn,
            FutureColumnNames = Listed(options.FutureColumns),
            StaticColumnNames = Listed(options.StaticColumns),
            TimeColumnName = options.TimeColumn,
            Padding = options.Padding,
            MissingValues = options.MissingValues,
            Groups = options.Groups,
            TimeGaps = options.TimeGaps,
            LargestTimeStep = options.LargestTimeStep,
            LargestNumericTimeStep = options.LargestNumericTimeStep,
            FutureOutputColumnName = options.FutureColumn,
            StaticOutputColumnName = options.StaticColumn,
            MaskOutputColumnName = options.MaskColumn,
            Names = SettingNames.Options,
        };
        SettingsCheck.Run(settings);
        return settings;
    }

    /// <summary>The settings as the user gives them.</summary>
    public SlidingWindowOptions ToOptions() => new()
    {
        InputColumns = InputColumnNames,
        TargetColumns = Targets,
        FutureColumns = FutureColumnNames,
        StaticColumns = StaticColumnNames,
        TimeColumn = TimeColumnName,
        GroupColumn = GroupColumnName,
        WindowLength = WindowLength,
        Horizon = Horizon,
        Stride = Stride,
        Padding = Padding,
        MissingValues = MissingValues,
        Groups = Groups,
        TimeGaps = TimeGaps,
        LargestTimeStep = LargestTimeStep,
        LargestNumericTimeStep = LargestNumericTimeStep,
        OutputColumn = OutputColumnName,
        LabelColumn = LabelColumnName,
        FutureColumn = FutureOutputColumnName,
        StaticColumn = StaticOutputColumnName,
        MaskColumn = MaskOutputColumnName,
    };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);

    /// <exception cref="InvalidDataException">The bytes are not settings of a sliding window.</exception>
    public static SlidingWindowSettings FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<SlidingWindowSettings>(json, s_json)
                ?? throw new JsonException("the settings are null.");
            SettingsCheck.Run(settings);
            return settings;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // No inner exception: ML.NET wraps what loading throws, and the base exception must be the clear one.
            throw new InvalidDataException($"The saved sliding window cannot be read: {e.Message} The model file is damaged: save the "
                + "model again.");
        }
    }

    private static ImmutableArray<string> Listed(ImmutableArray<string> names) => names.IsDefault ? [] : names;
}
