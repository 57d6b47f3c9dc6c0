namespace MlNetRnn;

/// <summary>Where the results of a call go: a row per sequence, which holds the values of the model's first outputs one after the other.</summary>
/// <param name="values">The rows.</param>
/// <param name="outputs">The outputs.</param>
/// <param name="steps">Steps of the sequences, where it is the same for all; it counts for outputs per step alone.</param>
/// <param name="starts">Where each row begins; null where all have the same size.</param>
internal readonly unsafe struct ResultRows(float* values, ReadOnlySpan<SequenceModelOutput> outputs, int steps, int* starts = null)
{
    private readonly int _outputs = outputs.Length;
    private readonly int _size = Size(outputs, steps);

    /// <summary>The values of a row for a sequence of so many steps.</summary>
    public static int Size(ReadOnlySpan<SequenceModelOutput> outputs, int steps)
    {
        int size = 0;
        foreach (var output in outputs)
            size = checked(size + output.Size(steps));
        return size;
    }

    /// <summary>Takes the results of a run as the rows from <paramref name="start"/> on, which have the same size.</summary>
    public void Take(SequenceRun run, int start, int count)
    {
        if (_outputs == 1)
        {
            run.Output(0).CopyTo(new Span<float>(values + ((long)start * _size), count * _size));
            return;
        }
        for (int i = 0; i < count; i++)
            TakeOne(run, i, start + i, steps);
    }

    /// <summary>Takes the result of sequence <paramref name="from"/> of a run, which has so many steps, as a row.</summary>
    public void TakeOne(SequenceRun run, int from, int row, int ownSteps)
    {
        float* slot = values + (starts is null ? (long)row * _size : starts[row]);
        for (int o = 0; o < _outputs; o++)
        {
            var output = run.Output(o, from, ownSteps);
            output.CopyTo(new Span<float>(slot, output.Length));
            slot += output.Length;
        }
    }
}
