using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Compares an exported model with the pipeline it came from.</summary>
internal static class ExportVerification
{
    /// <summary>Compares the results of one row: what the file gives, what the pipeline gives, the row's number from 0, the output's name.</summary>
    public delegate void Comparison(float[] actual, float[] expected, long row, string name);

    /// <summary>Checks that the file gives the pipeline's results.</summary>
    /// <exception cref="InvalidOperationException">It does not, or the rows give no window.</exception>
    public static void Verify(ITransformer pipeline, SequenceModel exported, IDataView rows, double tolerance) =>
        Run(pipeline, exported, rows, (actual, expected, row, name) => Compare(actual, expected, tolerance, row, name));

    /// <summary>Scores rows both ways: through the pipeline, and through the exported bytes fed with the window column alone.</summary>
    public static void Run(ITransformer pipeline, SequenceModel exported, IDataView rows, Comparison compare)
    {
        var written = SequenceModel.FromBytes([.. exported.OnnxBytes], "The exported model");
        using var predictor = new SequencePredictor(written);
        var scored = pipeline.Transform(rows);
        var output = written.Manifest.Outputs[0];
        var sequenceColumn = scored.Schema[written.Manifest.FeatureColumnName];
        var outputColumn = scored.Schema[output.Name];
        using var cursor = scored.GetRowCursor([sequenceColumn, outputColumn]);
        var sequence = cursor.GetGetter<VBuffer<float>>(sequenceColumn);
        var expected = ExpectedGetter(cursor, outputColumn, output);
        VBuffer<float> window = default;
        long count = 0;
        for (; cursor.MoveNext(); count++)
        {
            sequence(ref window);
            compare(predictor.Predict(window.DenseValues().ToArray()), expected(), count, output.Name);
        }
        if (count == 0)
            throw new InvalidOperationException("The sample rows give no window, so that nothing could be verified: "
                + "give at least window length rows.");
    }

    private static Func<float[]> ExpectedGetter(DataViewRowCursor cursor, DataViewSchema.Column column, SequenceModelOutput output)
    {
        if (output.IsVector)
        {
            var vector = cursor.GetGetter<VBuffer<float>>(column);
            VBuffer<float> buffer = default;
            return () =>
            {
                vector(ref buffer);
                return [.. buffer.DenseValues()];
            };
        }
        var scalar = cursor.GetGetter<float>(column);
        float value = 0;
        return () =>
        {
            scalar(ref value);
            return [value];
        };
    }

    private static void Compare(float[] actual, float[] expected, double tolerance, long row, string name)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]);
            bool same = difference <= tolerance * Math.Max(1, Math.Abs(expected[i])) || (float.IsNaN(actual[i]) && float.IsNaN(expected[i]));
            if (!same)
            {
                throw new InvalidOperationException(
                    $"The exported file gives {actual[i]} for '{name}' where Transform gives {expected[i]} (window {row + 1}, value "
                        + $"{i + 1}), beyond the tolerance of {tolerance}. The file was not written.");
            }
        }
    }
}
