using System.Runtime.InteropServices;
using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// Training data that is read anew each epoch. A number of sequences is held: training batches are drawn from them at random, some at a time
/// where lengths vary, and the rows that follow take the places of those that were drawn.
/// </summary>
internal sealed class StreamedData : TrainingData
{
    private readonly StreamedView _training;
    private readonly StreamedView? _validation; // null: part of the training view validates, or nothing
    private readonly int _bufferSize;
    private readonly SequenceSlots _slots;
    private readonly BatchLoader _loader;
    private readonly LengthBatches? _batches; // null: all that train have the same length
    private readonly string? _hash; // null: not asked for
    private readonly List<int> _order = []; // of slots: those that are held, then free ones
    private int _held;
    private int _ready; // the last of those that are held: for the next batches
    private Random? _drawing; // null: in order
    private Func<StreamedPass> _open = static () => throw new InvalidOperationException("No epoch was begun.");
    private StreamedPass? _pass; // opened when a batch is asked for

    private StreamedData(
        StreamedView training, StreamedView? validation, int bufferSize, int batchSize, SequenceSlots slots, Scaler scaler, LabelWeights weights,
        Sequences sample, string? hash, torch.Device device, int fixedSteps)
        : base((int)training.Counts.Training, (int)(validation?.Counts.Training ?? training.Counts.Validation), scaler, weights, sample)
    {
        (_training, _validation, _bufferSize, _slots, _hash) = (training, validation, bufferSize, slots, hash);
        _loader = new BatchLoader(slots, scaler, weights, device, fixedSteps);
        if (fixedSteps == 0 && training.LengthsVary)
            _batches = new LengthBatches(slots, batchSize);
    }

    /// <summary>Reads all rows once, to count them, to fit the scaling and to check them; labels before, where a part validates.</summary>
    /// <param name="source">What to read, and how.</param>
    /// <param name="bufferSize">The most sequences that are held.</param>
    /// <param name="samples">The most sequences of the sample.</param>
    public static StreamedData Read(TrainingSource source, int bufferSize, int samples)
    {
        var (request, columns, options) = (source.Request, source.Columns, source.Options);
        var training = new StreamedView(request.Training, columns, source.Group, options.Training.CancellationToken);
        double fraction = request.Validation is null ? options.Training.ValidationFraction : 0;
        training.Split(fraction, options.Training.ValidationPart);
        var statistics = request.InitialModel is null
            ? new ScalingStatistics(options.Scaling, columns.Features, columns.Targets, columns.TargetFeatures, options.Input.Deltas, columns.Units, columns.Covariates)
            : null;
        var (sample, counts) = (new SequenceSample(samples, columns.Features, columns.StoredLabelSize), new ClassCounts(columns));
        using var hash = options.Training.Checkpoint is null ? null : new DataHash();
        training.Survey(statistics, counts, sample, hash);
        CheckNotEmpty(training.Counts.Rows, training.Empty, request.Training, columns);
        training.Counts.Check(fraction, columns.SplitGap ?? 0);
        var validation = request.Validation is { } given ? Survey(given, columns, hash, options.Training.CancellationToken) : null;
        WarnOfEmpty(training.Empty + (validation?.Empty ?? 0), source);
        CheckBatchSize(options.Training.BatchSize, training.Counts.Training, validation?.Counts.Training ?? training.Counts.Validation);
        counts.Check(source.Warn);
        var scaler = statistics?.ToScaler() ?? Scaler.Of(request.InitialModel!, columns.Features, columns.Units, columns.Covariates);
        var slots = new SequenceSlots(columns.Features, columns.StoredLabelSize);
        return new(training, validation, bufferSize, options.Training.BatchSize, slots, scaler,
            LabelWeights.Of(columns, source.Task, counts), sample.ToSequences(), hash?.Finish(), source.Device, columns.FixedSteps);
    }

    public override string Hash() => _hash ?? throw new InvalidOperationException("The data was read without a hash.");

    public override void BeginTraining(Random shuffling) =>
        Begin(() => _training.Begin(SequenceRole.Training), new Random(shuffling.Next()));

    public override void BeginValidation()
    {
        if (_validation is { } given)
            Begin(() => OfValidation(() => given.Begin(SequenceRole.Training)), drawing: null);
        else if (_pass?.TryGoOnToValidation() == true)
            (_drawing, _held, _ready) = (null, 0, 0);
        else
            Begin(() => _training.Begin(SequenceRole.Validation), drawing: null);
    }

    public override Batch Next(int count)
    {
        _pass ??= _open();
        if (_ready < count)
            _ready = _drawing is null ? Follow(count) : Draw(_drawing, count);
        (_held, _ready) = (_held - count, _ready - count);
        return _loader.LoadLongestFirst(CollectionsMarshal.AsSpan(_order).Slice(_held, count));
    }

    public override void Dispose()
    {
        _pass?.Dispose();
        _loader.Dispose();
    }

    private bool IsGivenValidation => _drawing is null && _validation is not null;

    private static StreamedView Survey(IDataView data, TrainingColumns columns, DataHash? hash, CancellationToken cancellation)
    {
        var view = new StreamedView(data, columns, group: null, cancellation);
        OfValidation(() =>
        {
            view.Survey(statistics: null, counts: null, sample: null, hash);
            return view;
        });
        SplitCounts.CheckGiven(view.Counts.Rows, view.Counts.Labelled);
        return view;
    }

    private void Begin(Func<StreamedPass> open, Random? drawing)
    {
        _pass?.Dispose();
        (_pass, _open, _drawing, _held, _ready) = (null, open, drawing, 0, 0);
    }

    // The next sequences in their order.
    private int Follow(int count)
    {
        _ = IsGivenValidation ? OfValidation(() => Fill(count)) : Fill(count);
        return count;
    }

    // Sequences drawn at random: a batch, or where lengths vary some batches of like lengths, the first of them last.
    private int Draw(Random random, int count)
    {
        Fill(_bufferSize);
        int drawn = _batches is null ? count : Math.Min(_held, Math.Max(count, _batches.PoolSize(_bufferSize)));
        var held = CollectionsMarshal.AsSpan(_order)[.._held];
        MoveDrawn(random, held, drawn);
        _batches?.Arrange(held[^drawn..], drawn, random);
        if (_batches is not null)
            held[^drawn..].Reverse();
        return drawn;
    }

    // Up to a number of sequences that are held: fewer are left when the pass has ended.
    private int Fill(int most)
    {
        while (_held < most && _pass!.MoveNext())
        {
            if (_held == _order.Count)
                _order.Add(_held);
            var sequence = _pass.Row.Sequence();
            _pass.Row.CheckFinite(sequence);
            _slots.Fill(_order[_held++], sequence, _pass.Row.Label());
        }
        _pass!.EndAfterLast();
        return _held;
    }

    // Puts `count` of those that are held, drawn at random, at the end (Fisher and Yates).
    private static void MoveDrawn(Random random, Span<int> held, int count)
    {
        for (int last = held.Length - 1; last >= held.Length - count; last--)
        {
            int drawn = random.Next(last + 1);
            (held[drawn], held[last]) = (held[last], held[drawn]);
        }
    }
}
