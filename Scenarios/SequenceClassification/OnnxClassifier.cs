using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>
/// An exported classifier in plain ONNX Runtime, as any program would run it: sequences in, <c>[batch, steps, features]</c> numbers or
/// <c>[batch, words]</c> text, the class as text and the probabilities out.
/// </summary>
internal sealed class OnnxClassifier : IDisposable
{
    private const int Batch = 256;

    private readonly string _file;
    private readonly InferenceSession _session;
    private readonly string _input;
    private readonly RunOptions _run = new();

    public OnnxClassifier(string file)
    {
        _file = file;
        _session = new(file);
        var outputs = _session.OutputMetadata;
        if (_session.InputMetadata.Count != 1 || !outputs.ContainsKey(Scored.ScoreColumn)
            || !(outputs.TryGetValue(Predictions.PredictedColumn, out var predicted) && predicted.IsString))
        {
            string names = $"inputs {string.Join(", ", _session.InputMetadata.Keys)}; outputs {string.Join(", ", outputs.Keys)}";
            _session.Dispose();
            throw new ArgumentException($"'{file}' is no classifier of this scenario: it has the {names}; expected one input and the outputs "
                + $"{Predictions.PredictedColumn} (text) and {Scored.ScoreColumn}.");
        }
        _input = _session.InputMetadata.Keys.Single();
    }

    /// <summary>Whether it takes words.</summary>
    public bool IsText => _session.InputMetadata[_input].IsString;

    /// <summary>Scores the rows, those of the same length together.</summary>
    /// <exception cref="ArgumentException">The rows are of another kind than the model takes.</exception>
    public Scored Score(IDataView rows)
    {
        if (rows.Schema.GetColumnOrNull(_input) is not { } column)
            throw new ArgumentException($"'{_file}' takes '{_input}', which this data does not have.");
        return IsText ? Score(Words(rows, column), 1) : Score([.. rows.GetColumn<float[]>(column)], Features(column));
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private int Features(DataViewSchema.Column column)
    {
        int expected = _session.InputMetadata[_input].Dimensions[^1];
        int found = ((VectorDataViewType)column.Type).Dimensions[^1];
        return expected == found ? found : throw new ArgumentException($"'{_file}' takes {ClassificationData.Count(expected, "value")} per step; this data has {found}.");
    }

    private static string[][] Words(IDataView rows, DataViewSchema.Column column) => [.. rows.GetColumn<string[]>(column)];

    private Scored Score<T>(T[][] rows, int features)
    {
        var scored = new Scored(new string[rows.Length], new float[rows.Length][]);
        foreach (var alike in Enumerable.Range(0, rows.Length).GroupBy(i => rows[i].Length))
        {
            foreach (int[] batch in alike.Chunk(Batch))
                Run([.. batch.SelectMany(i => rows[i])], batch, [batch.Length, alike.Key / features, features], scored);
        }
        return scored;
    }

    private void Run<T>(T[] values, int[] rows, long[] shape, Scored scored)
    {
        using var input = values is string[] words ? TextTensor(words, shape[..2]) : OrtValue.CreateTensorValueFromMemory(values as float[], shape);
        using var outputs = _session.Run(_run, [_input], [input], [Predictions.PredictedColumn, Scored.ScoreColumn]);
        string[] predicted = outputs[0].GetStringTensorAsArray();
        var probabilities = outputs[1].GetTensorDataAsSpan<float>();
        int classes = probabilities.Length / rows.Length;
        for (int i = 0; i < rows.Length; i++)
            (scored.Predicted[rows[i]], scored.Probabilities[rows[i]]) = (predicted[i], probabilities.Slice(i * classes, classes).ToArray());
    }

    private static OrtValue TextTensor(string[] words, long[] shape)
    {
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (int i = 0; i < words.Length; i++)
            tensor.StringTensorSetElementAt(words[i], i);
        return tensor;
    }
}
