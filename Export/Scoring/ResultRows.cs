namespace MlNetRnn;

/// <summary>Where the results of a call go: a row per sequence, <c>[count, size]</c>, the values of the model's first outputs one after the other.</summary>
internal readonly unsafe struct ResultRows(float* values, ReadOnlySpan<SequenceModelOutput> outputs)
{
    private readonly int _outputs = outputs.Length;
    private readonly int _size = Size(outputs);

    /// <summary>The values of a row.</summary>
    public static int Size(ReadOnlySpan<SequenceModelOutput> outputs)
    {
        int size = 0;
        foreach (var output in outputs)
            size += output.Length;
        return size;
    }

    /// <summary>Takes the results of a run as the rows from <paramref name="start"/> on.</summary>
    public void Take(SequenceRun run, int start, int count)
    {
        if (_outputs == 1)
        {
            run.Output(0).CopyTo(new Span<float>(values + ((long)start * _size), count * _size));
            return;
        }
        for (int i = 0; i < count; i++)
            TakeOne(run, i, start + i);
    }

    /// <summary>Takes the result of sequence <paramref name="from"/> of a run as a row.</summary>
    public void TakeOne(SequenceRun run, int from, int row)
    {
        var slot = new Span<float>(values + ((long)row * _size), _size);
        for (int o = 0; o < _outputs; o++)
        {
            var output = run.Output(o, from);
            output.CopyTo(slot);
            slot = slot[output.Length..];
        }
    }
}
