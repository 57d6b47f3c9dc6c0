using System.Runtime.InteropServices;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>A view that is read anew for each pass, and what the first whole pass over it came to. Nothing is kept per row.</summary>
internal sealed class StreamedView
{
    private readonly IDataView _data;
    private readonly TrainingColumns _columns;
    private readonly SequenceColumns _found;
    private readonly GroupNumbers _groups; // the same numbers in every pass
    private readonly CancellationToken _cancellation;

    /// <param name="data">The view.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="group">The column that tells series apart where they are split, or null.</param>
    /// <param name="cancellation">Looked at for every row.</param>
    public StreamedView(IDataView data, TrainingColumns columns, string? group, CancellationToken cancellation)
    {
        (_data, _columns, _cancellation) = (data, columns, cancellation);
        _found = SequenceColumns.Find(
            data.Schema, columns.FeatureColumnName, columns.Features, columns.LabelColumnName, columns.StoredLabelSize, group,
            columns.WeightColumnName, columns.Covariates?.Context);
        _groups = GroupNumbers.Create(_found.Group);
    }

    /// <summary>How its sequences are split; every labelled one trains unless something else was decided.</summary>
    public SplitRule Rule { get; private set; } = SplitRule.AllTrain;

    /// <summary>Rows that were passed over: texts without a token.</summary>
    public long Empty { get; private set; }

    /// <summary>What every pass must count.</summary>
    public SplitCounts Counts { get; private set; }

    /// <summary>Whether those that train are of different lengths.</summary>
    public bool LengthsVary { get; private set; }

    /// <summary>Decides which sequences validate, reading labels and groups only.</summary>
    public void Split(double fraction, int part) => Rule = SplitRule.Create(fraction, _found.Group is not null, _columns.SplitGap, part, next =>
    {
        using var rows = Open(_found with { ReadsSequences = _found.AreTokens, Lane = null }); // texts without a token are passed over
        while (rows.MoveNext())
            next(Part(rows), ValidationSplit.IsLabelled(rows.Label()));
    });

    /// <summary>The group or the class that a row is split within.</summary>
    public int Part(SequenceRows rows) => Rule.PartOf(rows.Group(), rows.Label());

    /// <summary>Reads and checks all rows once.</summary>
    /// <param name="statistics">Told of all that trains; may be null.</param>
    /// <param name="counts">Told of the labels of all that trains; may be null.</param>
    /// <param name="sample">Offered all sequences; may be null.</param>
    /// <param name="hash">Takes all values and labels, and what they are for; may be null.</param>
    public void Survey(ScalingStatistics? statistics, ClassCounts? counts, SequenceSample? sample, DataHash? hash)
    {
        var (lanes, roles, length) = (new List<NewRows>(), Rule.Begin(), 0);
        using var rows = Open(_found);
        while (rows.MoveNext())
        {
            var sequence = rows.Sequence();
            int lane = rows.Lane();
            if (lane == lanes.Count)
                lanes.Add(new NewRows(_columns.Features, _found.SharedSteps(_columns.Features)));
            lanes[lane].MoveTo(sequence, out int shared);
            rows.CheckFinite(sequence, shared); // shared steps were checked with the sequence before
            var label = rows.Label();
            if (_columns.Covariates is null || ValidationSplit.IsLabelled(label)) // of others, what stands beside their windows is not read
                sample?.Offer(sequence, label);
            var role = roles.Next(Rule.PartOf(rows.Group(), label), ValidationSplit.IsLabelled(label));
            hash?.Add(new ReadOnlySpan<SequenceRole>(ref role));
            hash?.Add(sequence[(shared * _columns.Features)..]);
            hash?.Add(label);
            if (role != SequenceRole.Training)
                continue;
            LengthsVary |= length > 0 && sequence.Length != length;
            length = sequence.Length;
            statistics?.AddRows(sequence[lanes[lane].Cover()..]);
            statistics?.AddSequence(sequence, label);
            counts?.Add(label);
        }
        (Counts, Empty) = (roles.Counts, rows.Empty);
    }

    /// <summary>Begins a pass for the sequences of a role, in their order.</summary>
    public StreamedPass Begin(SequenceRole role) => new(this, Open(_found with { Lane = null }), role);

    private SequenceRows Open(SequenceColumns columns) =>
        new(_data, columns, _columns.Features, _columns.StoredLabelSize, _groups, _cancellation);

    /// <summary>
    /// Tells which rows of a lane no training sequence before held: the same rows that <see cref="SequenceLane"/> stores once. Holds the
    /// last sequence.
    /// </summary>
    private sealed class NewRows(int features, SharedSteps shares)
    {
        private readonly List<float> _sequence = [];
        private long _start;   // of the sequence, in rows of the lane
        private long _covered; // rows that training sequences held

        private long End => _start + (_sequence.Count / features);

        public void MoveTo(ReadOnlySpan<float> sequence, out int shared)
        {
            shared = shares.Count(CollectionsMarshal.AsSpan(_sequence), sequence);
            _start = End - shared;
            CollectionsMarshal.SetCount(_sequence, sequence.Length);
            sequence.CopyTo(CollectionsMarshal.AsSpan(_sequence));
        }

        /// <summary>Takes the sequence as one that trains: its first value that is new.</summary>
        public int Cover()
        {
            long first = Math.Max(_covered, _start) - _start;
            _covered = End;
            return (int)first * features;
        }
    }
}
