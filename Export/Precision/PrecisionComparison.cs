using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Measures a model in every precision on the same sequences.</summary>
internal sealed class PrecisionComparison : IDisposable
{
    private const int Batch = 128;

    private readonly SequenceModel[] _models;         // Float32 first
    private readonly SequencePredictor[] _predictors;
    private readonly PrecisionErrors[] _errors;
    private readonly List<ReadOnlyMemory<float>> _timed = []; // the first sequences
    private long _rows;

    private PrecisionComparison(SequenceModel model)
    {
        _models = [.. Enum.GetValues<OnnxPrecision>().Select(precision => PrecisionConverter.Convert(model, precision))];
        _predictors = [.. _models.Select(m => new SequencePredictor(m))];
        _errors = [.. _models.Select(_ => new PrecisionErrors())];
    }

    /// <param name="model">The model, in Float32.</param>
    /// <param name="data">Its column of sequences, and its labels where they are known.</param>
    /// <exception cref="ArgumentException">The column of sequences is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There is no sequence, or one is of another length.</exception>
    public static OnnxPrecisionReport Run(SequenceModel model, IDataView data)
    {
        using var comparison = new PrecisionComparison(model);
        comparison.Score(data);
        return comparison.Report();
    }

    public void Dispose() => Array.ForEach(_predictors, p => p.Dispose());

    private void Score(IDataView data)
    {
        foreach (var batch in LabelledSequence.Read(data, _models[0].Manifest).Chunk(Batch))
        {
            ReadOnlyMemory<float>[] sequences = [.. batch.Select(s => s.Values)];
            float[][] predictions = [.. _predictors.Select(p => p.PredictRagged(sequences))];
            float[]? labels = batch[0].Label is null ? null : [.. batch.SelectMany(s => s.Label!)];
            for (int p = 0; p < predictions.Length; p++)
                _errors[p].Add(predictions[p], predictions[0], labels);
            _rows += batch.Length;
            if (_timed.Count == 0)
                _timed.AddRange(sequences);
        }
        if (_rows == 0)
            throw new InvalidOperationException("The rows give no sequence, so that nothing can be compared: "
                + "give at least window length rows.");
    }

    private OnnxPrecisionReport Report()
    {
        var destination = new float[_predictors[0].OutputSize];
        int next = 0;
        double[] calls = PrecisionTimer.Measure(
            [.. _predictors.Select(p => (Action)(() => p.Predict(_timed[next++ % _timed.Count].Span, destination)))]);
        ReadOnlyMemory<float>[] batch = [.. Enumerable.Range(0, Batch).Select(i => _timed[i % _timed.Count])];
        double[] batches = PrecisionTimer.Measure([.. _predictors.Select(p => (Action)(() => p.PredictRagged(batch)))]);
        return new([.. _models.Select((_, p) => Result(p, calls, batches))], _rows, _errors[0].Labelled);
    }

    private OnnxPrecisionResult Result(int p, double[] calls, double[] batches)
    {
        var (errors, exact) = (_errors[p], _errors[0]);
        return new()
        {
            Precision = _models[p].Manifest.Precision,
            FileBytes = _models[p].OnnxBytes.Length,
            FileRatio = (double)_models[p].OnnxBytes.Length / _models[0].OnnxBytes.Length,
            MicrosecondsPerCall = calls[p] * 1e6,
            CallSpeedup = calls[0] / calls[p],
            RowsPerSecond = Batch / batches[p],
            BatchSpeedup = batches[0] / batches[p],
            LargestDifference = errors.LargestDifference,
            RootMeanSquareDifference = errors.RootMeanSquareDifference,
            RootMeanSquaredError = errors.RootMeanSquaredError,
            RootMeanSquaredErrorChange = errors.RootMeanSquaredError - exact.RootMeanSquaredError,
            MeanAbsoluteError = errors.MeanAbsoluteError,
            MeanAbsoluteErrorChange = errors.MeanAbsoluteError - exact.MeanAbsoluteError,
        };
    }
}
