using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>Finds everything that is wrong with the settings of a window before there is data.</summary>
internal static class SettingsCheck
{
    /// <exception cref="ArgumentException">Something is wrong; the text lists all of it.</exception>
    public static void Run(SlidingWindowSettings settings)
    {
        var problems = new Problems();
        CheckOutputs(settings, problems);
        CheckNumbers(settings, problems);
        CheckColumns(settings, problems);
        CheckGroups(settings, problems);
        CheckTime(settings, problems);
        CheckDefined(settings.Padding, nameof(SlidingWindowOptions.Padding), problems);
        CheckDefined(settings.MissingValues, nameof(SlidingWindowOptions.MissingValues), problems);
        problems.ThrowIfAny("SlidingWindow");
    }

    private static void CheckOutputs(SlidingWindowSettings settings, Problems problems)
    {
        var (names, output, label) = (settings.Names, settings.OutputColumnName, settings.LabelColumnName);
        problems.AddIf(string.IsNullOrEmpty(output), $"{names.Output} is empty: name the column that receives the window.");
        problems.AddIf(string.IsNullOrEmpty(label), $"{names.Label} is empty: name the column that receives the label, such as "
            + "\"Label\".");
        problems.AddIf(!string.IsNullOrEmpty(output) && output == label,
            $"{names.Output} and {names.Label} are both '{output}': the window and the label need different names.");
        var used = new List<(string Name, string Setting)> { (output, names.Output), (label, names.Label) };
        foreach (var (name, setting) in CarriedOutputs(settings))
        {
            if (string.IsNullOrEmpty(name))
                problems.Add($"{setting} is empty: name a column that receives these values, such as \"{Default(setting)}\".");
            else if (used.Find(other => other.Name == name) is { Setting: { } other })
                problems.Add($"{other} and {setting} are both '{name}': give them different names.");
            used.Add((name, setting));
        }
    }

    /// <summary>The output columns besides window and label that the settings ask for, with the option that names each.</summary>
    public static IEnumerable<(string Name, string Setting)> CarriedOutputs(SlidingWindowSettings settings)
    {
        if (!settings.FutureColumnNames.IsDefaultOrEmpty)
            yield return (settings.FutureOutputColumnName, nameof(SlidingWindowOptions.FutureColumn));
        if (!settings.StaticColumnNames.IsDefaultOrEmpty)
            yield return (settings.StaticOutputColumnName, nameof(SlidingWindowOptions.StaticColumn));
        if (settings.Padding != WindowPadding.None)
            yield return (settings.MaskOutputColumnName, nameof(SlidingWindowOptions.MaskColumn));
    }

    private static string Default(string setting) => setting switch
    {
        nameof(SlidingWindowOptions.FutureColumn) => "Future",
        nameof(SlidingWindowOptions.StaticColumn) => "Static",
        _ => "WindowMask",
    };

    private static void CheckNumbers(SlidingWindowSettings settings, Problems problems)
    {
        var names = settings.Names;
        problems.AddIf(settings.WindowLength < 1,
            $"{names.WindowLength} is {settings.WindowLength}, expected at least 1: the number of rows in a window.");
        problems.AddIf(settings.Horizon < 1,
            $"{names.Horizon} is {settings.Horizon}, expected at least 1: the number of rows to predict (1 is the next row).");
        problems.AddIf(settings.Stride < 1,
            $"{names.Stride} is {settings.Stride}, expected at least 1: the number of rows from one window to the next.");
    }

    private static void CheckColumns(SlidingWindowSettings settings, Problems problems)
    {
        var (names, inputs) = (settings.Names, settings.InputColumnNames);
        problems.AddIf(inputs.IsDefaultOrEmpty, $"{names.Inputs} is empty: name at least one numeric column.");
        CheckList(names.Inputs, inputs, problems);
        CheckList(names.Target, settings.TargetColumnNames, problems);
        CheckList(nameof(SlidingWindowOptions.FutureColumns), settings.FutureColumnNames, problems);
        CheckList(nameof(SlidingWindowOptions.StaticColumns), settings.StaticColumnNames, problems);
        problems.AddIf(string.IsNullOrEmpty(settings.TargetColumnName) && settings.TargetColumnNames.IsDefaultOrEmpty
            && !inputs.IsDefaultOrEmpty && !inputs.Any(string.IsNullOrEmpty),
            $"{names.Target} is empty: name a column, or leave it {(names == SettingNames.Options ? "out" : "null")} to predict the first "
                + "input.");
        foreach (var name in settings.Targets.Intersect(settings.FutureColumnNames).Where(name => !string.IsNullOrEmpty(name)))
            problems.Add($"'{name}' is a target and in FutureColumns: what is to be predicted cannot be known ahead. Take it out of one of "
                + "them.");
    }

    private static void CheckList(string setting, ImmutableArray<string> columns, Problems problems)
    {
        if (columns.IsDefaultOrEmpty)
            return;
        problems.AddIf(columns.Any(string.IsNullOrEmpty), $"{setting} holds an empty name: every entry must name a column.");
        foreach (var (name, count) in columns.Where(name => !string.IsNullOrEmpty(name)).CountBy(name => name))
            problems.AddIf(count > 1, $"{setting} holds '{name}' {count} times: name each column once.");
    }

    private static void CheckGroups(SlidingWindowSettings settings, Problems problems)
    {
        problems.AddIf(settings.GroupColumnName is "",
            $"{settings.Names.Group} is empty: name a column, or leave it null when the data is one series.");
        problems.AddIf(settings.Groups == SeriesGroups.Interleaved && settings.GroupColumnName is null,
            "Groups is Interleaved, but there is no GroupColumn: name the column that tells the series apart.");
        CheckDefined(settings.Groups, nameof(SlidingWindowOptions.Groups), problems);
    }

    private static void CheckTime(SlidingWindowSettings settings, Problems problems)
    {
        var (step, number) = (settings.LargestTimeStep, settings.LargestNumericTimeStep);
        problems.AddIf(settings.TimeColumnName is "", "TimeColumn is empty: name a column, or leave it null when rows have no time.");
        problems.AddIf(settings.TimeColumnName is null && (step is not null || number is not null || settings.TimeGaps != TimeGaps.Error),
            "There is no TimeColumn, but TimeGaps or a largest step is given: name the column that tells when a row is.");
        problems.AddIf(step <= TimeSpan.Zero, $"LargestTimeStep is {step}, expected more than zero: the largest step that is no gap.");
        problems.AddIf(number is { } value && !(value > 0 && double.IsFinite(value)),
            $"LargestNumericTimeStep is {number}, expected a finite number more than 0: the largest step that is no gap. For no gaps at "
                + "all choose TimeGaps.Ignore.");
        problems.AddIf(step is not null && number is not null,
            "LargestTimeStep and LargestNumericTimeStep are both given: give the one for the type of the time column.");
        problems.AddIf(settings.TimeGaps == TimeGaps.Ignore && (step is not null || number is not null),
            "TimeGaps is Ignore, but a largest step is given: leave it out, or choose TimeGaps.Error or NewSeries.");
        CheckDefined(settings.TimeGaps, nameof(SlidingWindowOptions.TimeGaps), problems);
    }

    private static void CheckDefined<T>(T value, string setting, Problems problems)
        where T : struct, Enum
        => problems.AddIf(!Enum.IsDefined(value), $"{setting} is {value}, expected one of {string.Join(", ", Enum.GetNames<T>())}.");
}
