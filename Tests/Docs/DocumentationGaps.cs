using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using MlNetRnn.ApiDocs;

namespace MlNetRnn.Tests.Docs;

/// <summary>
/// What the documentation of public names lacks although it compiles: the compiler asks for a comment and for names that exist, not for
/// text, returns and parameters, nor does it see what <c>inheritdoc</c> brings.
/// </summary>
internal sealed class DocumentationGaps(ApiLibrary library)
{
    private readonly DocComments _comments = new(library);

    /// <summary>One line for each gap, none when the documentation is complete.</summary>
    public IEnumerable<string> Find() => library.Contents.SelectMany(package => package.Types)
        .SelectMany(type => ApiLibrary.Members(type).Prepend(type))
        .SelectMany(symbol => Gaps(symbol).Select(gap => $"{symbol.ToDisplayString()}: {gap}"));

    private IEnumerable<string> Gaps(ISymbol symbol)
    {
        if (_comments.Of(symbol) is not { } comment)
            return ["no documentation"];
        if (comment.Descendants(DocComments.Inherit).FirstOrDefault() is { } inherit)
            return Uninherited(inherit);
        IEnumerable<string> summary = HasText(comment.Element("summary")) ? [] : ["no summary"];
        return summary
            .Concat(Named(comment, "typeparam", ApiLibrary.TypeParameters(symbol).Select(p => p.Name)))
            .Concat(symbol is INamedTypeSymbol { TypeKind: not TypeKind.Delegate }
                ? [] // what a primary constructor's parameters are is told with the constructor
                : Named(comment, "param", ApiLibrary.Parameters(symbol).Select(p => p.Name)))
            .Concat(Returns(symbol, comment.Element("returns")))
            .Concat(comment.Elements("exception").SelectMany(Exception))
            .Concat(References(symbol, comment));
    }

    // An assembly without a documentation file (packages can be restored without) is no fault of ours.
    private IEnumerable<string> Uninherited(XElement inherit)
    {
        if (inherit.Attribute("cref")?.Value is not { } cref || library.Find(cref) is not { } source)
            yield return "inherits documentation from nothing";
        else if (library.IsDocumented(source.ContainingAssembly))
            yield return $"inherits from {source.ToDisplayString()}, which has no such documentation";
    }

    private static IEnumerable<string> Named(XElement comment, string element, IEnumerable<string> names)
    {
        var written = comment.Elements(element).ToLookup(e => e.Attribute("name")?.Value ?? "");
        var missing = names.Where(name => !written[name].Any(HasText)).Select(name => $"no {element} '{name}'");
        return missing.Concat(written.Select(e => e.Key).Except(names).Select(name => $"{element} '{name}', which it does not have"));
    }

    private static IEnumerable<string> Returns(ISymbol symbol, XElement? returns) => (ApiLibrary.ReturnType(symbol), returns) switch
    {
        (null, not null) => ["returns, which it does not"],
        (not null, _) when !HasText(returns) => ["no returns"],
        _ => [],
    };

    private IEnumerable<string> Exception(XElement exception)
    {
        string cref = exception.Attribute("cref")?.Value ?? "";
        if (!HasText(exception))
            yield return $"no text for exception '{cref}'";
        if (library.Find(cref) is not INamedTypeSymbol type || !IsException(type))
            yield return $"exception '{cref}', which is not a public exception";
    }

    private static bool IsException(INamedTypeSymbol? type) =>
        type is not null && (type.ToDisplayString() == "System.Exception" || IsException(type.BaseType));

    private IEnumerable<string> References(ISymbol symbol, XElement comment)
    {
        var crefs = comment.Descendants().Where(e => e.Name != "exception").Attributes("cref").Select(cref => cref.Value);
        var parameters = Parameters(symbol).Select(p => p.Name);
        var typeParameters = ApiLibrary.TypeParameters(symbol).Select(p => p.Name)
            .Concat(symbol.ContainingType is { } type ? ApiLibrary.TypeParameters(type).Select(p => p.Name) : []);
        return crefs.Where(cref => library.Find(cref) is null).Select(cref => $"cref '{cref}', which is not a public name")
            .Concat(Unknown(comment, "paramref", parameters))
            .Concat(Unknown(comment, "typeparamref", typeParameters));
    }

    // The comment of a type with a primary constructor is its constructor's too.
    private static IEnumerable<IParameterSymbol> Parameters(ISymbol symbol) =>
        symbol is INamedTypeSymbol { TypeKind: not TypeKind.Delegate } type
            ? type.InstanceConstructors.SelectMany(constructor => constructor.Parameters)
            : ApiLibrary.Parameters(symbol);

    private static IEnumerable<string> Unknown(XElement comment, string element, IEnumerable<string> names) => comment.Descendants(element)
        .Select(e => e.Attribute("name")?.Value ?? "").Except(names).Select(name => $"{element} '{name}', which it does not have");

    private static bool HasText(XElement? element) =>
        element is not null && (!string.IsNullOrWhiteSpace(element.Value) || element.Descendants().Any(e => e.HasAttributes));
}
