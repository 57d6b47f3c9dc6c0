using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// Reads sequences and labels in one pass. Where windows of several series take turns, each series has a lane of its own, in which
/// its windows share rows; the lanes are joined at the end.
/// </summary>
internal sealed class SequenceReader(SequenceColumns columns, int features, int labelSize, int limit)
{
    private readonly DataViewSchema.Column _feature = columns.Feature;
    private readonly bool _padded = WindowAnnotations.IsPadded(columns.Feature);
    private readonly List<SequenceLane> _lanes = [];
    private readonly List<int> _laneOf = []; // per sequence, where there are several lanes
    private readonly List<SequenceRange> _ranges = [];
    private readonly FloatList _labels = new(limit);

    public Sequences Read(IDataView data, CancellationToken cancellationToken)
    {
        using var cursor = data.GetRowCursor(columns.All);
        var lane = GroupNumbers.Create(columns.Group).Adding(cursor);
        var readFeatures = new SingleColumn(cursor, _feature);
        var readLabel = columns.Label is { } label ? new SingleColumn(cursor, label) : null;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddSequence(readFeatures.Read(), Lane(lane()), cursor.Position + 1);
            if (readLabel is not null)
                AddLabel(readLabel.Read(), cursor.Position + 1);
        }
        return new Sequences(features, Join(), _ranges, columns.Label is null ? 0 : labelSize, _labels);
    }

    private SequenceLane Lane(int number)
    {
        if (number == _lanes.Count)
            _lanes.Add(new SequenceLane(features, columns.Stride, _padded, limit));
        if (columns.Group is not null)
            _laneOf.Add(number);
        return _lanes[number];
    }

    private void AddSequence(ReadOnlySpan<float> sequence, SequenceLane lane, long row)
    {
        var expected = SingleColumn.Size(_feature);
        if (expected > 0 && sequence.Length != expected)
            throw new InvalidOperationException($"Column '{_feature.Name}', row {row}: the vector has {sequence.Length} values, expected "
                + $"{expected} by the column's type {_feature.Type}. Give every row a vector of that size.");
        if (sequence.Length == 0 || sequence.Length % features != 0)
            throw new InvalidOperationException($"Column '{_feature.Name}', row {row}: the vector has {sequence.Length} values, expected "
                + $"at least one step of {features} values, and whole steps. Correct or filter that row.");
        var real = _padded ? WithoutPadding(sequence, row) : sequence;
        _ranges.Add(lane.Append(real, out var shared));
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
            + "ml.Transforms.ReplaceMissingValues on the source columns, or filter such rows.");

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
        var name = columns.Label!.Value.Name;
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
