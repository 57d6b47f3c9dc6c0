namespace MlNetRnn;

/// <summary>What errors call the settings: as the caller wrote them, by parameters or by options.</summary>
internal sealed record SettingNames(string Output, string Inputs, string WindowLength, string Horizon, string Stride, string Label,
    string Target, string Group)
{
    public static SettingNames Parameters { get; } = new("outputColumnName", "inputColumnNames", "windowLength", "horizon", "stride",
        "labelColumnName", "targetColumnName", "groupColumnName");

    public static SettingNames Options { get; } = new(nameof(SlidingWindowOptions.OutputColumn), nameof(SlidingWindowOptions.InputColumns),
        nameof(SlidingWindowOptions.WindowLength), nameof(SlidingWindowOptions.Horizon), nameof(SlidingWindowOptions.Stride),
        nameof(SlidingWindowOptions.LabelColumn), nameof(SlidingWindowOptions.TargetColumns), nameof(SlidingWindowOptions.GroupColumn));
}
