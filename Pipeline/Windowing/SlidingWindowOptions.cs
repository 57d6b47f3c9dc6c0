using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>
/// What <see cref="SlidingWindowExtensions.SlidingWindow(Microsoft.ML.TransformsCatalog, SlidingWindowOptions)"/> makes of a series.
/// Immutable: change it by <c>with</c>. For the row t that ends a window, called its anchor:
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Values</description></listheader>
/// <item><term><see cref="OutputColumn"/></term><description>Vector&lt;Single, window, inputs&gt;: the inputs of rows t-window+1 … t,
/// oldest first (twice as many values per step by <see cref="MissingValuePolicy.Mask"/>).</description></item>
/// <item><term><see cref="LabelColumn"/></term><description>The targets of rows t+1 … t+horizon, NaN where they are not in the series: a
/// Single for one target and a horizon of 1, Vector&lt;Single, horizon&gt; for one target, Vector&lt;Single, horizon, targets&gt; for
/// several.</description></item>
/// <item><term><see cref="FutureColumn"/></term><description>Vector&lt;Single, horizon, futures&gt;: the future-known columns of rows
/// t+1 … t+horizon, NaN past the end of the series; with <see cref="FutureColumns"/> only.</description></item>
/// <item><term><see cref="StaticColumn"/></term><description>Vector&lt;Single, statics&gt;: the static columns; with
/// <see cref="StaticColumns"/> only.</description></item>
/// <item><term><see cref="MaskColumn"/></term><description>Vector&lt;Single, window&gt;: 1 for a step of the series, 0 for a padded one;
/// with <see cref="WindowPadding.Start"/> only.</description></item>
/// </list>
/// The other columns of the anchor row pass through, the time and the group among them.
/// </remarks>
public sealed record SlidingWindowOptions
{
    /// <summary>The columns of each step: Single, Double or integers, or vectors of them of a known size. At least one.</summary>
    public ImmutableArray<string> InputColumns { get; init; } = [];

    /// <summary>The scalar columns to predict; they need not be inputs. Default: the first input.</summary>
    public ImmutableArray<string> TargetColumns { get; init; } = [];

    /// <summary>Numeric columns whose values are known ahead of time (holidays, prices set in advance). Default: none.</summary>
    public ImmutableArray<string> FutureColumns { get; init; } = [];

    /// <summary>
    /// Numeric columns that do not change within a series; a change is an error. Default: none. Keys and text pass through by
    /// themselves.
    /// </summary>
    public ImmutableArray<string> StaticColumns { get; init; } = [];

    /// <summary>
    /// The column that tells when a row is: DateTime, DateTimeOffset, TimeSpan or a number, increasing from row to row of a series,
    /// else reading fails. Default: null, rows are taken to be in order.
    /// </summary>
    public string? TimeColumn { get; init; }

    /// <summary>A scalar column (text, key, number, …) that tells series apart. Default: null, the data is one series.</summary>
    public string? GroupColumn { get; init; }

    /// <summary>The number of rows in a window, at least 1. To be given.</summary>
    public int WindowLength { get; init; }

    /// <summary>The number of rows to predict, at least 1. Default: 1.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>The number of rows from one window to the next within a series, at least 1. Default: 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Whether rows that have too few rows before them get windows too. Default: they are dropped.</summary>
    public WindowPadding Padding { get; init; }

    /// <summary>What becomes of missing values in windows. Default: they are kept.</summary>
    public MissingValuePolicy MissingValues { get; init; }

    /// <summary>How the rows of the groups lie in the data. Default: those of each group follow one another.</summary>
    public SeriesGroups Groups { get; init; }

    /// <summary>What becomes of gaps in the time column. Default: an error.</summary>
    public TimeGaps TimeGaps { get; init; }

    /// <summary>
    /// The largest step of a <see cref="TimeColumn"/> of DateTime, DateTimeOffset or TimeSpan that is no gap. Default: null, 1.5 times
    /// the smallest step seen so far in the group. Set it where steps differ, as business days do (4 days, say).
    /// </summary>
    public TimeSpan? LargestTimeStep { get; init; }

    /// <summary>The largest step of a <see cref="TimeColumn"/> of numbers that is no gap; as <see cref="LargestTimeStep"/>.</summary>
    public double? LargestNumericTimeStep { get; init; }

    /// <summary>The window column. Default: Window. An existing column of that name is shadowed.</summary>
    public string OutputColumn { get; init; } = "Window";

    /// <summary>The label column. Default: Label. The source must not have a column of that name.</summary>
    public string LabelColumn { get; init; } = "Label";

    /// <summary>The column of the future-known values. Default: Future. The source must not have a column of that name.</summary>
    public string FutureColumn { get; init; } = "Future";

    /// <summary>The column of the static values. Default: Static. The source must not have a column of that name.</summary>
    public string StaticColumn { get; init; } = "Static";

    /// <summary>The mask of padded windows. Default: WindowMask. The source must not have a column of that name.</summary>
    public string MaskColumn { get; init; } = "WindowMask";
}
