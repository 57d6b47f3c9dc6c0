using System.Xml.Linq;
using System.Xml.XPath;
using Microsoft.CodeAnalysis;

namespace MlNetRnn.ApiDocs;

/// <summary>
/// Documentation comments with <c>inheritdoc</c> resolved. Where nothing can be inherited, the element stays, naming in <c>cref</c> the
/// member that it was to come from, if there is one.
/// </summary>
internal sealed class DocComments(ApiLibrary library)
{
    public const string Inherit = "inheritdoc";

    /// <summary>The comment's elements (<c>summary</c>, <c>param</c> …) under one root; null for a member without a comment.</summary>
    public XElement? Of(ISymbol symbol) => Read(symbol) is { } own ? Resolve(symbol, own) : null;

    private static XElement? Read(ISymbol symbol)
    {
        if (symbol.GetDocumentationCommentXml() is not { Length: > 0 } xml)
            return null;
        var root = XElement.Parse($"<doc>{xml}</doc>", LoadOptions.PreserveWhitespace); // a file's comments have no root of their own
        return root.Element("member") ?? root;
    }

    private XElement Resolve(ISymbol symbol, XElement own)
    {
        if (own.Element(Inherit) is not { } inherit)
            return own;
        var sources = Sources(symbol, inherit.Attribute("cref")?.Value).ToList();
        var inherited = sources.Select(Of).FirstOrDefault(found => found is not null) is { } comment
            ? Selected(comment, inherit.Attribute("path")?.Value).ToList()
            : [];
        if (inherited.Count == 0)
        {
            inherit.SetAttributeValue("cref", sources.FirstOrDefault()?.OriginalDefinition.GetDocumentationCommentId());
            return own;
        }
        inherit.Remove();
        var given = own.Elements().Select(Key).ToHashSet();
        own.Add(inherited.Where(element => !given.Contains(Key(element))));
        return own;
    }

    // The path is an XPath from the root of the comment, such as "/exception".
    private static IEnumerable<XElement> Selected(XElement comment, string? path) => path is null
        ? comment.Elements()
        : comment.XPathSelectElements(path.StartsWith('/') ? $".{path}" : path);

    // What is written beside inheritdoc wins: one summary, one text for each parameter.
    private static (XName, string?) Key(XElement element) =>
        (element.Name, element.Attribute("name")?.Value ?? element.Attribute("cref")?.Value);

    private IEnumerable<ISymbol> Sources(ISymbol symbol, string? cref)
    {
        if (cref is not null)
            return library.Find(cref) is { } named ? [named] : [];
        return symbol switch
        {
            INamedTypeSymbol type => type.Interfaces.Prepend(type.BaseType).OfType<ISymbol>(),
            IMethodSymbol { OverriddenMethod: { } overridden } => [overridden],
            IPropertySymbol { OverriddenProperty: { } overridden } => [overridden],
            IEventSymbol { OverriddenEvent: { } overridden } => [overridden],
            _ => symbol.ContainingType.AllInterfaces.SelectMany(i => i.GetMembers()).Where(member =>
                SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(member), symbol)),
        };
    }
}
