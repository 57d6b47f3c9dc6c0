using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace MlNetRnn.ApiDocs;

/// <summary>Turns the elements of documentation comments into Markdown.</summary>
internal sealed partial class MarkdownText(ApiLibrary library, Links links)
{
    /// <summary>Text that Markdown shows as it is.</summary>
    public static string Escape(string text) => Special().Replace(text, @"\$0");

    public static string Code(string text) => text.Contains('`') ? $"`` {text} ``" : $"`{text}`";

    /// <summary>A link to a symbol; its name alone where there is nothing to link to.</summary>
    public string Link(ISymbol symbol, string? label = null)
    {
        string text = label ?? Code(Signatures.Name(symbol, withType: symbol is not ITypeSymbol));
        return links.To(symbol) is { } address ? $"[{text}]({address})" : text;
    }

    /// <summary>A type with links on the types that it is made of.</summary>
    public string Type(ITypeSymbol type) => string.Concat(Signatures.Parts(type).Select(part =>
        part is { Kind: not SymbolDisplayPartKind.Keyword, Symbol: INamedTypeSymbol named } && links.To(named) is { } address
            ? $"[{Escape(part.ToString())}]({address})"
            : Escape(part.ToString())));

    /// <summary>The paragraphs, lists, tables and code of an element, empty lines between them.</summary>
    public string Blocks(XElement element) => string.Join("\n\n", Split(element));

    /// <summary>The same in one line, for the cell of a table.</summary>
    public string Cell(XElement element) => element.Descendants("code").Any()
        ? throw new NotSupportedException($"<code> cannot stand in a table: {element}")
        : Blocks(element).Replace("|", @"\|").Replace("\n\n", "<br>").Replace("\n", "<br>");

    private List<string> Split(XElement element)
    {
        List<string> blocks = [];
        var paragraph = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            if (node is XElement child && Block(child) is { } block)
            {
                Flush();
                blocks.Add(block);
            }
            else
            {
                paragraph.Append(Inline(node));
            }
        }
        Flush();
        return blocks;

        void Flush()
        {
            string text = Space().Replace(paragraph.ToString(), " ").Trim();
            if (text.Length > 0)
                blocks.Add(LineStart().Replace(text, @"$1\$2"));
            paragraph.Clear();
        }
    }

    // Null for an element that stands within a paragraph.
    private string? Block(XElement element) => element.Name.LocalName switch
    {
        "para" => Blocks(element),
        "code" => $"```csharp\n{Unindent(element.Value)}\n```",
        "list" when element.Attribute("type")?.Value == "table" => Table(element),
        "list" => string.Join('\n', element.Elements("item").Select((item, i) => Item(item, Bullet(element, i)))),
        _ => null,
    };

    private string Inline(XNode node) => node switch
    {
        XText text => Escape(text.Value),
        XElement element => element.Name.LocalName switch
        {
            "c" => Code(element.Value),
            "paramref" or "typeparamref" => Code(element.Attribute("name")!.Value),
            "see" or "seealso" => See(element),
            "b" or "strong" => $"**{Inlines(element)}**",
            "i" or "em" => $"*{Inlines(element)}*",
            "br" => "<br>",
            "a" => $"[{Inlines(element)}]({element.Attribute("href")!.Value})",
            var name => throw new NotSupportedException($"<{name}> in a documentation comment is not known: {element.Parent}"),
        },
        _ => "",
    };

    private string Inlines(XElement element) => string.Concat(element.Nodes().Select(Inline));

    /// <summary>A <c>see</c>, <c>seealso</c> or <c>exception</c> element's link.</summary>
    public string See(XElement element)
    {
        string? label = element.Name.LocalName != "exception" && element.Nodes().Any() ? Inlines(element) : null;
        if (element.Attribute("langword")?.Value is { } keyword)
            return Code(keyword);
        if (element.Attribute("href")?.Value is { } address)
            return $"[{label ?? Escape(address)}]({address})";
        string cref = element.Attribute("cref")?.Value ?? throw new FormatException($"No cref, href or langword: {element}");
        return Link(library.Find(cref) ?? throw new FormatException($"'{cref}' is not a public name: {element.Parent}"), label);
    }

    private string Table(XElement list)
    {
        var rows = list.Elements("item").Select(Columns).ToList();
        int width = rows.Max(row => row.Length);
        string[] header = list.Element("listheader") is { } given ? Columns(given) : new string[width];
        return string.Join('\n', rows.Prepend([.. Enumerable.Repeat("---", width)]).Prepend(header)
            .Select(row => $"| {string.Join(" | ", row)} |"));
    }

    private string[] Columns(XElement row) => [.. row.Elements().Select(Cell)];

    private string Item(XElement item, string bullet)
    {
        string term = item.Element("term") is { } named ? $"**{Blocks(named)}**: " : "";
        string text = term + Blocks(item.Element("description") ?? item);
        return bullet + text.Replace("\n", "\n" + new string(' ', bullet.Length));
    }

    private static string Bullet(XElement list, int index) => list.Attribute("type")?.Value == "number" ? $"{index + 1}. " : "- ";

    private static string Unindent(string code)
    {
        string[] lines = code.ReplaceLineEndings("\n").Trim('\n').TrimEnd().Split('\n');
        int indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : ""));
    }

    [GeneratedRegex(@"[\\`*_\[\]<>~]")]
    private static partial Regex Special();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    // What would begin a list, a heading or a quotation.
    [GeneratedRegex(@"^(\d*)([-+#>.)])(?=\s)")]
    private static partial Regex LineStart();
}
