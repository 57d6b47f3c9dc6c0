using System.Runtime.InteropServices;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// Counts the pairs of label and predicted label over rows. Classes are matched by value, since keys of the two columns may be numbered
/// differently.
/// </summary>
internal sealed class LabelPairs(ClassColumn label, ClassColumn predicted)
{
    private readonly Dictionary<(int Label, int Predicted), long> _pairs = []; // by the columns' own numbers

    /// <summary>Finds both columns and checks as far as the schema tells that their classes can be matched.</summary>
    /// <exception cref="ArgumentException">A column is missing or names no classes, or the classes have nothing in common.</exception>
    public static LabelPairs Create(DataViewSchema schema, string labelColumnName, string predictedLabelColumnName)
    {
        var counts = new LabelPairs(
            ClassColumn.Find(schema, labelColumnName, "Label"), ClassColumn.Find(schema, predictedLabelColumnName, "Predicted label"));
        counts.CheckNumbered();
        if (counts.Label.IsClosed && counts.Predicted.IsClosed)
            counts.CheckCommon();
        return counts;
    }

    public ClassColumn Label => label;

    public ClassColumn Predicted => predicted;

    /// <summary>Reads all rows in one pass.</summary>
    /// <param name="scored">The rows.</param>
    /// <param name="loss">A loss that is read in the same pass, or null.</param>
    public LabelPairs Read(IDataView scored, LogLoss? loss = null)
    {
        var columns = new[] { label.Column, predicted.Column, loss?.Probabilities }.OfType<DataViewSchema.Column>();
        using var cursor = scored.GetRowCursor([.. columns.DistinctBy(column => column.Index)]);
        var (readLabel, readPredicted, addLoss) = (label.Reading(cursor), predicted.Reading(cursor), loss?.Adding(cursor));
        while (cursor.MoveNext())
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_pairs, (readLabel(), readPredicted()), out _)++;
            addLoss?.Invoke();
        }
        return this;
    }

    /// <exception cref="ArgumentException">The classes that were read have nothing in common, or are too many.</exception>
    /// <exception cref="InvalidOperationException">No row has a label.</exception>
    public ClassificationReport ToReport()
    {
        var unlabelled = _pairs.Where(p => p.Key.Label == ClassColumn.Missing).Sum(p => p.Value);
        if (_pairs.Values.Sum() == unlabelled)
            throw new InvalidOperationException($"No row has a label: the data has {unlabelled} rows, all without a value in label {label}, "
                + "and nothing can be evaluated. A key is missing where its value was not known when the key was made: check the labels.");
        CheckCommon();
        var names = Names();
        var numbers = names.Index().ToDictionary(name => name.Item, name => name.Index);
        var (matrix, support) = (Array.ConvertAll(names, _ => new long[names.Length]), new long[names.Length]);
        foreach (var ((own, said), count) in _pairs.Where(p => p.Key.Label != ClassColumn.Missing))
        {
            var row = numbers[label.Names[own]];
            support[row] += count;
            if (said != ClassColumn.Missing)
                matrix[row][numbers[predicted.Names[said]]] += count;
        }
        return ClassificationReport.Create(names, [.. matrix.Select(ImmutableCollectionsMarshal.AsImmutableArray)], support, unlabelled);
    }

    // The order that a schema gives, the label's first; then what only rows told, sorted.
    private string[] Names()
    {
        var closed = new[] { label, predicted }.Where(column => column.IsClosed).SelectMany(column => column.Names).Distinct().ToArray();
        string[] all = [.. closed, .. ClassName.Sort([.. label.Names.Union(predicted.Names).Except(closed)])];
        return all.Length <= ClassColumn.MostClasses
            ? all
            : throw new ArgumentException($"Label {label} and predicted label {predicted} have {all.Length} classes together, expected at "
                + $"most {ClassColumn.MostClasses}. Make both with one ml.Transforms.Conversion.MapValueToKey.");
    }

    // A position in some order of keys says nothing about a value.
    private void CheckNumbered()
    {
        if (label.IsNumbered != predicted.IsNumbered)
            throw new ArgumentException($"Label {label} and predicted label {predicted} cannot be matched: {Without.Column.Name} is a key "
                + "without KeyValues, the other has values. Make the label with ml.Transforms.Conversion.MapValueToKey before training, or "
                + "report the keys of both.");
    }

    private ClassColumn Without => label.IsNumbered ? label : predicted;

    // Text and text, or numbers and numbers, may share nothing where every row is wrong.
    private void CheckCommon()
    {
        var alike = !label.IsClosed && !predicted.IsClosed && label.Column.Type.Equals(predicted.Column.Type);
        if (!alike && label.Names.Count > 0 && predicted.Names.Count > 0 && !label.Names.Intersect(predicted.Names).Any())
            throw new ArgumentException($"Label {label} and predicted label {predicted} cannot be matched: no class is in both. Label: "
                + $"{Some(label)}; predicted label: {Some(predicted)}. Give both the same values, for example with "
                + "ml.Transforms.Conversion.MapKeyToValue.");
    }

    private static string Some(ClassColumn column)
        => string.Join(", ", column.Names.Take(5).Select(name => $"'{name}'")) + (column.Names.Count > 5 ? ", …" : "");
}
