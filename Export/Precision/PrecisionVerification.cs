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
    public static void Verify(ITransformer pipeline, ConvertedChain chain, SequenceModel reduced, IDataView rows)
    {
        if (reduced.Manifest.Outputs.IsEmpty)
            return; // no output is a number; that the file gives the pipeline's results was verified before its weights were reduced
        var verification = new PrecisionVerification(reduced.Manifest);
        ExportVerification.Run(pipeline, chain, reduced, rows, (column, expected, actual, what, first) =>
        {
            if (column.Name == reduced.Manifest.Outputs[0].Name) // not what the pipeline makes of it beside, such as a class
                verification.Add(actual.GetTensorDataAsSpan<float>(), ((SampleValues<float>)expected).All, what, first);
        });
        verification.Check();
    }

    // Values of a batch of rows, [rows, length].
    private void Add(ReadOnlySpan<float> actual, IReadOnlyList<float> expected, string what, long first)
    {
        for (int i = 0; i < expected.Count; i++)
        {
            if (float.IsFinite(actual[i]) != float.IsFinite(expected[i]))
            {
                throw new InvalidOperationException(
                    $"In {_manifest.Precision} the model gives {actual[i]} for '{_manifest.Outputs[0].Name}' where Transform gives {expected[i]} "
                        + $"({what} {first + (i / _values.Length) + 1}, value {(i % _values.Length) + 1}). The file was not written. "
                        + $"Export it as {OnnxPrecision.Float32}.");
            }
            if (float.IsFinite(expected[i]))
                _values[i % _values.Length].Add(actual[i], expected[i]);
        }
    }

    private void Check()
    {
        var scales = _manifest.Scaling.TargetScales;
        for (int i = 0; i < _values.Length; i++)
        {
            double difference = _values[i].Difference;
            // The target's scale is in units of the model's own output, which steps after the model may have left.
            double least = _manifest.Folded is null ? LeastSpread * scales[i % scales.Length] : 0;
            double spread = Math.Max(_values[i].Spread, least);
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
