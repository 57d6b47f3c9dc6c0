using System.Globalization;

namespace MlNetRnn;

/// <summary>A classification report as an aligned table of text.</summary>
internal sealed class ClassificationTable(ClassificationReport report, int digits)
{
    private const string LastLine = "weighted avg";

    private readonly int _nameWidth = report.Classes.Select(c => c.Label.Length).Append(LastLine.Length).Max();

    private readonly int _width = Math.Max("precision".Length, digits + 2);

    public override string ToString() => string.Join('\n', Lines());

    private IEnumerable<string> Lines()
    {
        yield return Line("", "precision", "recall", "f1-score", "support");
        yield return "";
        foreach (var (label, precision, recall, f1, support) in report.Classes)
            yield return Line(Printable(label), Number(precision), Number(recall), Number(f1), $"{support}");
        yield return "";
        yield return Line("accuracy", "", "", Number(report.Accuracy), $"{report.Rows}");
        yield return Average("macro avg", report.MacroAverage);
        yield return Average(LastLine, report.WeightedAverage);
        if (report.UnlabelledRows + report.UnpredictedRows > 0)
            yield return "";
        if (report.UnlabelledRows > 0)
            yield return $"rows without a label, left out: {report.UnlabelledRows}";
        if (report.UnpredictedRows > 0)
            yield return $"rows without a prediction, counted as wrong: {report.UnpredictedRows}";
    }

    private string Average(string name, AverageMetrics average)
        => Line(name, Number(average.Precision), Number(average.Recall), Number(average.F1), $"{report.Rows}");

    private string Line(string name, params string[] cells)
        => name.PadLeft(_nameWidth) + " " + string.Concat(cells.Select(cell => $" {cell.PadLeft(_width)}"));

    private string Number(double value) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    // A line break in a label would break the table.
    private static string Printable(string label) => string.Concat(label.Select(c => char.IsControl(c) ? ' ' : c));
}
