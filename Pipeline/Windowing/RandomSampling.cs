using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary>
/// Refuses rows that ML.NET drew or reordered at random: windows over them join rows that are not neighbours, and nothing in the
/// data tells. Found in the chain of views that the rows come through; no row is read.
/// </summary>
internal static class RandomSampling
{
    private const string WindowFirst = "Window all rows first, in time order (var windows = windowing.Fit(data).Transform(data)), then "
        + "split the windows: best by time, ml.Data.ChronologicalSplit(windows, 0.2). CrossValidate(windows, trainer), the trainer "
        + "alone, runs as well, but overlapping windows share rows across its shuffled folds, which leaks and flatters the metrics.";

    /// <exception cref="InvalidOperationException">The rows are a random part of a series, or a shuffled one.</exception>
    public static void Refuse(IDataView input, string? groupColumnName)
    {
        IDataView? above = null;
        for (IDataView? view = input; view is not null; (above, view) = (view, Source(view)))
            if (Fault(view, above, input, groupColumnName) is { } fault)
                throw new InvalidOperationException($"SlidingWindow: {fault}");
    }

    /// <summary>Whether ML.NET put the rows in a random order, so that their last part is not the latest.</summary>
    public static bool IsShuffled(IDataView input)
    {
        for (IDataView? view = input; view is not null; view = Source(view))
            if (view is RowShufflingTransformer)
                return true;
        return false;
    }

    private static string? Fault(IDataView view, IDataView? above, IDataView input, string? groupColumnName) => view switch
    {
        RowShufflingTransformer => "ml.Data.ShuffleRows put the rows in a random order before the windowing, so that windows and labels "
            + "would join rows that are not neighbours. Window the rows in time order; trainers shuffle the windows by themselves.",
        BootstrapSamplingTransformer => "ml.Data.BootstrapSample drew rows at random before the windowing, so that windows and labels "
            + "would span the rows left out. " + WindowFirst,
        GenerateNumberTransform => "rows were left out at random before the windowing, by CrossValidate over a chain that windows, or by "
            + "CrossValidationSplit or TrainTestSplit, so that windows and labels would span the holes. " + WindowFirst,
        RangeFilter filter when SamplingKey(filter, above) is { } key && !IsGroup(key, input, groupColumnName) =>
            $"rows were left out by the values of '{key}' before the windowing (the samplingKeyColumnName of CrossValidate, "
            + "CrossValidationSplit or TrainTestSplit), so that windows and labels may span the holes. Where the column tells series "
            + $"apart, give it to SlidingWindow as groupColumnName{(groupColumnName is null ? "" : $" (now '{groupColumnName}')")}. "
            + "Otherwise: " + WindowFirst,
        _ => null,
    };

    // A split by key adds a column made from the key, filters by it, and drops it again. A random split makes that column of nothing.
    private static string? SamplingKey(RangeFilter filter, IDataView? above)
    {
        var column = filter.Source.Schema[^1];
        var dropped = above is not null && above.Schema.GetColumnOrNull(column.Name) is null;
        if (!dropped || !column.Name.Contains("SplitColumn", StringComparison.Ordinal))
            return null;
        var key = Origin(filter.Source, column);
        return key == column.Name ? null : key;
    }

    // Whole groups may be left out: no window crosses from one to the next.
    private static bool IsGroup(string key, IDataView input, string? groupColumnName)
        => groupColumnName is not null && key == Origin(input, input.Schema[groupColumnName]);

    // The column that another was copied, converted, hashed or encoded from, as far up as one column was made from one.
    private static string Origin(IDataView view, DataViewSchema.Column column)
    {
        for (var source = Source(view); source is not null; (view, source) = (source, Source(source)))
        {
            var read = view is IRowToRowMapper mapper
                ? mapper.GetDependencies([column]).ToArray()
                : [.. source.Schema.Where(c => c.Name == column.Name && !c.IsHidden)];
            if (read.Length != 1)
                break;
            column = read[0];
        }
        return column.Name;
    }

    private static IDataView? Source(IDataView view) => view is IDataTransform transform ? transform.Source : KeptSource(view);

    // A cache, a filter by a predicate and our own views are no IDataTransform: what they read is the one view among their fields.
    // Others' views are not looked into: they may put rows in order.
    private static IDataView? KeptSource(IDataView view)
    {
        var assembly = view.GetType().Assembly.GetName().Name ?? "";
        if (!assembly.StartsWith("Microsoft.ML.", StringComparison.Ordinal) && assembly is not ("MlNetRnn.Pipeline" or "MlNetRnn.Export"))
            return null;
        var kept = Fields(view.GetType()).Where(field => field.FieldType == typeof(IDataView)).ToArray();
        return kept.Length == 1 ? (IDataView?)kept[0].GetValue(view) : null;
    }

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (Type? current = type; current is not null; current = current.BaseType)
            foreach (var field in current.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly))
                yield return field;
    }
}
