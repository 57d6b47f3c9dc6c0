using System.Runtime.InteropServices;
using TorchSharp;

namespace MlNetRnn;

/// <summary>Texts as a language model trains on them: batches of parts of texts, each going on where the one before ended.</summary>
internal sealed class LanguageData : TrainingData
{
    private const int FewestParts = 16; // of a piece: each begins without what came before

    private readonly Sequences _texts;
    private readonly TrainingColumns _columns;
    private readonly torch.Device _device;
    private readonly TextBatches _training, _validation;
    private readonly int _batchSize, _partLength;
    private TextBatches _current;

    private LanguageData(Sequences texts, TextPiece[] training, TextPiece[] validation, TrainingSource source, int partLength, Scaler scaler, Sequences sample)
        : base(training.Length, validation.Length, scaler, new LabelWeights(1, false, null), sample)
    {
        (_texts, _columns, _device, _partLength) = (texts, source.Columns, source.Device, partLength);
        _batchSize = source.Options.Training.BatchSize;
        (_training, _validation) = (new(training, partLength), new(validation, partLength));
        _current = _training;
    }

    /// <param name="source">What to read, and how.</param>
    /// <param name="task">The language model.</param>
    /// <param name="samples">The most texts of the sample.</param>
    public static LanguageData Read(TrainingSource source, LanguageTask task, int samples)
    {
        var (request, columns, training) = (source.Request, source.Columns, source.Options.Training);
        var reader = new SequenceReader(columns.FeatureColumnName, features: 1, labelName: null, labelSize: 0);
        reader.Add(request.Training, groupColumnName: null, training.CancellationToken);
        int given = reader.Count;
        CheckNotEmpty(given, reader.Empty, request.Training, columns);
        if (request.Validation is { } validation)
        {
            OfValidation(() =>
            {
                reader.Add(validation, groupColumnName: null, training.CancellationToken);
                return reader.Count;
            });
        }
        WarnOfEmpty(reader.Empty, source);
        var texts = reader.Finish();
        CheckTokens(texts, columns);
        var split = TextSplit.Of(texts, given, columns.Language!.Rows, request.Validation is null ? training.ValidationFraction : 0);
        bool ends = columns.Language.Rows == LanguageRows.Documents;
        var sample = SampleOf(texts, split.Training, samples);
        var scaler = request.InitialModel is { } initial ? Scaler.Of(initial, 1, null, null) : new Scaler(1, 1, null);
        return new(
            texts, Pieces(split.Training, ends, training.BatchSize, task.TruncationLength),
            Pieces(split.Validation, ends, training.BatchSize, task.TruncationLength), source, task.TruncationLength, scaler, sample);
    }

    public override int TrainingBatches(int batchSize) => _training.CountParts(batchSize);

    public override int ValidationBatches(int batchSize) => _validation.CountParts(_batchSize);

    public override void BeginTraining(Random shuffling) => (_current = _training).Begin(_batchSize, shuffling);

    public override void BeginValidation() => (_current = _validation).Begin(_batchSize, random: null);

    public override string Hash()
    {
        using var hash = new DataHash();
        hash.Add(_texts.Values);
        hash.Add(_texts.Ranges);
        return hash.Finish();
    }

    public override Batch Next(int count)
    {
        var (pieces, from) = _current.Next();
        int steps = Math.Min(_partLength, pieces[0].Steps - from), batch = pieces.Length, predicted = 0;
        long[] lengths = [.. pieces.Select(p => (long)Math.Min(_partLength, p.Steps - from))];
        var input = torch.zeros(steps, batch, dtype: torch.int64);                                 // padding is anything
        var tokens = Longs(input);
        long total = lengths.Sum();
        long[] predicting = new long[total], targets = new long[total];
        for (int step = 0; step < steps; step++)
        {
            for (int b = 0; b < batch && lengths[b] > step; b++) // the longest first
            {
                int symbol = pieces[b].First + from + step, next = Symbol(pieces[b], symbol + 1);
                tokens[(step * batch) + b] = Symbol(pieces[b], symbol);
                if (next > 0) // an unknown token is not predicted
                    (predicting[predicted], targets[predicted++]) = ((step * batch) + b, next - 1);
            }
        }
        return new(
            ToDevice(input), lengths[^1] < steps ? torch.tensor(lengths) : null, ToDevice(torch.tensor(targets[..predicted], [predicted, 1])),
            Weights: null, predicted)
        {
            TrainedWeightSum = predicted,
            Text = new(Begins: from == 0, predicted == steps * batch ? null : ToDevice(torch.tensor(predicting[..predicted]))),
        };
    }

    public override void Dispose()
    {
    }

    private torch.Tensor ToDevice(torch.Tensor host) => _device.type == DeviceType.CPU ? host : host.to(_device);

    private static Span<long> Longs(torch.Tensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.bytes);

    // A token's key; what begins and ends texts is behind those of the vocabulary.
    private int Symbol(in TextPiece piece, int symbol) => symbol == 0 || symbol > piece.Length
        ? _columns.Tokens + 1
        : (int)_texts.Values[piece.Start + symbol - 1];

    // A long text that is more than a batch's share of all is trained in pieces, side by side.
    private static TextPiece[] Pieces(SequenceRange[] texts, bool ends, int batchSize, int partLength)
    {
        int end = ends ? 1 : 0;
        long share = (texts.Sum(t => (long)t.Length + end) + batchSize - 1) / batchSize;
        int longest = (int)Math.Min(int.MaxValue / 2, Math.Max(FewestParts, (share + partLength - 1) / partLength) * partLength);
        var pieces = new List<TextPiece>();
        foreach (var text in texts)
        {
            for (int first = 0, steps = text.Length + end; first < steps; first += longest)
                pieces.Add(new(text.Start, text.Length, first, Math.Min(longest, steps - first)));
        }
        return [.. pieces];
    }

    private static void CheckTokens(Sequences texts, TrainingColumns columns)
    {
        int unknown = columns.Language!.Unknown == UnknownTokens.Refuse ? texts.Values.IndexOf(0f) : -1;
        if (unknown < 0)
            return;
        int row = 0;
        while (texts.Ranges[row].Start + texts.Ranges[row].Length <= unknown || texts.Ranges[row].Start > unknown)
            row++;
        throw new InvalidOperationException($"Column '{columns.FeatureColumnName}': token {unknown - texts.Ranges[row].Start + 1} of text {row + 1} (of those "
            + "that have a token) is missing from the vocabulary. Leave such rows out, or set Unknown = UnknownTokens.Map.");
    }

    private static Sequences SampleOf(Sequences texts, SequenceRange[] training, int most)
    {
        const int longest = 256; // tokens
        int every = ((training.Length - 1) / most) + 1;
        var sample = new SequenceSample(most, features: 1, labelSize: 1);
        for (int i = 0; i < training.Length; i += every)
            sample.Offer(texts.Values.Slice(training[i].Start, Math.Min(longest, training[i].Length)), [0f]);
        return sample.ToSequences();
    }
}
