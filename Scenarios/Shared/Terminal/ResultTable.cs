using System.Text;
using Spectre.Console;

namespace MlNetRnn.Scenarios;

/// <summary>Short tables of results: names on the left, numbers to the right.</summary>
public static class ResultTable
{
    /// <summary>A drawn table in a terminal, aligned plain text otherwise, which is never wrapped.</summary>
    public static void Write(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var row in rows)
        {
            if (row.Count != headers.Count)
                throw new ArgumentException($"A row has {row.Count} cells for {headers.Count} headers: "
                    + $"{string.Join(", ", row)}.", nameof(rows));
        }

        console ??= AnsiConsole.Console;
        if (Lines.IsTerminal(console))
            console.Write(Drawn(headers, rows));
        else
            WritePlain(console.Profile.Out.Writer, headers, rows);
    }

    /// <summary>Aligned plain text: the first column to the left, the others to the right.</summary>
    public static void WritePlain(TextWriter writer, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(rows);
        var widths = headers.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max()).ToArray();
        writer.WriteLine(Plain(headers, widths));
        writer.WriteLine(Plain([.. widths.Select(w => new string('-', w))], widths));
        foreach (var row in rows)
            writer.WriteLine(Plain(row, widths));
    }

    private static string Plain(IReadOnlyList<string> cells, int[] widths)
    {
        var line = new StringBuilder(cells[0].PadRight(widths[0]));
        for (var i = 1; i < cells.Count; i++)
            line.Append("  ").Append(cells[i].PadLeft(widths[i]));
        return line.ToString().TrimEnd();
    }

    private static Table Drawn(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < headers.Count; i++)
        {
            var column = new TableColumn(Markup.Escape(headers[i]));
            table.AddColumn(i == 0 ? column : column.RightAligned());
        }

        foreach (var row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        return table;
    }
}
