namespace MlNetRnn.Scenarios.Scoring;

/// <summary>Which column of the file stands for which input of the model.</summary>
internal static class InputNames
{
    /// <summary>The file's name of a column: <paramref name="chosen"/> has one for each input, in order, or none at all.</summary>
    /// <exception cref="ArgumentException">The numbers of names differ.</exception>
    public static Func<string, string> Map(IReadOnlyList<string> inputs, string[] chosen)
    {
        if (chosen.Length == 0)
            return name => name;
        if (chosen.Length != inputs.Count)
            throw new ArgumentException($"--column names {chosen.Length} columns; the model has {inputs.Count} inputs: "
                + $"{string.Join(", ", inputs)}.");
        return name => inputs.Index().FirstOrDefault(i => i.Item == name) is { Item: not null } found ? chosen[found.Index] : name;
    }
}
