namespace MlNetRnn;

/// <summary>Counts the examples of each class that train; counts nothing where there are no classes.</summary>
internal sealed class ClassCounts(TrainingColumns columns)
{
    private readonly long[] _counts = new long[columns.Classes?.Count ?? 0];

    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>The classes as text.</summary>
    public IReadOnlyList<string> Names => [.. Enumerable.Range(0, _counts.Length).Select(columns.Classes!.Name)];

    public void Add(ReadOnlySpan<float> label)
    {
        if (_counts.Length > 0)
            _counts[(int)label[0]]++;
    }

    /// <summary>Checks that there is something to tell apart.</summary>
    /// <param name="warn">Told of classes without an example, which the model will hardly predict.</param>
    /// <exception cref="InvalidOperationException">All examples are of one class.</exception>
    public void Check(Action<string> warn)
    {
        if (_counts.Length == 0)
            return;
        var names = Names;
        int[] seen = [.. Enumerable.Range(0, _counts.Length).Where(i => _counts[i] > 0)];
        if (seen.Length < 2)
        {
            throw new InvalidOperationException($"All {_counts.Sum()} examples that train are of the class '{names[seen[0]]}' (column "
                + $"'{columns.LabelColumnName}', {_counts.Length} classes); there is nothing to tell apart. Give examples of two classes at least.");
        }
        var unseen = Enumerable.Range(0, _counts.Length).Where(i => _counts[i] == 0).Select(i => $"'{names[i]}'").ToArray();
        if (unseen.Length > 0)
        {
            warn($"{unseen.Length} of {_counts.Length} classes have no example to train on, and will hardly be predicted: "
                + $"{string.Join(", ", unseen.Take(10))}{(unseen.Length > 10 ? ", ..." : "")}.");
        }
    }
}
