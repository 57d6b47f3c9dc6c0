namespace MlNetRnn;

/// <summary>Collects everything that is wrong with what the user gave, so that one exception names it all.</summary>
internal sealed class Problems
{
    private readonly List<string> _found = [];

    public bool Any => _found.Count > 0;

    public void Add(string text) => _found.Add(text);

    public void AddIf(bool wrong, string text)
    {
        if (wrong)
            Add(text);
    }

    /// <summary>Throws one <see cref="ArgumentException"/> with all texts, or does nothing when there are none.</summary>
    public void ThrowIfAny(string what)
    {
        if (_found.Count == 1)
            throw new ArgumentException($"{what}: {_found[0]}");
        if (Any)
            throw new ArgumentException($"{what}, {_found.Count} "
                + $"problems:{string.Concat(_found.Select(text => $"{Environment.NewLine}  - {text}"))}");
    }
}
