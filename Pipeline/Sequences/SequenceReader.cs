using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// Reads sequences and labels, each view in one pass. Where windows of several series take turns, each series has a lane of its own, in
/// which its windows share rows; the lanes are joined at the end.
/// </summary>
/// <param name="featureName">The column of sequences.</param>
/// <param name="features">The number of values per step.</param>
/// <param name="labelName">The label column, or null.</param>
/// <param name="labelSize">The number of values per label, and one for the weight where it is read.</param>
/// <param name="limit">The most values that are stored.</param>
/// <param name="weightName">The column of weights, or null.</param>
/// <param name="context">Columns that are read behind the label, whose values <paramref name="labelSize"/> counts; or null.</param>
internal sealed class SequenceReader(
    string featureName, int features, string? labelName, int labelSize, int limit = int.MaxValue, string? weightName = null,
    SequenceContext? context = null)
{
    private readonly List<SequenceLane> _lanes = [];
    private readonly List<int> _laneOf = []; // per sequence
    private readonly List<SequenceRange> _ranges = [];
    private readonly List<int> _groups = [];
    private readonly FloatList _labels = new(limit);

    /// <summary>The number of sequences read so far.</summary>
    public int Count => _ranges.Count;

    /// <summary>Rows that were passed over: texts without a token.</summary>
    public long Empty { get; private set; }

    /// <summary>Reads a view behind those read before.</summary>
    /// <param name="data">The data; may have no rows.</param>
    /// <param name="groupColumnName">A scalar that tells series apart, numbered in <see cref="Sequences.Groups"/>; null: not read.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    /// <exception cref="ArgumentException">A column is missing, or its type or size does not fit.</exception>
    /// <exception cref="InvalidOperationException">A row has a wrong length or a value that is not finite; the text names the
    /// row.</exception>
    public void Add(IDataView data, string? groupColumnName, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var columns = SequenceColumns.Find(data.Schema, featureName, features, labelName, labelSize, groupColumnName, weightName, context);
        using var rows = new SequenceRows(data, columns, features, labelSize, groups: null, cancellationToken);
        var firstLane = columns.Lane is null ? 0 : _lanes.Count; // one series goes on where the view before ended
        while (rows.MoveNext())
        {
            AddSequence(rows, firstLane + rows.Lane(), columns);
            if (columns.Label is not null)
                _labels.Add(rows.Label());
            if (columns.Group is not null)
                _groups.Add(rows.Group());
        }
        Empty += rows.Empty;
    }

    /// <summary>All that was read; the reader is empty afterwards.</summary>
    public Sequences Finish() => new(features, Join(), _ranges, labelName is null ? 0 : labelSize, _labels, _groups);

    private void AddSequence(SequenceRows rows, int lane, SequenceColumns columns)
    {
        var sequence = rows.Sequence();
        if (lane == _lanes.Count)
            _lanes.Add(new SequenceLane(features, columns.SharedSteps(features), limit));
        _ranges.Add(_lanes[lane].Append(sequence, out var shared));
        _laneOf.Add(lane);
        rows.CheckFinite(sequence, shared); // shared rows were checked with the sequence before
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
