using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Measures a language model on texts: many at a time, step by step, in memory that does not grow with their number.</summary>
internal sealed class LanguageEvaluation(StreamingPredictor predictor, TokenVocabulary vocabulary)
{
    private const int TextsAtATime = 256; // of like lengths, so that few wait for the longest
    private const float Smallest = float.Epsilon; // below it a probability is 0 in Single: 103 nats

    private readonly List<int[]> _texts = [];
    private double _nats;
    private long _tokens, _right, _rows;

    public LanguageModelMetrics Run(IDataView data, CancellationToken cancellationToken)
    {
        var manifest = predictor.Model.Manifest;
        bool isStream = manifest.Language!.Rows == LanguageRows.Stream;
        var stream = isStream ? new Text(predictor, [vocabulary.EndKey]) : null;
        var column = Column(data, manifest);
        using var cursor = data.GetRowCursor([column]);
        var getter = KeyGetters.Vector(cursor, column);
        VBuffer<float> keys = default;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            getter(ref keys);
            int[] text = Keys(keys, column, cursor.Position);
            _rows++;
            if (stream is not null)
                Score(stream, text, cancellationToken);
            else
                _texts.Add([vocabulary.EndKey, .. text, vocabulary.EndKey]);
            if (_texts.Count == TextsAtATime)
                ScoreTexts(cancellationToken);
        }
        ScoreTexts(cancellationToken);
        if (_tokens == 0)
            throw new InvalidOperationException($"There is nothing to measure: column '{column.Name}' has no token. Give rows of tokens.");
        return new(_nats / _tokens, (double)_right / _tokens, _tokens, isStream ? 1 : _rows);
    }

    private static DataViewSchema.Column Column(IDataView data, SequenceModelManifest manifest)
    {
        var column = data.Schema.GetColumnOrNull(manifest.FeatureColumnName)
            ?? throw new ArgumentException($"There is no column '{manifest.FeatureColumnName}'; the data has "
                + $"{string.Join(", ", data.Schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"))}.");
        return column.Type is VectorDataViewType { ItemType: KeyDataViewType key } && key.Count == (ulong)manifest.Tokens
            ? column
            : throw new ArgumentException($"Column '{column.Name}' is {column.Type}; the model takes a vector of keys of {manifest.Tokens} values. "
                + "Map the tokens by the step that mapped those of the training data.");
    }

    // Missing keys at either end are padding, as in training.
    private int[] Keys(in VBuffer<float> values, DataViewSchema.Column column, long row)
    {
        int[] keys = [.. values.DenseValues().ToArray().AsSpan().Trim(0f).ToArray().Select(key => (int)key)];
        int unknown = Array.IndexOf(keys, 0);
        return unknown < 0 || vocabulary.Unknown == UnknownTokens.Map
            ? keys
            : throw new InvalidOperationException($"Column '{column.Name}', row {row + 1}, token {unknown + 1} is missing from the vocabulary. "
                + "Leave such rows out, or train with Unknown = UnknownTokens.Map.");
    }

    private void Score(Text text, int[] tokens, CancellationToken cancellationToken)
    {
        foreach (int token in tokens)
        {
            cancellationToken.ThrowIfCancellationRequested();
            text.Series.Step(text.Last, text.Probabilities);
            Count(text.Probabilities, token);
            text.Last[0] = token;
        }
    }

    // The longest first: those that go on are always the first ones.
    private void ScoreTexts(CancellationToken cancellationToken)
    {
        _texts.Sort((a, b) => b.Length.CompareTo(a.Length));
        StreamingSeries[] series = [.. _texts.Select(_ => predictor.CreateSeries())];
        float[] observations = new float[_texts.Count], probabilities = new float[_texts.Count * predictor.OutputSize];
        for (int step = 0, count = _texts.Count; ; step++)
        {
            while (count > 0 && _texts[count - 1].Length <= step + 1)
                count--;
            if (count == 0)
                break;
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; i < count; i++)
                observations[i] = _texts[i][step];
            var result = probabilities.AsSpan(0, count * predictor.OutputSize);
            predictor.StepBatch(series.AsSpan(0, count), observations.AsSpan(0, count), result);
            for (int i = 0; i < count; i++)
                Count(result.Slice(i * predictor.OutputSize, predictor.OutputSize), _texts[i][step + 1]);
        }
        _texts.Clear();
    }

    private void Count(ReadOnlySpan<float> probabilities, int token)
    {
        if (token == 0)
            return; // unknown: never predicted
        _nats -= Math.Log(Math.Max(probabilities[token - 1], Smallest));
        _right += TensorPrimitives.IndexOfMax(probabilities) == token - 1 ? 1 : 0;
        _tokens++;
    }

    private sealed class Text(StreamingPredictor predictor, float[] last)
    {
        public StreamingSeries Series { get; } = predictor.CreateSeries();

        public float[] Last { get; } = last;

        public float[] Probabilities { get; } = new float[predictor.OutputSize];
    }
}
