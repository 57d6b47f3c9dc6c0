using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>What a classifier's loss counts how much. Immutable: change it by <c>with</c>.</summary>
public sealed record ClassificationOptions
{
    /// <summary>How much the examples of each class count. Default: <see cref="ClassWeights.None"/>, all alike.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <summary>
    /// Share of the label that is spread evenly over all classes, 0 to below 1, so that scores do not grow without limit (Szegedy et al.,
    /// 2016); also over which validation losses are measured. Default: 0.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// A column of Single, at least 0: how much each example counts in the loss, in training and in validation. One of weight 0 is
    /// left out, as if it were not there. Null (default): all alike.
    /// </summary>
    public string? ExampleWeightColumnName { get; init; }

    internal void Validate()
    {
        var problems = new Problems();
        problems.AddIf(ClassWeights is null, "ClassWeights is null; give ClassWeights.None, .Balanced or .Of(...).");
        problems.AddIf(!(LabelSmoothing is >= 0 and < 1), $"LabelSmoothing is {LabelSmoothing}; it must be at least 0 and below 1.");
        problems.AddIf(ExampleWeightColumnName is { } name && string.IsNullOrWhiteSpace(name),
            $"ExampleWeightColumnName is '{ExampleWeightColumnName}'; name a column, or leave it null.");
        foreach (string failure in ClassWeights?.Failures() ?? [])
            problems.Add($"ClassWeights: {failure}");
        problems.ThrowIfAny("The classification options are not usable");
    }
}

/// <summary>How much the examples of each class count in the loss.</summary>
public sealed record ClassWeights
{
    private ClassWeights(bool isBalanced, ImmutableArray<ClassWeight> given) => (IsBalanced, Given) = (isBalanced, given);

    /// <summary>All classes alike.</summary>
    public static ClassWeights None { get; } = new(false, []);

    /// <summary>
    /// n / (classes × n of the class), counted over the examples that train: every class counts as much as any other, however rare
    /// (scikit-learn's <c>balanced</c>; King and Zeng, 2001). Classes without an example are not counted.
    /// </summary>
    public static ClassWeights Balanced { get; } = new(true, []);

    /// <summary>Whether they follow from the frequencies of the classes.</summary>
    public bool IsBalanced { get; }

    /// <summary>The weights that were given.</summary>
    public ImmutableArray<ClassWeight> Given { get; }

    /// <summary>Given weights; classes that are not named count 1.</summary>
    /// <param name="weights">Classes by their label's value as text (<c>True</c> and <c>False</c> of a Boolean) and their weights, above 0.</param>
    /// <returns>The weights.</returns>
    public static ClassWeights Of(params ReadOnlySpan<(string Class, double Weight)> weights)
    {
        var given = ImmutableArray.CreateBuilder<ClassWeight>(weights.Length);
        foreach (var (name, weight) in weights)
            given.Add(new(name, weight));
        return new(false, given.ToImmutable());
    }

    internal IEnumerable<string> Failures() =>
    [
        .. Given.Where(w => !((float)w.Weight > 0 && float.IsFinite((float)w.Weight)))
            .Select(w => $"the weight of '{w.Class}' is {w.Weight}; it must be a finite number above 0, as a Single holds it."),
        .. Given.GroupBy(w => w.Class).Where(g => g.Count() > 1).Select(g => $"'{g.Key}' is named {g.Count()} times; name it once."),
    ];

    /// <summary>The weight of each class.</summary>
    /// <param name="names">The classes.</param>
    /// <param name="counts">Examples of each that train.</param>
    /// <exception cref="ArgumentException">A weight is given for a class that the label does not have.</exception>
    internal float[] For(IReadOnlyList<string> names, ReadOnlySpan<long> counts)
    {
        var unknown = Given.Where(w => !names.Contains(w.Class)).Select(w => $"'{w.Class}'").ToArray();
        if (unknown.Length > 0)
        {
            throw new ArgumentException($"ClassWeights names {string.Join(", ", unknown)}, which the label does not have; its classes are "
                + $"{string.Join(", ", names.Select(n => $"'{n}'"))}.");
        }
        var weights = new float[names.Count];
        double seen = 0, examples = 0;
        foreach (long count in counts)
            (seen, examples) = (seen + (count > 0 ? 1 : 0), examples + count);
        for (int i = 0; i < weights.Length; i++)
        {
            double given = Given.FirstOrDefault(w => w.Class == names[i])?.Weight ?? 1;
            weights[i] = (float)(IsBalanced ? examples / (seen * Math.Max(1, counts[i])) : given);
        }
        return weights;
    }
}

/// <summary>The weight of a class.</summary>
/// <param name="Class">The label's value as text.</param>
/// <param name="Weight">How much its examples count.</param>
public sealed record ClassWeight(string Class, double Weight);
