using TorchSharp;

namespace MlNetRnn;

/// <summary>Training data that is read once and held in memory, each value once: one store and one scaling serve both of its parts.</summary>
internal sealed class StoredData : TrainingData
{
    private readonly Sequences _sequences;
    private readonly BatchLoader _loader;
    private readonly LengthBatches? _batches; // null: all that train have the same length
    private readonly int[] _order; // of the training sequences
    private readonly int[] _validation;
    private int[] _current = [];
    private int _next; // in _current

    private StoredData(
        Sequences sequences, ValidationSplit split, int batchSize, Scaler scaler, LabelWeights weights, Sequences sample, torch.Device device,
        int fixedSteps)
        : base(split.Training.Length, split.Validation.Length, scaler, weights, sample)
    {
        _sequences = sequences;
        _loader = new BatchLoader(sequences, scaler, weights, device, fixedSteps);
        (_order, _validation) = (split.Training, split.Validation);
        int length = sequences.Ranges[_order[0]].Length;
        if (fixedSteps == 0 && Array.Exists(_order, i => sequences.Ranges[i].Length != length))
            _batches = new LengthBatches(sequences, batchSize);
    }

    /// <param name="source">What to read, and how.</param>
    /// <param name="samples">The most sequences of the sample.</param>
    public static StoredData Read(TrainingSource source, int samples)
    {
        var (request, columns, options) = (source.Request, source.Columns, source.Options);
        var reader = new SequenceReader(
            columns.FeatureColumnName, columns.Features, columns.LabelColumnName, columns.StoredLabelSize, int.MaxValue, columns.WeightColumnName,
            columns.Covariates?.Context);
        reader.Add(request.Training, source.Group, options.Training.CancellationToken);
        int training = reader.Count;
        CheckNotEmpty(training, reader.Empty, request.Training, columns);
        if (request.Validation is { } validation)
        {
            OfValidation(() =>
            {
                reader.Add(validation, groupColumnName: null, options.Training.CancellationToken);
                return reader.Count;
            });
        }
        WarnOfEmpty(reader.Empty, source);
        var sequences = reader.Finish(); // validation data that was given stands behind the training data
        var split = request.Validation is null
            ? ValidationSplit.Create(sequences, options.Training.ValidationFraction, columns.SplitGap, options.Training.ValidationPart)
            : ValidationSplit.Given(sequences, training);
        CheckBatchSize(options.Training.BatchSize, split.Training.Length, split.Validation.Length);
        var scaler = request.InitialModel is { } initial
            ? Scaler.Of(initial, columns.Features, columns.Units, columns.Covariates)
            : Scaler.Fit(sequences, split.Training, options.Scaling, columns.Targets, columns.TargetFeatures, options.Input.Deltas, columns.Units,
                columns.Covariates);
        var counts = new ClassCounts(columns);
        foreach (int i in split.Training)
            counts.Add(sequences.Label(i));
        counts.Check(source.Warn);
        return new(
            sequences, split, options.Training.BatchSize, scaler, LabelWeights.Of(columns, source.Task, counts), Spread(sequences, samples, columns.Covariates is not null), source.Device,
            columns.FixedSteps);
    }

    public override string Hash()
    {
        using var hash = new DataHash();
        hash.Add<float>(_sequences.Values);  // [rows, features]
        hash.Add(_sequences.Ranges);         // [sequences]
        hash.Add<float>(_sequences.Labels);  // [sequences, labels]
        hash.Add<int>(_order);               // before the first epoch
        hash.Add<int>(_validation);
        return hash.Finish();
    }

    public override void BeginTraining(Random shuffling)
    {
        shuffling.Shuffle(_order);
        _batches?.Arrange(_order, _batches.PoolSize(_order.Length), shuffling);
        (_current, _next) = (_order, 0);
    }

    public override void BeginValidation() => (_current, _next) = (_validation, 0);

    public override Batch Next(int count) => _loader.LoadLongestFirst(_current.AsSpan((_next += count) - count, count));

    public override void Dispose() => _loader.Dispose();

    // Of rows without a label, what stands beside their windows is not read.
    private static Sequences Spread(Sequences sequences, int most, bool labelledOnly)
    {
        int[] all = [.. Enumerable.Range(0, sequences.Count).Where(i => !labelledOnly || ValidationSplit.IsLabelled(sequences.Label(i)))];
        int count = Math.Min(most, all.Length);
        return sequences.Pick([.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])]);
    }
}
