using Microsoft.CodeAnalysis;

namespace MlNetRnn.ApiDocs;

/// <summary>The list of all types, by package, after that of the methods by which they are reached from an <c>MLContext</c>.</summary>
internal sealed class IndexPage(ApiLibrary library, TypePage pages, MarkdownText markdown)
{
    public const string FileName = "README.md";

    public string Write() => string.Join("\n\n",
    [
        "# MlNetRnn API",
        "All names are in the namespace `MlNetRnn`. Written from the XML documentation of the libraries; do not edit.",
        "## Extension methods",
        Extensions(),
        .. library.Contents.SelectMany(Package),
    ]) + "\n";

    private string Extensions()
    {
        var methods = library.Contents.SelectMany(package => package.Types).SelectMany(ApiLibrary.Members).OfType<IMethodSymbol>()
            .Where(method => method.IsExtensionMethod).OrderBy(method => Signatures.Name(method.Parameters[0].Type));
        return Table("extends | method |", methods.Select(Extension));
    }

    private string Extension(IMethodSymbol method) =>
        $"{markdown.Type(method.Parameters[0].Type)} | {markdown.Link(method, MarkdownText.Code(Signatures.Name(method)))} | "
            + pages.Summary(method);

    private IEnumerable<string> Package(ApiPackage package) =>
    [
        $"## {package.Name}",
        Table("type | |", package.Types.Select(type => $"{markdown.Link(type)} | {Signatures.Kind(type)} | {pages.Summary(type)}")),
    ];

    private static string Table(string header, IEnumerable<string> rows) =>
        string.Join('\n', rows.Select(row => $"| {row} |").Prepend("| --- | --- | --- |").Prepend($"| {header} |"));
}
