using System.Globalization;
using System.Text;

namespace MlNetRnn;

/// <summary>Writes a network as a table, in the form of Keras's summary.</summary>
internal static class ModelSummary
{
    private const string Gap = "   ";

    public static string Text(string task, string feature, string label, NetworkSummary network)
    {
        string[][] rows =
        [
            ["Layer (type)", "Output shape", "Parameters"],
            .. network.Layers.Select(Row),
        ];
        int[] widths = [.. Enumerable.Range(0, 3).Select(c => rows.Max(r => r[c].Length))];
        string rule = new('-', widths.Sum() + 2 * Gap.Length);

        var text = new StringBuilder().AppendLine($"Task: {task} of '{label}' from '{feature}'").AppendLine(rule);
        Append(text, rows[0], widths);
        text.AppendLine(rule);
        foreach (string[] row in rows.Skip(1))
            Append(text, row, widths);
        if (network.Layers.IsEmpty) // a file written before layers were recorded
        {
            string cell = network.Bidirectional ? $"{network.Cell}, bidirectional" : network.Cell;
            text.AppendLine($"{cell}, hidden sizes [{string.Join(", ", network.HiddenSizes)}], dense sizes "
                + $"[{string.Join(", ", network.DenseSizes)}]; the file does not record single layers");
        }
        string members = network.Members > 1 ? $" ({network.Members} networks, whose predictions are averaged)" : "";
        return text.AppendLine(rule).AppendLine($"Parameters: {Number(network.Parameters)}{members}").ToString();
    }

    private static string[] Row(LayerSummary layer) =>
        [$"{layer.Name} ({layer.Type})", $"[batch, {string.Join(", ", layer.OutputShape.Select(size => size == 0 ? "*" : $"{size}"))}]", Number(layer.Parameters)];

    private static void Append(StringBuilder text, string[] row, int[] widths) => text
        .Append(row[0].PadRight(widths[0])).Append(Gap).Append(row[1].PadRight(widths[1])).Append(Gap)
        .AppendLine(row[2].PadLeft(widths[2]));

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
