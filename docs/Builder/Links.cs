using System.Text;
using Microsoft.CodeAnalysis;

namespace MlNetRnn.ApiDocs;

/// <summary>Where things are documented: our types on pages of their own, those of ML.NET and .NET at Microsoft.</summary>
internal sealed class Links(ApiLibrary library)
{
    private const string Microsoft = "https://learn.microsoft.com/dotnet/api/";

    /// <summary>The page of one of our types.</summary>
    public static string Page(INamedTypeSymbol type) => PageName(type) + ".md";

    /// <summary>A member's place on its type's page.</summary>
    public static string Anchor(ISymbol member)
    {
        var anchor = new StringBuilder();
        foreach (char c in Signatures.Title(member).ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c))
                anchor.Append(c);
            else if (anchor is not [.., '-'])
                anchor.Append('-');
        }
        return anchor.ToString().TrimEnd('-');
    }

    /// <summary>The address of a symbol's documentation; null where there is none to link to.</summary>
    public string? To(ISymbol symbol)
    {
        if (symbol is INamedTypeSymbol type && library.Contains(type))
            return Page(type.OriginalDefinition);
        if (symbol.ContainingType is { } container && library.Contains(container))
            return ApiLibrary.IsMember(symbol.OriginalDefinition)
                ? $"{Page(container.OriginalDefinition)}#{Anchor(symbol.OriginalDefinition)}"
                : null;
        return IsMicrosoft(symbol) ? Microsoft + MicrosoftName(symbol.OriginalDefinition) : null;
    }

    private static string PageName(INamedTypeSymbol type) =>
        (type.ContainingType is { } outer ? PageName(outer) + "." : "") + type.MetadataName.Replace('`', '-');

    private static bool IsMicrosoft(ISymbol symbol) => symbol.Kind is not (SymbolKind.Parameter or SymbolKind.TypeParameter)
        && symbol.ContainingAssembly?.Name is { } name
        && (name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft.ML", StringComparison.Ordinal));

    // M:Microsoft.ML.IEstimator`1.Fit(Microsoft.ML.IDataView) is at microsoft.ml.iestimator-1.fit
    private static string MicrosoftName(ISymbol symbol) =>
        symbol.GetDocumentationCommentId()!.Split('(')[0][2..].Replace("``", "-").Replace('`', '-').Replace('#', '-').ToLowerInvariant();
}
