using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Compares an exported model with the pipeline it came from.</summary>
internal static class ExportVerification
{
    /// <summary>
    /// Scores rows both ways: through the pipeline, and through the exported bytes fed with raw values alone. All outputs are compared.
    /// </summary>
    /// <exception cref="InvalidOperationException">The results differ, or the rows give nothing to compare.</exception>
    public static void Verify(ITransformer pipeline, ConvertedChain chain, SequenceModel exported, IDataView rows, double tolerance)
    {
        var recorded = new RecordedRows(rows);
        using var inputs = SampleInputs.Create(chain, recorded.Replay);
        var scored = pipeline.Transform(recorded);
        var columns = chain.Outputs.Select(c => scored.Schema[c.Name]).ToArray();
        using var cursor = scored.GetRowCursor(columns);
        using var session = Open(exported);
        SampleValues[] expected = [.. columns.Select(SampleValues.Create)];
        Action[] readers = [.. columns.Select((c, i) => expected[i].Reader(cursor, c))];
        var rowIds = new RowPairs(cursor, inputs.Cursor);
        long done = 0;
        for (int count; (count = Read(cursor, inputs, readers, rowIds)) > 0; done += count)
        {
            Compare(session, inputs, columns, expected, count, done, tolerance);
            foreach (var values in expected)
                values.Clear();
        }
        if (done == 0)
            throw new InvalidOperationException($"The sample rows give no {inputs.What}, so that nothing could be verified: "
                + "give at least window length rows.");
    }

    // Up to a batch of rows from both sides.
    private static int Read(DataViewRowCursor cursor, SampleInputs inputs, Action[] readers, RowPairs pairs)
    {
        inputs.Clear();
        int count = 0;
        while (count < inputs.BatchSize && pairs.MoveNext())
        {
            inputs.Read();
            foreach (var read in readers)
                read();
            count++;
        }
        return count;
    }

    private static void Compare(
        InferenceSession session, SampleInputs inputs, DataViewSchema.Column[] columns, SampleValues[] expected, int count, long done,
        double tolerance)
    {
        var names = columns.Select(c => c.Name).ToArray();
        OrtValue[] tensors = [.. inputs.Tensors(count)];
        try
        {
            using var options = new RunOptions();
            using var actual = session.Run(options, inputs.Names, tensors, names);
            for (int i = 0; i < names.Length; i++)
            {
                if (expected[i].FirstDifference(actual[i], tolerance) is { } difference)
                    throw Differs(names[i], inputs.What, OnnxTypes.Size(columns[i].Type), done, difference, tolerance);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw CannotRun(e);
        }
        finally
        {
            foreach (var tensor in tensors)
                tensor.Dispose();
        }
    }

    private static InferenceSession Open(SequenceModel exported)
    {
        try
        {
            return new(SequenceModel.FromBytes([.. exported.OnnxBytes], "The exported model").OnnxBytes);
        }
        catch (OnnxRuntimeException e)
        {
            throw CannotRun(e);
        }
    }

    private static InvalidOperationException CannotRun(OnnxRuntimeException e) =>
        new($"ONNX Runtime cannot run the exported file: {e.Message} The file was not written. "
            + "A converter of OnnxExportOptions.Converters that adds nodes of a wrong type or shape does that.", e);

    private static InvalidOperationException Differs(
        string name, string what, int size, long done, (int At, string Actual, string Expected) difference, double tolerance) =>
        new($"The exported file gives {difference.Actual} for '{name}' where Transform gives {difference.Expected} ({what} "
            + $"{done + (difference.At / size) + 1}, value {(difference.At % size) + 1}), beyond the tolerance of {tolerance}. "
            + "The file was not written.");
}
