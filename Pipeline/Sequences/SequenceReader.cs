using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Reads sequences and labels, each view in one pass. Where windows of several series take turns, each series has a lane of its own, in
/// which its windows share rows; the lanes are joined at the end.
/// </summary>
/// <param name="featureName">The column of sequences.</param>
/// <param name="features">The number of values per step.</param>
/// <param name="labelName">The label column, or null.</param>
/// <param name="labelSize">The number of values per label.</param>
/// <param name="limit">The most values that are stored.</param>
internal sealed class SequenceReader(string featureName, int features, string? labelName, int labelSize, int limit = int.MaxValue)
{
    private readonly List<SequenceLane> _lanes = [];
    private readonly List<int> _laneOf = []; // per sequence
    private readonly List<SequenceRange> _ranges = [];
    private readonly List<int> _groups = [];
    private readonly FloatList _labels = new(limit);
    private DataViewSchema.Column _feature; // of the view that is read
    private DataViewSchema.Column? _label;
    private bool _padded;

    /// <summary>The number of sequences read so far.</summary>
    public int Count => _ranges.Count;

    /// <summary>Reads a view behind those read before.</summary>
    /// <param name="data">The data; may have no rows.</param>
    /// <param name="groupColumnName">A scalar that tells series apart, numbered in <see cref="Sequences.Groups"/>; null: not read.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    /// <exception cref="ArgumentException">A column is missing, or its type or size does not fit.</exception>
    /// <exception cref="InvalidOperationException">A row has a wrong length or a value that is not finite; the text names the row.</exception>
    public void Add(IDataView data, string? groupColumnName, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var columns = SequenceColumns.Find(data.Schema, featureName, features, labelName, labelSize, groupColumnName);
        (_feature, _label, _padded) = (columns.Feature, columns.Label, WindowAnnotations.IsPadded(columns.Feature));
        using var cursor = data.GetRowCursor(columns.All);
        var readFeatures = new SingleColumn(cursor, _feature);
        var readLabel = _label is { } label ? new SingleColumn(cursor, label) : null;
        var readGroup = columns.Group is null ? null : GroupNumbers.Create(columns.Group).Adding(cursor);
        var readLane = GroupNumbers.Create(columns.Lane).Adding(cursor);
        var firstLane = columns.Lane is null ? 0 : _lanes.Count; // one series goes on where the view before ended
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddSequence(readFeatures.Read(), firstLane + readLane(), columns.Stride, cursor.Position + 1);
            if (readLabel is not null)
                AddLabel(readLabel.Read(), cursor.Position + 1);
            if (readGroup is not null)
                _groups.Add(readGroup());
        }
    }

    /// <summary>All that was read; the reader is empty afterwards.</summary>
    public Sequences Finish() => new(features, Join(), _ranges, labelName is null ? 0 : labelSize, _labels, _groups);

    private SequenceLane Lane(int number, int stride)
    {
        if (number == _lanes.Count)
            _lanes.Add(new SequenceLane(features, stride, _padded, limit));
        return _lanes[number];
    }

    private void AddSequence(ReadOnlySpan<float> sequence, int lane, int stride, long row)
    {
        var expected = SingleColumn.Size(_feature);
        if (expected > 0 && sequence.Length != expected)
            throw new InvalidOperationException($"Column '{_feature.Name}', row {row}: the vector has {sequence.Length} values, expected "
                + $"{expected} by the column's type {_feature.Type}. Give every row a vector of that size.");
        if (sequence.Length == 0 || sequence.Length % features != 0)
            throw new InvalidOperationException($"Column '{_feature.Name}', row {row}: the vector has {sequence.Length} values, expected "
                + $"at least one step of {features} values, and whole steps. Correct or filter that row.");
        var real = _padded ? WithoutPadding(sequence, row) : sequence;
        _ranges.Add(Lane(lane, stride).Append(real, out var shared));
        _laneOf.Add(lane);
        var first = FirstNotFinite(real[(shared * features)..]); // shared rows were checked with the sequence before
        if (first >= 0)
            throw NotFinite(sequence, sequence.Length - real.Length + (shared * features) + first, row);
    }

    private ReadOnlySpan<float> WithoutPadding(ReadOnlySpan<float> sequence, long row)
    {
        var rest = sequence;
        while (!rest.IsEmpty && IsMissing(rest[..features]))
            rest = rest[features..];
        return !rest.IsEmpty
            ? rest
            : throw new InvalidOperationException($"Column '{_feature.Name}', row {row}: all {sequence.Length / features} steps are NaN in "
                + "every value, expected values in the last one: padding comes before the first row of a series. Use "
                + "ml.Transforms.ReplaceMissingValues on the source columns, or filter such rows.");
    }

    private static bool IsMissing(ReadOnlySpan<float> step)
    {
        foreach (var value in step)
            if (!float.IsNaN(value))
                return false;
        return true;
    }

    private static int FirstNotFinite(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]))
                return i;
        return -1;
    }

    private InvalidOperationException NotFinite(ReadOnlySpan<float> sequence, int first, long row)
        => new($"Column '{_feature.Name}', row {row}, step {(first / features) + 1} of {sequence.Length / features}, value "
            + $"{(first % features) + 1} of {features}{SlotName(first)}: {sequence[first]}, expected a finite number. Use "
            + "ml.Transforms.ReplaceMissingValues on the source columns, SlidingWindowOptions.MissingValues, or filter such rows.");

    private string SlotName(int slot)
    {
        if (!_feature.HasSlotNames())
            return "";
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        _feature.GetSlotNames(ref names);
        return slot < names.Length ? $" ({names.GetItemOrDefault(slot)})" : "";
    }

    private void AddLabel(ReadOnlySpan<float> label, long row)
    {
        var name = _label!.Value.Name;
        if (label.Length != labelSize)
            throw new InvalidOperationException($"Column '{name}', row {row}: the label has {label.Length} values, expected "
                + $"{labelSize}. Give every row a label of that size.");
        foreach (var value in label)
            if (float.IsInfinity(value))
                throw new InvalidOperationException($"Column '{name}', row {row}: the label is {value}, expected a number, or NaN "
                    + "where it is not known. Correct the data, for example with ml.Transforms.ReplaceMissingValues, or filter such rows.");
        _labels.Add(label);
    }

    // One buffer of all lanes; each lane's memory is given free as soon as it is copied.
    private FloatList Join()
    {
        if (_lanes.Count == 0)
            return new FloatList(limit);
        if (_lanes.Count == 1)
            return _lanes[0].TakeValues();
        var (joined, starts) = (new FloatList(limit), new int[_lanes.Count]);
        joined.Reserve(_lanes.Sum(lane => (long)lane.Count));
        for (var lane = 0; lane < starts.Length; lane++)
        {
            starts[lane] = joined.Count / features;
            joined.Add(_lanes[lane].TakeValues().Values);
        }
        for (var i = 0; i < _laneOf.Count; i++)
            _ranges[i] = _ranges[i] with { Start = _ranges[i].Start + starts[_laneOf[i]] };
        return joined;
    }
}
