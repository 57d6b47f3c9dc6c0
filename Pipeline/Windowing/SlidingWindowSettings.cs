using System.Collections.Immutable;
using System.Text.Json;

namespace MlNetRnn;

/// <summary>What a sliding window is made of; saved with the model as JSON, in which later builds may add fields.</summary>
internal sealed record SlidingWindowSettings
{
    private static readonly JsonSerializerOptions s_json = new() { RespectNullableAnnotations = true };

    public required string OutputColumnName { get; init; }

    public required ImmutableArray<string> InputColumnNames { get; init; }

    public required int WindowLength { get; init; }

    public required int Horizon { get; init; }

    public required int Stride { get; init; }

    public required string LabelColumnName { get; init; }

    /// <summary>The first input when the user named none.</summary>
    public required string TargetColumnName { get; init; }

    public string? GroupColumnName { get; init; }

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
        settings.Check();
        return settings;
    }

    /// <exception cref="ArgumentException">Something is wrong; the text lists all of it.</exception>
    public void Check()
    {
        var problems = new Problems();
        problems.AddIf(string.IsNullOrEmpty(OutputColumnName), "outputColumnName is empty: name the column that receives the window.");
        problems.AddIf(string.IsNullOrEmpty(LabelColumnName), "labelColumnName is empty: name the column that receives the label, such as "
            + "\"Label\".");
        problems.AddIf(!string.IsNullOrEmpty(OutputColumnName) && OutputColumnName == LabelColumnName,
            $"outputColumnName and labelColumnName are both '{OutputColumnName}': the window and the label need different names.");
        problems.AddIf(WindowLength < 1, $"windowLength is {WindowLength}, expected at least 1: the number of rows in a window.");
        problems.AddIf(Horizon < 1, $"horizon is {Horizon}, expected at least 1: the number of rows to predict (1 is the next row).");
        problems.AddIf(Stride < 1, $"stride is {Stride}, expected at least 1: the number of rows from one window to the next.");
        problems.AddIf(GroupColumnName is "", "groupColumnName is empty: name a column, or leave it null when the data is one series.");
        CheckInputs(problems);
        problems.ThrowIfAny("SlidingWindow");
    }

    private void CheckInputs(Problems problems)
    {
        problems.AddIf(InputColumnNames.IsDefaultOrEmpty, "inputColumnNames is empty: name at least one numeric column.");
        if (InputColumnNames.IsDefaultOrEmpty)
            return;
        problems.AddIf(InputColumnNames.Any(string.IsNullOrEmpty), "inputColumnNames holds an empty name: every entry must name a column.");
        problems.AddIf(TargetColumnName.Length == 0 && !InputColumnNames.Any(string.IsNullOrEmpty),
            "targetColumnName is empty: name a column, or leave it null to predict the first input.");
        foreach (var (name, count) in InputColumnNames.Where(name => !string.IsNullOrEmpty(name)).CountBy(name => name))
            problems.AddIf(count > 1, $"inputColumnNames holds '{name}' {count} times: name each column once.");
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);

    /// <exception cref="InvalidDataException">The bytes are not settings of a sliding window.</exception>
    public static SlidingWindowSettings FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<SlidingWindowSettings>(json, s_json)
                ?? throw new JsonException("the settings are null.");
            settings.Check();
            return settings;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // No inner exception: ML.NET wraps what loading throws, and the base exception must be the clear one.
            throw new InvalidDataException($"The saved sliding window cannot be read: {e.Message} The model file is damaged: save the "
                + "model again.");
        }
    }
}
