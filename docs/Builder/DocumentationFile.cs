using System.Globalization;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace MlNetRnn.ApiDocs;

/// <summary>An assembly's documentation file, read when the first comment is asked for.</summary>
internal sealed class DocumentationFile(string path) : DocumentationProvider
{
    private readonly Lazy<Dictionary<string, string>> _comments = new(() =>
        XDocument.Load(path, LoadOptions.PreserveWhitespace).Descendants("member").ToDictionary(
            member => member.Attribute("name")!.Value, member => member.ToString(SaveOptions.DisableFormatting)));

    /// <summary>Where an assembly's documentation is; packages can be restored without (<c>NUGET_XMLDOC_MODE=skip</c>).</summary>
    public static string PathFor(string assembly) => Path.ChangeExtension(assembly, ".xml");

    protected override string? GetDocumentationForSymbol(
        string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken = default) =>
        _comments.Value.GetValueOrDefault(documentationMemberID);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => path.GetHashCode(StringComparison.Ordinal);
}
