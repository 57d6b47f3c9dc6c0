using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MlNetRnn;

/// <summary>How well classes were predicted: each class, averages, and which class was taken for which.</summary>
/// <remarks>
/// <para>Classes are those that the label column's key values (or its Booleans) name, in their order, whether rows have them or not; then
/// those that only predictions name. Classes of text or number columns are those that occur, sorted.</para>
/// <para>A row without a label (a missing key, empty text, NaN) is neither right nor wrong: it is left out, as by ML.NET's evaluators,
/// and counted in <see cref="UnlabelledRows"/>. A row without a prediction is wrong: it counts in its class's support and lowers its
/// recall and the accuracy, and is in no column of the confusion matrix, which is then less than the support in sum.</para>
/// </remarks>
public sealed record ClassificationReport
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // labels stay readable; the text is not embedded in HTML
    };

    /// <summary>The share of the labelled rows that are predicted rightly.</summary>
    public required double Accuracy { get; init; }

    /// <summary>The mean over classes, each counting the same.</summary>
    public required AverageMetrics MacroAverage { get; init; }

    /// <summary>The mean over classes, each counting by its support.</summary>
    public required AverageMetrics WeightedAverage { get; init; }

    /// <summary>The classes, [classes].</summary>
    public required ImmutableArray<ClassMetrics> Classes { get; init; }

    /// <summary>Numbers of rows, [true class, predicted class], in the order of <see cref="Classes"/>.</summary>
    public required ImmutableArray<ImmutableArray<long>> ConfusionMatrix { get; init; }

    /// <summary>The number of rows with a label, on which all metrics are.</summary>
    public required long Rows { get; init; }

    /// <summary>The number of rows without a label, which are left out.</summary>
    public required long UnlabelledRows { get; init; }

    /// <summary>The number of labelled rows without a prediction, which count as wrong.</summary>
    public required long UnpredictedRows { get; init; }

    /// <summary>
    /// An aligned table with a line per class and the averages, two digits after the point, as scikit-learn's <c>classification_report</c>
    /// gives it with <c>zero_division=0</c> and all classes as <c>labels</c>.
    /// </summary>
    /// <returns>The table; below it, where there are any, how many rows had no label or no prediction.</returns>
    public override string ToString() => ToString(2);

    /// <summary>The table with a number of digits of one's own.</summary>
    /// <param name="digits">Digits after the point, 0 to 15.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="digits"/> is not between 0 and 15.</exception>
    public string ToString(int digits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(digits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, 15);
        return new ClassificationTable(this, digits).ToString();
    }

    /// <summary>
    /// The report as JSON: <c>accuracy</c>, <c>macroAverage</c> and <c>weightedAverage</c> (<c>precision</c>, <c>recall</c>, <c>f1</c>),
    /// <c>classes</c> (<c>label</c>, <c>precision</c>, <c>recall</c>, <c>f1</c>, <c>support</c>), <c>confusionMatrix</c> (rows of counts, one
    /// per true class), <c>rows</c>, <c>unlabelledRows</c>, <c>unpredictedRows</c>.
    /// </summary>
    /// <returns>One line of JSON, which the web defaults of <see cref="JsonSerializer"/> read back.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <param name="names">The classes.</param>
    /// <param name="matrix">Predicted rows, [true class, predicted class].</param>
    /// <param name="support">Rows of each class, those without a prediction too.</param>
    /// <param name="unlabelled">Rows without a class.</param>
    internal static ClassificationReport Create(
        string[] names, ImmutableArray<ImmutableArray<long>> matrix, long[] support, long unlabelled)
    {
        var said = new long[names.Length]; // per class, how often it was predicted
        foreach (var row in matrix)
            for (var i = 0; i < said.Length; i++)
                said[i] += row[i];
        ImmutableArray<ClassMetrics> classes = [.. names.Select((name, i) => new ClassMetrics(name, Share(matrix[i][i], said[i]),
            Share(matrix[i][i], support[i]), Share(2 * matrix[i][i], said[i] + support[i]), support[i]))];
        var rows = support.Sum();
        return new ClassificationReport
        {
            Accuracy = Share(names.Select((_, i) => matrix[i][i]).Sum(), rows),
            MacroAverage = Average(classes, _ => 1, classes.Length),
            WeightedAverage = Average(classes, c => c.Support, rows),
            Classes = classes,
            ConfusionMatrix = matrix,
            Rows = rows,
            UnlabelledRows = unlabelled,
            UnpredictedRows = rows - said.Sum(),
        };
    }

    private static AverageMetrics Average(ImmutableArray<ClassMetrics> classes, Func<ClassMetrics, double> weight, double total) => new(
        classes.Sum(c => weight(c) * c.Precision) / total, classes.Sum(c => weight(c) * c.Recall) / total,
        classes.Sum(c => weight(c) * c.F1) / total);

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
