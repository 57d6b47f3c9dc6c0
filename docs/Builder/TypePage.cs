using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace MlNetRnn.ApiDocs;

/// <summary>The page of one type.</summary>
internal sealed class TypePage(DocComments comments, MarkdownText markdown)
{
    public string Write(ApiPackage package, INamedTypeSymbol type)
    {
        var members = ApiLibrary.Members(type).ToList();
        List<string> blocks =
        [
            $"# {MarkdownText.Escape(Signatures.Name(type))} {Signatures.Kind(type)}",
            $"In package `{package.Name}` ([all types]({IndexPage.FileName})).",
            .. Described(type),
        ];
        if (members.Count > 1)
            blocks.Add(Overview(members));
        foreach (var group in members.GroupBy(Heading))
        {
            blocks.Add($"## {group.Key}");
            foreach (var member in group)
            {
                string title = MarkdownText.Escape(Signatures.Title(member));
                blocks.AddRange([$"<a id=\"{Links.Anchor(member)}\"></a>\n\n### {title}", .. Described(member)]);
            }
        }
        return string.Join("\n\n", blocks) + "\n";
    }

    /// <summary>What a type or member is, in the cell of a table.</summary>
    public string Summary(ISymbol symbol) => comments.Of(symbol) switch
    {
        null => "",
        var comment when comment.Element(DocComments.Inherit) is { } inherit => $"See {markdown.See(inherit)}.",
        var comment => comment.Element("summary") is { } summary ? markdown.Cell(summary) : "",
    };

    private string Overview(IEnumerable<ISymbol> members) => string.Join('\n', members
        .Select(member => $"| [{MarkdownText.Code(Signatures.Title(member))}](#{Links.Anchor(member)}) | {Summary(member)} |")
        .Prepend("| --- | --- |")
        .Prepend("| member | |"));

    private IEnumerable<string> Described(ISymbol symbol)
    {
        yield return $"```csharp\n{Signatures.Declaration(symbol)}\n```";
        if (comments.Of(symbol) is not { } comment)
            yield break;
        if (comment.Element(DocComments.Inherit) is { } inherit)
            yield return $"See {markdown.See(inherit)}.";
        var sections = Texts(comment, "summary").Concat(Texts(comment, "value")).Concat(Parameters(symbol, comment))
            .Concat(Returns(symbol, comment)).Concat(ValueType(symbol)).Concat(Exceptions(comment)).Concat(Texts(comment, "remarks"))
            .Concat(Texts(comment, "example")).Concat(SeeAlso(comment));
        foreach (string section in sections)
            yield return section;
    }

    private IEnumerable<string> Texts(XElement comment, string name) => comment.Elements(name).Select(markdown.Blocks);

    private IEnumerable<string> Parameters(ISymbol symbol, XElement comment)
    {
        var typeParameters = ApiLibrary.TypeParameters(symbol).Select(p => Entry(p.Name, "", Named(comment, "typeparam", p.Name)));
        var parameters = ApiLibrary.Parameters(symbol)
            .Select(p => Entry(p.Name, $" ({markdown.Type(p.Type)})", Named(comment, "param", p.Name)));
        return Section("Parameters", [.. typeParameters, .. parameters]);
    }

    private IEnumerable<string> Returns(ISymbol symbol, XElement comment) =>
        ApiLibrary.ReturnType(symbol) is { } type && comment.Element("returns") is { } returns
            ? [$"**Returns** {markdown.Type(type)}", markdown.Blocks(returns)]
            : [];

    // A property's type stands in its declaration already, but cannot be followed from there.
    private IEnumerable<string> ValueType(ISymbol symbol) =>
        symbol is IPropertySymbol property && markdown.Type(property.Type) is var type && type.Contains("](") ? [$"**Type** {type}"] : [];

    private IEnumerable<string> Exceptions(XElement comment) =>
        Section("Exceptions", [.. comment.Elements("exception").Select(e => $"- {markdown.See(e)}: {Indented(e)}")]);

    private IEnumerable<string> SeeAlso(XElement comment) =>
        Section("See also", [.. comment.Elements("seealso").Select(e => $"- {markdown.See(e)}")]);

    private static IEnumerable<string> Section(string title, string[] entries) =>
        entries.Length == 0 ? [] : [$"**{title}**", string.Join('\n', entries)];

    private string Entry(string name, string type, XElement? text) =>
        $"- {MarkdownText.Code(name)}{type}: {(text is null ? "" : Indented(text))}";

    private string Indented(XElement text) => markdown.Blocks(text).Replace("\n", "\n  ");

    private static XElement? Named(XElement comment, string element, string name) =>
        comment.Elements(element).FirstOrDefault(e => e.Attribute("name")?.Value == name);

    private static string Heading(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => "Constructors",
        IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } => "Values",
        IFieldSymbol => "Fields",
        IPropertySymbol => "Properties",
        IMethodSymbol => "Methods",
        _ => "Events",
    };
}
