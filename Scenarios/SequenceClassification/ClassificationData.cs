using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>Sequences of numbers or texts to classify: in both parts a column <see cref="Column"/> and the class as text, <see cref="LabelColumn"/>.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Column">The column of sequences.</param>
/// <param name="Classes">The classes of the training part, those it declares without an example included; none where there is no such part.</param>
/// <param name="Train">The training part; null where a saved model is scored on data of its own.</param>
/// <param name="Test">The test part.</param>
internal sealed record ClassificationData(string Title, string Column, IReadOnlyList<string> Classes, IDataView? Train, IDataView Test)
{
    public const string LabelColumn = "Label";

    private const int MostNamed = 12;

    public bool IsText => Column == nameof(LabelledText.Text);

    public string[] TestLabels { get; } = Labels(Test);

    public string[] TrainLabels { get; } = Train is null ? [] : Labels(Train);

    public static ClassificationData Load(MLContext ml, SequenceClassificationSettings settings) =>
        settings.IsText ? TextData.Load(ml, settings) : NumberData.Load(ml, settings);

    /// <exception cref="InvalidOperationException">There are not two classes to tell apart.</exception>
    public void CheckClasses()
    {
        if (TrainLabels.Distinct().ToArray() is [var only])
            throw new InvalidOperationException($"All {TrainLabels.Length} training sequences have the class '{only}'; expected two classes or more.");
    }

    /// <summary>Prints what there is to learn from, and what cannot be learnt from it.</summary>
    public void PrintSummary(string shape)
    {
        string parts = $"{(Train is null ? "" : $"{TrainLabels.Length} training and ")}{Count(TestLabels.Length, "test sequence")}";
        Console.WriteLine($"{Title}: {parts}, {shape}.");
        if (Train is null)
            return;
        var counts = Classes.Select(c => TrainLabels.Count(l => l == c)).ToArray();
        Console.WriteLine($"{(Classes.Count == 1 ? "1 class" : $"{Classes.Count} classes")} with {Range(counts, "training sequence")} each: {List(Classes)}.");
        if (Classes.Except(TrainLabels).ToArray() is { Length: > 0 } empty)
            Console.WriteLine($"No training sequence has the class {Quoted(empty)}: it cannot be learnt.");
    }

    /// <summary>Says which test sequences no model that knows <paramref name="known"/> classes can get right. They count as errors.</summary>
    public void PrintUnseen(IReadOnlyCollection<string> known)
    {
        var unseen = TestLabels.Where(l => !known.Contains(l)).CountBy(l => l).ToArray();
        if (unseen.Length == 0)
            return;
        string which = List([.. unseen.Select(u => $"'{u.Key}' ({u.Value})")]);
        Console.WriteLine($"{unseen.Sum(u => u.Value)} of {TestLabels.Length} test sequences are of classes that the model was not trained on, and "
            + $"count as errors: {which}.");
    }

    /// <summary>A number and what it counts, with an s where it is not 1.</summary>
    public static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    /// <summary>The least and the greatest of some counts.</summary>
    public static string Range(IReadOnlyCollection<int> counts, string what) =>
        counts.Min() == counts.Max() ? Count(counts.Min(), what) : $"{counts.Min()} to {counts.Max()} {what}s";

    private static string Quoted(string[] names) => List([.. names.Select(n => $"'{n}'")]);

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");

    private static string[] Labels(IDataView data) => [.. data.GetColumn<string>(LabelColumn)];
}
