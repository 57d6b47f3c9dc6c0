using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MlNetRnn.ApiDocs;

/// <summary>A package and its public types, by name.</summary>
internal sealed record ApiPackage(IAssemblySymbol Assembly, ImmutableArray<INamedTypeSymbol> Types)
{
    public string Name => Assembly.Name;
}

/// <summary>The public types of the packages as a C# compiler sees them, each with the XML documentation beside its assembly.</summary>
internal sealed class ApiLibrary
{
    private static readonly ImmutableArray<string> Packages = ["MlNetRnn.Pipeline", "MlNetRnn.Export", "MlNetRnn.Estimators"];

    private readonly Compilation _compilation;
    private readonly HashSet<INamedTypeSymbol> _types;

    private ApiLibrary(Compilation compilation, IEnumerable<IAssemblySymbol> assemblies)
    {
        _compilation = compilation;
        Contents = [.. assemblies.Select(assembly =>
            new ApiPackage(assembly, [.. PublicTypes(assembly.GlobalNamespace).OrderBy(type => type.Name)]))];
        _types = Contents.SelectMany(package => package.Types).ToHashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
    }

    public ImmutableArray<ApiPackage> Contents { get; }

    /// <summary>Reads the packages that this program was built with.</summary>
    public static ApiLibrary Load()
    {
        var references = ReferencePaths().ToDictionary(path => Path.GetFileNameWithoutExtension(path)!, Reference);
        return Create(references.Values, Packages.Select(name => references[name]));
    }

    /// <summary>Takes the types of some of the assemblies that it is given.</summary>
    public static ApiLibrary Create(IEnumerable<MetadataReference> references, IEnumerable<MetadataReference> packages)
    {
        var compilation = CSharpCompilation.Create("ApiDocs", references: references);
        return new(compilation, packages.Select(package => (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(package)!));
    }

    /// <summary>The assemblies that this program was built with.</summary>
    public static string[] ReferencePaths()
    {
        using var reader = new StreamReader(typeof(ApiLibrary).Assembly.GetManifestResourceStream("references.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>An assembly with the documentation beside it, if there is one.</summary>
    public static MetadataReference Reference(string path)
    {
        string documentation = DocumentationFile.PathFor(path);
        return MetadataReference.CreateFromFile(
            path, documentation: File.Exists(documentation) ? new DocumentationFile(documentation) : null);
    }

    /// <summary>Whether a type is one of the packages' own.</summary>
    public bool Contains(INamedTypeSymbol type) => _types.Contains(type.OriginalDefinition);

    /// <summary>What a documentation ID such as <c>T:MlNetRnn.Sequences</c> names; null if a user of the packages sees no such thing.</summary>
    public ISymbol? Find(string id) => DocumentationCommentId.GetFirstSymbolForDeclarationId(id, _compilation);

    /// <summary>Whether there is a documentation file for the symbol's assembly; packages can be restored without theirs.</summary>
    public bool IsDocumented(IAssemblySymbol assembly) =>
        _compilation.GetMetadataReference(assembly) is PortableExecutableReference { FilePath: { } path }
        && File.Exists(DocumentationFile.PathFor(path));

    /// <summary>What a user or a derived class sees of a type: not what the compiler added, such as a record's equality.</summary>
    public static IEnumerable<ISymbol> Members(INamedTypeSymbol type) => type.TypeKind == TypeKind.Delegate
        ? []
        : type.GetMembers().Where(IsMember).OrderBy(Order);

    /// <summary>Whether a symbol is such a member.</summary>
    public static bool IsMember(ISymbol symbol) => IsVisible(symbol) && IsWritten(symbol);

    /// <summary>The parameters of a method, indexer or delegate; a positional record's are those of its constructor.</summary>
    public static IEnumerable<IParameterSymbol> Parameters(ISymbol symbol) => symbol switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol indexer => indexer.Parameters,
        INamedTypeSymbol { DelegateInvokeMethod: { } invoke } => invoke.Parameters,
        _ => [],
    };

    public static IEnumerable<ITypeParameterSymbol> TypeParameters(ISymbol symbol) => symbol switch
    {
        IMethodSymbol method => method.TypeParameters,
        INamedTypeSymbol type => type.TypeParameters,
        _ => [],
    };

    /// <summary>The type that a method or delegate returns; null where it returns nothing.</summary>
    public static ITypeSymbol? ReturnType(ISymbol symbol) => symbol switch
    {
        IMethodSymbol { ReturnsVoid: false } method => method.ReturnType,
        INamedTypeSymbol { DelegateInvokeMethod: { } invoke } => ReturnType(invoke),
        _ => null,
    };

    private static IEnumerable<INamedTypeSymbol> PublicTypes(INamespaceOrTypeSymbol container) =>
        container.GetMembers().OfType<INamespaceOrTypeSymbol>().SelectMany(member => member switch
        {
            INamedTypeSymbol type => IsVisible(type) ? PublicTypes(type).Prepend(type) : [],
            _ => PublicTypes(member),
        });

    private static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    private static bool IsWritten(ISymbol member) => member switch
    {
        INamedTypeSymbol => false, // has a page of its own
        _ when member.IsImplicitlyDeclared || IsGenerated(member) => false,
        IPropertySymbol property => !(property.GetMethod is { } getter && property.Name == "EqualityContract" && IsGenerated(getter)),
        // A constructor without parameters and documentation is the compiler's: one that is written does not compile without (CS1591).
        IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters: [] } => member.GetDocumentationCommentXml() is { Length: > 0 },
        IMethodSymbol method => method.MethodKind
            is MethodKind.Ordinary or MethodKind.Constructor or MethodKind.UserDefinedOperator or MethodKind.Conversion,
        _ => true,
    };

    private static bool IsGenerated(ISymbol member) =>
        member.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute");

    private static int Order(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => 0,
        IFieldSymbol => 1,
        IPropertySymbol => 2,
        IMethodSymbol => 3,
        _ => 4,
    };
}
