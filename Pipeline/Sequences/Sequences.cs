using System.Runtime.InteropServices;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// The sequences of a column as trainers read them: one buffer of rows [rows, features] and a range of rows per sequence. Rows that
/// overlapping windows share are stored once, so that memory grows with the series and not with series × window.
/// </summary>
internal sealed class Sequences : ISequenceStore
{
    private readonly FloatList _values;
    private readonly FloatList _labels;
    private readonly List<SequenceRange> _ranges;
    private readonly List<int> _groups;

    internal Sequences(int features, FloatList values, List<SequenceRange> ranges, int labelSize, FloatList labels, List<int> groups)
    {
        (Features, _values, _ranges, LabelSize, _labels, _groups) = (features, values, ranges, labelSize, labels, groups);
        foreach (var range in Ranges)
            MostSteps = Math.Max(MostSteps, range.Length);
    }

    /// <summary>The number of values per row.</summary>
    public int Features { get; }

    /// <summary>The number of sequences.</summary>
    public int Count => _ranges.Count;

    /// <summary>The number of stored rows.</summary>
    public int Rows => _values.Count / Features;

    /// <summary>All rows, [<see cref="Rows"/>, <see cref="Features"/>].</summary>
    public ReadOnlySpan<float> Values => _values.Values;

    /// <summary>Per sequence, in the order of the data: its rows in <see cref="Values"/>.</summary>
    public ReadOnlySpan<SequenceRange> Ranges => CollectionsMarshal.AsSpan(_ranges);

    /// <summary>The number of values per label; 0 when no label was read.</summary>
    public int LabelSize { get; }

    /// <inheritdoc/>
    public int MostSteps { get; }

    /// <summary>All labels, [<see cref="Count"/>, <see cref="LabelSize"/>]; NaN where unknown.</summary>
    public ReadOnlySpan<float> Labels => _labels.Values;

    /// <summary>Per sequence, the number of its group, in the order they are first seen; empty when no group column was read.</summary>
    public ReadOnlySpan<int> Groups => CollectionsMarshal.AsSpan(_groups);

    /// <summary>The values of one sequence, [steps, <see cref="Features"/>].</summary>
    public ReadOnlySpan<float> this[int sequence]
        => Values.Slice(_ranges[sequence].Start * Features, _ranges[sequence].Length * Features);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Label(int sequence) => Labels.Slice(sequence * LabelSize, LabelSize);

    /// <summary>Some of the sequences; the rows are not copied.</summary>
    public Sequences Pick(ReadOnlySpan<int> indices)
    {
        var (ranges, labels) = (new List<SequenceRange>(indices.Length), new FloatList(int.MaxValue));
        foreach (var index in indices)
        {
            ranges.Add(_ranges[index]);
            labels.Add(Label(index));
        }
        return new(Features, _values, ranges, LabelSize, labels, []);
    }

    /// <summary>Reads a column of sequences, and a label column when one is named, in one pass of one cursor.</summary>
    /// <param name="data">The data; may have no rows.</param>
    /// <param name="featureColumnName">Vector&lt;Single&gt;: steps × features values per row, of a known or a variable size. Where its
    /// annotation says that windows are padded, leading steps that are NaN in every value are left out.</param>
    /// <param name="features">The number of values per step, at least 1.</param>
    /// <param name="labelColumnName">Single or Vector&lt;Single, labelSize&gt;, or null; NaN is kept and means unlabelled.</param>
    /// <param name="labelSize">The number of values per label; not used without a label column.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    /// <param name="groupColumnName">A scalar that tells series apart, numbered in <see cref="Groups"/>; null: not read.</param>
    /// <param name="limit">The most values that are stored.</param>
    /// <exception cref="ArgumentException">A column is missing, or its type or size does not fit.</exception>
    /// <exception cref="InvalidOperationException">A row has a wrong length or a value that is not finite; the text
    /// names the row.</exception>
    public static Sequences Read(IDataView data, string featureColumnName, int features, string? labelColumnName, int labelSize,
        CancellationToken cancellationToken, string? groupColumnName = null, int limit = int.MaxValue)
    {
        var reader = new SequenceReader(featureColumnName, features, labelColumnName, labelSize, limit);
        reader.Add(data, groupColumnName, cancellationToken);
        return reader.Finish();
    }
}
