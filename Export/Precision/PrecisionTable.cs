using System.Globalization;
using System.Text;

namespace MlNetRnn;

/// <summary>Writes a report on precisions as aligned text.</summary>
internal static class PrecisionTable
{
    private static readonly string[] s_header =
        ["precision", "file KB", "ratio", "µs/call", "speedup", "rows/s", "speedup", "largest diff.", "RMS diff."];

    public static string Text(OnnxPrecisionReport report)
    {
        bool labelled = report.LabelledValues > 0;
        string[][] rows =
        [
            labelled ? [.. s_header, "RMSE", "change", "MAE", "change"] : s_header,
            .. report.Results.Select(r => labelled ? [.. Row(r), .. Errors(r)] : Row(r)),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
            text.AppendJoin("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"{report.Rows:n0} sequences, {report.LabelledValues:n0} labels").AppendLine();
        return text.ToString();
    }

    private static string[] Row(OnnxPrecisionResult r) =>
    [
        r.Precision.ToString(), Text(r.FileBytes / 1024.0, "f1"), Text(r.FileRatio, "f2"), Text(r.MicrosecondsPerCall, "f1"),
        Text(r.CallSpeedup, "f2"), Text(r.RowsPerSecond, "n0"), Text(r.BatchSpeedup, "f2"), Text(r.LargestDifference, "g3"),
        Text(r.RootMeanSquareDifference, "g3"),
    ];

    private static string[] Errors(OnnxPrecisionResult r) =>
    [
        Text(r.RootMeanSquaredError!.Value, "g5"), Text(r.RootMeanSquaredErrorChange!.Value, "+0.0e0;-0.0e0;0"),
        Text(r.MeanAbsoluteError!.Value, "g5"), Text(r.MeanAbsoluteErrorChange!.Value, "+0.0e0;-0.0e0;0"),
    ];

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
