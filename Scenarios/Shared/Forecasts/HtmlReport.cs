using System.Net;
using System.Text;

namespace MlNetRnn.Scenarios;

/// <summary>A page of paragraphs, tables and pictures in one file that needs no other.</summary>
public sealed class HtmlReport
{
    private const string Style = """
        body{font:16px/1.5 system-ui,sans-serif;color:#222;max-width:72rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}img{max-width:100%;height:auto}
        figure{margin:1.5rem 0}figcaption{color:#555;font-size:.9rem}.wide{overflow-x:auto}
        table{border-collapse:collapse}caption{text-align:left;font-weight:600;padding:.3rem 0}
        th,td{padding:.25rem .7rem;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}
        th:first-child,td:first-child{text-align:left}.best{font-weight:700}
        @media print{body{margin:0;max-width:none}figure{break-inside:avoid}}
        """;

    private readonly StringBuilder _body = new();
    private readonly string _title;

    /// <summary>A page without content.</summary>
    /// <param name="title">Its title.</param>
    public HtmlReport(string title)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(title);
        _title = title;
        _body.Append($"<h1>{Text(title)}</h1>\n");
    }

    /// <summary>Adds a heading.</summary>
    public HtmlReport Heading(string text) => Add($"<h2>{Text(text)}</h2>\n");

    /// <summary>Adds a paragraph.</summary>
    public HtmlReport Paragraph(string text) => Add($"<p>{Text(text)}</p>\n");

    /// <summary>Adds a table.</summary>
    /// <param name="caption">What it is.</param>
    /// <param name="headers">The columns.</param>
    /// <param name="rows">The rows, each with a cell for every column.</param>
    /// <param name="isBest">Whether a cell is the best of its column, by row and column; null for none.</param>
    public HtmlReport Table(string caption, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, Func<int, int, bool>? isBest = null)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.FirstOrDefault(row => row.Count != headers.Count) is { } wrong)
            throw new ArgumentException($"A row has {wrong.Count} cells for {headers.Count} headers: {string.Join(", ", wrong)}.", nameof(rows));
        Add($"<div class=\"wide\"><table><caption>{Text(caption)}</caption>\n<thead><tr>{string.Concat(headers.Select(h => $"<th>{Text(h)}</th>"))}</tr></thead>\n<tbody>\n");
        for (int r = 0; r < rows.Count; r++)
            Add($"<tr>{string.Concat(rows[r].Select((cell, c) => $"<td{(isBest?.Invoke(r, c) == true ? " class=\"best\"" : "")}>{Text(cell)}</td>"))}</tr>\n");
        return Add("</tbody></table></div>\n");
    }

    /// <summary>Adds a picture, which becomes part of the page.</summary>
    /// <param name="pngFile">The picture's file.</param>
    /// <param name="caption">What it shows.</param>
    public HtmlReport Picture(string pngFile, string caption) =>
        Add($"<figure><img alt=\"{Text(caption)}\" src=\"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(pngFile))}\"/><figcaption>{Text(caption)}</figcaption></figure>\n");

    /// <summary>Writes the page, completely or not at all.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(
        $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/><title>{Text(_title)}</title>\n"
            + $"<style>{Style}</style></head>\n<body>\n{_body}</body></html>\n")));

    private HtmlReport Add(string html)
    {
        _body.Append(html);
        return this;
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
