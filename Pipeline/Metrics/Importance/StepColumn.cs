using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>A column of sequences as values per step.</summary>
/// <param name="Column">Vector&lt;Single&gt; of a known or a variable size.</param>
/// <param name="Features">Values per step.</param>
internal sealed partial record StepColumn(DataViewSchema.Column Column, int Features)
{
    private readonly bool _padded = WindowAnnotations.IsPadded(Column);

    /// <exception cref="ArgumentException">The column is missing, holds no sequences of Single, or not whole steps.</exception>
    public static StepColumn Find(DataViewSchema schema, string name, int? features)
    {
        if (schema.GetColumnOrNull(name ?? "") is { Type: VectorDataViewType { ItemType: KeyDataViewType } } tokens)
            throw new ArgumentException($"Feature column '{name}' is {tokens.Type}: tokens are one feature, whose importance is that of all there is. "
                + "Expected a vector of Single, steps × features values.");
        var column = SingleColumn.Find(schema, name!, "Feature");
        if (column.Type is not VectorDataViewType { Dimensions.Length: 1 or 2 } vector || (vector.Dimensions is [_, var last] && last == 0))
            throw new ArgumentException($"Feature column '{name}' is {column.Type}, expected a vector of Single: steps × features values, "
                + "where the number of steps may vary.");
        var own = vector.Dimensions.Length == 2 ? vector.Dimensions[1] : (int?)null;
        var found = own ?? features ?? 1;
        if (features is { } given && given != found)
            throw new ArgumentException($"features is {given}, but column '{name}' is {column.Type} with {own} values per step. Leave it out.");
        return vector.Size % found == 0
            ? new StepColumn(column, found)
            : throw new ArgumentException($"features is {found}, but column '{name}' has {vector.Size} values, expected a multiple of it.");
    }

    /// <summary>Leading steps of a row that are padding: NaN in every value, in windows that are padded.</summary>
    /// <exception cref="InvalidOperationException">The row is not whole steps of the column's size.</exception>
    public int Padding(ReadOnlySpan<float> values, long row)
    {
        var expected = SingleColumn.Size(Column);
        if (values.Length % Features != 0 || (expected > 0 && values.Length != expected))
            throw new InvalidOperationException($"Column '{Column.Name}', row {row}: the vector has {values.Length} values, expected "
                + (expected > 0 ? $"{expected} by the column's type {Column.Type}" : $"whole steps of {Features}")
                + ". Correct or filter that row.");
        var first = _padded ? values.IndexOfAnyExcept(float.NaN) : 0;
        return (first < 0 ? values.Length : first) / Features;
    }

    /// <summary>A name per value of a step, [features].</summary>
    public string[] Names()
    {
        var slots = SlotNames();
        return [.. Enumerable.Range(0, Features).Select(feature => Name(slots, feature) ?? $"Feature {feature + 1}")];
    }

    // Names of all steps are one name when they differ in their step alone, as windows have them: Close[t-1], Close[t].
    private string? Name(string[] slots, int feature)
    {
        if (slots.Length == 0 || slots.Length % Features != 0)
            return null;
        var names = slots.Where((_, slot) => slot % Features == feature).Select(name => StepSuffix.Replace(name, "")).Distinct().ToArray();
        return names is [{ Length: > 0 } name] ? name : null;
    }

    private string[] SlotNames()
    {
        if (Column.Annotations.Schema.GetColumnOrNull("SlotNames") is not { Type: VectorDataViewType { ItemType: TextDataViewType } })
            return [];
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        Column.Annotations.GetValue("SlotNames", ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    [GeneratedRegex(@"\[t([+-]\d+)?\]$", RegexOptions.CultureInvariant)]
    private static partial Regex StepSuffix { get; }
}
