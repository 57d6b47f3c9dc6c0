using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

internal sealed partial class Sequences
{
    /// <summary>Reads a column of sequences, and a label column when one is named, in one pass of one cursor.</summary>
    /// <param name="data">The data; may have no rows.</param>
    /// <param name="featureColumnName">Vector&lt;Single&gt;: steps × features values per row, of a known or a variable size.</param>
    /// <param name="features">The number of values per step, at least 1.</param>
    /// <param name="labelColumnName">Single or Vector&lt;Single, labelSize&gt;, or null; NaN is kept and means unlabelled.</param>
    /// <param name="labelSize">The number of values per label; not used without a label column.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    /// <exception cref="ArgumentException">A column is missing, or its type or size does not fit.</exception>
    /// <exception cref="InvalidOperationException">A row has a wrong length or a value that is not finite; the text
    /// names the row.</exception>
    public static Sequences Read(IDataView data, string featureColumnName, int features, string? labelColumnName, int labelSize,
        CancellationToken cancellationToken)
        => Read(data, featureColumnName, features, labelColumnName, labelSize, groupColumnName: null, cancellationToken);

    /// <param name="data">The data; may have no rows.</param>
    /// <param name="featureColumnName">Vector&lt;Single&gt;: steps × features values per row, of a known or a variable size.</param>
    /// <param name="features">The number of values per step, at least 1.</param>
    /// <param name="labelColumnName">Single or Vector&lt;Single, labelSize&gt;, or null; NaN is kept and means unlabelled.</param>
    /// <param name="labelSize">The number of values per label; not used without a label column.</param>
    /// <param name="groupColumnName">A scalar that tells series apart, numbered in <see cref="Groups"/>; null: not read.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    /// <inheritdoc cref="Read(IDataView, string, int, string?, int, CancellationToken)"/>
    public static Sequences Read(IDataView data, string featureColumnName, int features, string? labelColumnName, int labelSize,
        string? groupColumnName, CancellationToken cancellationToken)
        => Read(data, featureColumnName, features, labelColumnName, labelSize, groupColumnName, Array.MaxLength, cancellationToken);

    internal static Sequences Read(IDataView data, string featureColumnName, int features, string? labelColumnName, int labelSize,
        int limit, CancellationToken cancellationToken)
        => Read(data, featureColumnName, features, labelColumnName, labelSize, groupColumnName: null, limit, cancellationToken);

    /// <summary>Reads the same columns of further data behind what was read; not their groups.</summary>
    public void ReadFurther(IDataView data, string featureColumnName, string? labelColumnName, CancellationToken cancellationToken)
        => AddRows(data, FeatureColumn(data.Schema, featureColumnName, Features),
            labelColumnName is null ? null : LabelColumn(data.Schema, labelColumnName, LabelSize), group: null, cancellationToken);

    private static Sequences Read(IDataView data, string featureColumnName, int features, string? labelColumnName, int labelSize,
        string? groupColumnName, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var feature = FeatureColumn(data.Schema, featureColumnName, features);
        DataViewSchema.Column? label = labelColumnName is null ? null : LabelColumn(data.Schema, labelColumnName, labelSize);
        var stride = WindowAnnotations.FindInt(data.Schema, WindowAnnotations.Stride) ?? 0;
        var sequences = new Sequences(features, label is null ? 0 : labelSize, stride, limit);
        sequences.AddRows(data, feature, label, SplitPlan.GroupColumn(data.Schema, groupColumnName), cancellationToken);
        return sequences;
    }

    private void AddRows(IDataView data, DataViewSchema.Column feature, DataViewSchema.Column? label, DataViewSchema.Column? group,
        CancellationToken cancellationToken)
    {
        DataViewSchema.Column?[] columns = [feature, label, group];
        using var cursor = data.GetRowCursor(columns.OfType<DataViewSchema.Column>());
        var readFeatures = new SingleColumn(cursor, feature);
        var readLabel = label is { } c ? new SingleColumn(cursor, c) : null;
        var readGroup = group is null ? null : GroupNumbers.Create(group).Adding(cursor);
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddSequence(readFeatures.Read(), feature, cursor.Position + 1);
            if (readLabel is not null)
                AddLabel(readLabel.Read(), label!.Value, cursor.Position + 1);
            if (readGroup is not null)
                _groups.Add(readGroup());
        }
    }

    private void AddSequence(ReadOnlySpan<float> sequence, DataViewSchema.Column column, long row)
    {
        var expected = SingleColumn.Size(column);
        if (expected > 0 && sequence.Length != expected)
            throw new InvalidOperationException($"Column '{column.Name}', row {row}: the vector has {sequence.Length} values, expected "
                + $"{expected} by the column's type {column.Type}. Give every row a vector of that size.");
        if (sequence.Length == 0 || sequence.Length % Features != 0)
            throw new InvalidOperationException($"Column '{column.Name}', row {row}: the vector has {sequence.Length} values, expected at "
                + $"least one step of {Features} values, and whole steps. Correct or filter that row.");
        var stored = Append(sequence) * Features; // checked with the sequence before
        var first = FirstNotFinite(sequence[stored..]);
        if (first >= 0)
            throw NotFinite(sequence, stored + first, column, row);
    }

    private InvalidOperationException NotFinite(ReadOnlySpan<float> sequence, int first, DataViewSchema.Column column, long row)
        => new($"Column '{column.Name}', row {row}, step {(first / Features) + 1} of {sequence.Length / Features}, value "
            + $"{(first % Features) + 1} of {Features}{SlotName(column, first)}: {sequence[first]}, expected a finite number. Use "
            + "ml.Transforms.ReplaceMissingValues on the source columns, or filter such rows.");

    private void AddLabel(ReadOnlySpan<float> label, DataViewSchema.Column column, long row)
    {
        if (label.Length != LabelSize)
            throw new InvalidOperationException($"Column '{column.Name}', row {row}: the label has {label.Length} values, expected "
                + $"{LabelSize}. Give every row a label of that size.");
        foreach (var value in label)
            if (float.IsInfinity(value))
                throw new InvalidOperationException($"Column '{column.Name}', row {row}: the label is {value}, expected a number, or NaN "
                    + "where it is not known. Correct the data, for example with ml.Transforms.ReplaceMissingValues, or filter such rows.");
        _labels.Add(label);
    }

    private static int FirstNotFinite(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]))
                return i;
        return -1;
    }

    private static string SlotName(DataViewSchema.Column column, int slot)
    {
        if (!column.HasSlotNames())
            return "";
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        column.GetSlotNames(ref names);
        return slot < names.Length ? $" ({names.GetItemOrDefault(slot)})" : "";
    }

    private static DataViewSchema.Column FeatureColumn(DataViewSchema schema, string name, int features)
    {
        var column = SingleColumn.Find(schema, name, "Feature");
        if (column.Type is not VectorDataViewType vector)
            throw new ArgumentException($"Feature column '{name}' is {column.Type}, expected a vector of Single: window the series with "
                + "ml.Transforms.SlidingWindow, or use Concatenate.");
        return vector.Size % features == 0
            ? column
            : throw new ArgumentException($"Feature column '{name}' is {column.Type} with {vector.Size} values, expected a multiple of the "
                + $"{features} values per step: correct the number of features per step.");
    }

    private static DataViewSchema.Column LabelColumn(DataViewSchema schema, string name, int labelSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labelSize, 1);
        var column = SingleColumn.Find(schema, name, "Label");
        var size = SingleColumn.Size(column);
        return size == 0 || size == labelSize
            ? column
            : throw new ArgumentException($"Label column '{name}' is {column.Type} with {size} value(s), expected {labelSize}.");
    }
}
