using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Compares an exported model with the pipeline it came from.</summary>
internal static class ExportVerification
{
    /// <summary>Compares an output's values for a batch of rows: those expected, what the file gives, and the number of the first row.</summary>
    public delegate void Comparison(DataViewSchema.Column column, SampleValues expected, OrtValue actual, string what, long first);

    /// <summary>Checks that the file gives the pipeline's results. All outputs are compared.</summary>
    /// <exception cref="InvalidOperationException">The results differ, or the rows give nothing to compare.</exception>
    public static void Verify(ITransformer pipeline, ConvertedChain chain, SequenceModel exported, IDataView rows, double tolerance) =>
        Run(pipeline, chain, exported, rows, (column, expected, actual, what, first) =>
        {
            bool isVariable = OnnxTypes.Size(column.Type) == 0; // rows then come one by one
            if (isVariable && expected.Count == 0)
                return; // a sequence without a step, for which the file is given one of padding
            if (expected.FirstDifference(actual, tolerance) is { } difference)
                throw Differs(column.Name, what, isVariable ? int.MaxValue : OnnxTypes.Size(column.Type), first, difference, tolerance);
        });

    /// <summary>Scores rows both ways: through the pipeline, and through the exported bytes fed with raw values alone.</summary>
    /// <exception cref="InvalidOperationException">The rows give nothing to compare, or the file cannot be run.</exception>
    public static void Run(ITransformer pipeline, ConvertedChain chain, SequenceModel exported, IDataView rows, Comparison compare)
    {
        if (chain.Model.Manifest.Forecast is { Covariates.IsEmpty: false })
        {
            using var beside = SampleCovariates.Open(chain, rows, out var made);
            Compare(exported, beside, beside.Cursor, made, beside.Cursor.MoveNext, compare);
            return;
        }
        var recorded = new RecordedRows(rows);
        using var inputs = SampleInputs.Create(chain, recorded.Replay);
        var scored = pipeline.Transform(recorded);
        var columns = chain.Outputs.Select(c => scored.Schema[c.Name]).ToArray();
        using var cursor = scored.GetRowCursor(columns);
        Compare(exported, inputs, cursor, columns, new RowPairs(cursor, inputs.Cursor).MoveNext, compare);
    }

    private static void Compare(
        SequenceModel exported, SampleInputs inputs, DataViewRowCursor cursor, DataViewSchema.Column[] columns,
        Func<bool> moveNext, Comparison compare)
    {
        using var session = Open(exported);
        SampleValues[] expected = [.. columns.Select(SampleValues.Create)];
        Action[] readers = [.. columns.Select((c, i) => expected[i].Reader(cursor, c))];
        var run = SampleRun.Of(exported.Manifest, session);
        long done = 0;
        for (int count; (count = Read(Math.Min(run.MostRows, inputs.BatchSize), inputs, readers, moveNext)) > 0; done += count)
        {
            Score(run, inputs, count, [.. columns.Select(c => c.Name)], actual =>
            {
                for (int i = 0; i < columns.Length; i++)
                    compare(columns[i], expected[i], actual[i], inputs.What, done);
            });
            foreach (var values in expected)
                values.Clear();
        }
        if (done == 0)
            throw new InvalidOperationException($"The sample rows give no {inputs.What}, so that nothing could be verified: "
                + "give at least window length rows.");
    }

    // Up to a batch of rows from both sides.
    private static int Read(int most, SampleInputs inputs, Action[] readers, Func<bool> moveNext)
    {
        inputs.Clear();
        int count = 0;
        while (count < most && moveNext())
        {
            inputs.Read();
            foreach (var read in readers)
                read();
            count++;
        }
        return count;
    }

    private static void Score(SampleRun run, SampleInputs inputs, int count, string[] outputs, Action<IReadOnlyList<OrtValue>> use)
    {
        OrtValue[] tensors = [.. inputs.Tensors(count)];
        try
        {
            using var actual = run.Score(inputs.Names, tensors, outputs);
            use(actual);
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
