using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The annotations by which windowed columns tell later steps (splits, trainers) how they were made. Annotations survive
/// cache, take, filter, shuffle, split and the copying of columns; they are lost when a column is converted.
/// </summary>
internal static class WindowAnnotations
{
    /// <summary>On the window column: rows per window.</summary>
    public const string WindowLength = "MlNetRnn.WindowLength";

    /// <summary>On the window column: <see cref="PaddedAtStart"/> where leading steps that are NaN in every value are not there; absent
    /// where every window is full.</summary>
    public const string Padding = "MlNetRnn.Padding";

    /// <summary>The value of <see cref="Padding"/> for windows that are padded before the beginning of their series.</summary>
    public const int PaddedAtStart = 1;

    /// <summary>On the window column: the name of the group column where windows of several groups take turns; absent where the windows of
    /// a series follow one another.</summary>
    public const string InterleavedBy = "MlNetRnn.InterleavedBy";

    /// <summary>On the label column: how many rows after the anchor row the label reaches.</summary>
    public const string Horizon = "MlNetRnn.Horizon";

    /// <summary>On the label column: rows between one anchor and the next.</summary>
    public const string Stride = "MlNetRnn.Stride";

    /// <summary>On the label column: which value of a window's step is the target; absent when it is not an input.</summary>
    public const string TargetFeature = "MlNetRnn.TargetFeature";

    /// <summary>
    /// On the label column of several targets, Vector&lt;Int32, targets&gt;: which value of a window's step each target is, -1 when it is
    /// not an input. For one target see <see cref="TargetFeature"/>.
    /// </summary>
    public const string TargetFeatures = "MlNetRnn.TargetFeatures";

    /// <summary>On the label column: the name of the column that tells series apart; absent where the data is one series.</summary>
    public const string GroupColumn = "MlNetRnn.GroupColumn";

    /// <summary>On a column of quantiles, Vector&lt;Single, levels&gt;: their levels, each between 0 and 1, in the column's
    /// order.</summary>
    public const string Quantiles = "MlNetRnn.Quantiles";

    /// <summary>The text of a text annotation, or null when the column does not have it.</summary>
    public static string? GetText(DataViewSchema.Column column, string name)
    {
        if (column.Annotations.Schema.GetColumnOrNull(name) is not { Type: TextDataViewType })
            return null;
        var value = default(ReadOnlyMemory<char>);
        column.Annotations.GetValue(name, ref value);
        return value.ToString();
    }

    /// <summary>The value of an int32 annotation, or null when the column does not have it.</summary>
    public static int? GetInt(DataViewSchema.Column column, string name)
    {
        if (column.Annotations.Schema.GetColumnOrNull(name) is not { } annotation || annotation.Type != NumberDataViewType.Int32)
            return null;
        var value = 0;
        column.Annotations.GetValue(name, ref value);
        return value;
    }

    /// <summary>The values of an int32 vector annotation, or null when the column does not have it.</summary>
    public static int[]? GetInts(DataViewSchema.Column column, string name)
    {
        if (column.Annotations.Schema.GetColumnOrNull(name) is not { Type: VectorDataViewType vector }
            || vector.ItemType != NumberDataViewType.Int32)
            return null;
        var value = default(VBuffer<int>);
        column.Annotations.GetValue(name, ref value);
        return [.. value.DenseValues()];
    }

    /// <summary>The values of a vector annotation of Single, or null when the column does not have it.</summary>
    public static float[]? GetSingles(DataViewSchema.Column column, string name)
    {
        if (column.Annotations.Schema.GetColumnOrNull(name) is not { Type: VectorDataViewType vector }
            || vector.ItemType != NumberDataViewType.Single)
            return null;
        var value = default(VBuffer<float>);
        column.Annotations.GetValue(name, ref value);
        return [.. value.DenseValues()];
    }

    /// <summary>Whether leading steps of a column's sequences that are NaN in every value are not there.</summary>
    public static bool IsPadded(DataViewSchema.Column column) => GetInt(column, Padding) == PaddedAtStart;

    /// <summary>The first column of a view that has an int32 annotation, and its value; null when none has.</summary>
    public static int? FindInt(DataViewSchema schema, string name)
        => schema.Select(column => GetInt(column, name)).FirstOrDefault(value => value is not null);

    internal static void AddText(this DataViewSchema.Annotations.Builder builder, string name, string text)
        => builder.AddPrimitiveValue(name, TextDataViewType.Instance, text.AsMemory());

    internal static void AddInt(this DataViewSchema.Annotations.Builder builder, string name, int value)
        => builder.AddPrimitiveValue(name, NumberDataViewType.Int32, value);

    internal static void AddInts(this DataViewSchema.Annotations.Builder builder, string name, int[] values)
        => builder.Add(name, new VectorDataViewType(NumberDataViewType.Int32, values.Length),
            (ref VBuffer<int> value) => VBuffer<int>.Copy(values, 0, ref value, values.Length));

    internal static void AddSingles(this DataViewSchema.Annotations.Builder builder, string name, float[] values)
        => builder.Add(name, new VectorDataViewType(NumberDataViewType.Single, values.Length),
            (ref VBuffer<float> value) => VBuffer<float>.Copy(values, 0, ref value, values.Length));
}
