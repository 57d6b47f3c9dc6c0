using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// Checks that a model in reduced precision gives nearly what the pipeline gives. Precision may cost something, which
/// <c>CompareOnnxPrecisions</c> tells; here a file is refused that is wrong.
/// </summary>
/// <remarks>
/// The root mean square of the differences is held against the spread of the predictions: their standard deviation, or, where the model
/// adds the last value to what it predicts (<see cref="ScalingSummary.DifferencedFeatures"/>), their change from row to row; at least a
/// tenth of the target's scale, for a model that predicts nearly the same for all rows. 8 bits cost a few thousandths of it, 16 bits less
/// than one. A wrong weight, scale or gate gives predictions that have little to do with the right ones: they differ by about the spread.
/// </remarks>
internal sealed class PrecisionVerification
{
    private const double LeastSpread = 0.1; // of the target's scale

    private readonly SequenceModelManifest _manifest;
    private readonly ValueStatistics[] _values; // for each value of the output
    private readonly double _limit;

    private PrecisionVerification(SequenceModelManifest manifest)
    {
        _manifest = manifest;
        bool fromRowToRow = manifest.Scaling.DifferencedFeatures is not null;
        _values = [.. Enumerable.Range(0, manifest.Outputs[0].Length).Select(_ => new ValueStatistics(fromRowToRow))];
        _limit = manifest.Precision == OnnxPrecision.Int8 ? 0.05 : 0.01;
    }

    /// <exception cref="InvalidOperationException">The predictions are not those of the pipeline; the message says which.</exception>
    public static void Verify(ITransformer pipeline, SequenceModel reduced, IDataView rows)
    {
        var verification = new PrecisionVerification(reduced.Manifest);
        ExportVerification.Run(pipeline, reduced, rows, verification.Add);
        verification.Check();
    }

    private void Add(float[] actual, float[] expected, long row, string name)
    {
        if (name != _manifest.Outputs[0].Name)
            return; // what the prediction makes of it, such as a class
        for (int i = 0; i < expected.Length; i++)
        {
            if (float.IsFinite(actual[i]) != float.IsFinite(expected[i]))
            {
                throw new InvalidOperationException(
                    $"In {_manifest.Precision} the model gives {actual[i]} for '{name}' where Transform gives {expected[i]} "
                        + $"(window {row + 1}, value {i + 1}). The file was not written. Export it as {OnnxPrecision.Float32}.");
            }
            if (float.IsFinite(expected[i]))
                _values[i].Add(actual[i], expected[i]);
        }
    }

    private void Check()
    {
        var scales = _manifest.Scaling.TargetScales;
        for (int i = 0; i < _values.Length; i++)
        {
            double difference = _values[i].Difference;
            double spread = Math.Max(_values[i].Spread, LeastSpread * scales[i % scales.Length]);
            if (difference > _limit * spread)
            {
                throw new InvalidOperationException(
                    $"In {_manifest.Precision} the model's '{_manifest.Outputs[0].Name}' differs from that of Transform by {difference:g3} "
                        + $"(value {i + 1}, root mean square over {_values[i].Count} windows), which is {difference / spread:p0} of its spread of "
                        + $"{spread:g3}, beyond {_limit:p0}. The file was not written. Export it in another precision; "
                        + "ml.Model.CompareOnnxPrecisions tells what each costs.");
            }
        }
    }

    /// <summary>How one value of the output differs and spreads.</summary>
    private sealed class ValueStatistics(bool fromRowToRow)
    {
        private double _differences; // squared
        private double _squares;     // of the distances from the mean, or of the changes
        private double _mean;
        private float? _last;

        public long Count { get; private set; }

        public double Difference => Math.Sqrt(_differences / Math.Max(1, Count));

        public double Spread => Math.Sqrt(_squares / Math.Max(1, Count));

        public void Add(float actual, float expected)
        {
            _differences += Math.Pow((double)actual - expected, 2);
            Count++;
            double delta = expected - _mean;
            _mean += delta / Count;
            _squares += fromRowToRow
                ? Math.Pow(expected - (double)(_last ?? expected), 2)
                : delta * (expected - _mean); // Welford, 1962
            _last = expected;
        }
    }
}
