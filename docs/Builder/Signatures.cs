using Microsoft.CodeAnalysis;

namespace MlNetRnn.ApiDocs;

/// <summary>Symbols in C#: where they are named, used and declared.</summary>
internal static class Signatures
{
    private const int LineLength = 110;

    private static readonly SymbolDisplayFormat Used = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat Declared = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance,
        memberOptions: SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeModifiers
            | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeRef
            | SymbolDisplayMemberOptions.IncludeConstantValue,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeModifiers
            | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword | SymbolDisplayKindOptions.IncludeMemberKeyword,
        miscellaneousOptions: Used.MiscellaneousOptions | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
            | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral);

    /// <summary>The name without parameters; <paramref name="withType"/> says whether a member's type stands before it.</summary>
    public static string Name(ISymbol symbol, bool withType = false) => symbol switch
    {
        ITypeSymbol type => type.ToDisplayString(Used),
        IMethodSymbol { MethodKind: MethodKind.Constructor } => Name(symbol.ContainingType),
        _ when withType => $"{Name(symbol.ContainingType)}.{Name(symbol)}",
        _ => symbol.ToDisplayString(Used),
    };

    /// <summary>The name that tells a member from others of its type: <c>Fit</c>, or <c>Load(string)</c> where there are overloads.</summary>
    public static string Title(ISymbol member) => member is IMethodSymbol method && method.ContainingType.GetMembers(method.Name).Length > 1
        ? $"{Name(method)}({string.Join(", ", method.Parameters.Select(parameter => Name(parameter.Type)))})"
        : Name(member);

    /// <summary>A type where it is used, in the parts that can be links.</summary>
    public static IEnumerable<SymbolDisplayPart> Parts(ITypeSymbol type) => type.ToDisplayParts(Used);

    /// <summary>What a type is: <c>class</c>, <c>record</c>, <c>enum</c> …</summary>
    public static string Kind(INamedTypeSymbol type) => type switch
    {
        { IsRecord: true } => type.IsValueType ? "record struct" : "record",
        { TypeKind: TypeKind.Struct } => "struct",
        _ => type.TypeKind.ToString().ToLowerInvariant(),
    };

    /// <summary>The declaration; where a line is too short for it, each parameter has one of its own.</summary>
    public static string Declaration(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol { TypeKind: TypeKind.Delegate } => $"public {symbol.ToDisplayString(Declared)}{Constraints(symbol)}",
        INamedTypeSymbol type => $"public {Modifiers(type)}{type.ToDisplayString(Declared)}{Bases(type)}{Constraints(type)}",
        IMethodSymbol method => Method(method),
        _ => symbol.ToDisplayString(Declared.AddMemberOptions(SymbolDisplayMemberOptions.IncludeParameters)), // an indexer's
    };

    // Of structs and members Roslyn writes them.
    private static string Modifiers(INamedTypeSymbol type) => type switch
    {
        { TypeKind: not TypeKind.Class } => "",
        { IsStatic: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsSealed: true } => "sealed ",
        _ => "",
    };

    private static string Bases(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Enum)
            return "";
        IEnumerable<INamedTypeSymbol> bases = type.BaseType is { SpecialType: SpecialType.None } parent ? [parent] : [];
        var inherited = type.Interfaces.SelectMany(i => i.AllInterfaces).Concat(type.BaseType?.AllInterfaces ?? [])
            .ToHashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        var added = type.Interfaces.Where(i =>
            i.DeclaredAccessibility == Accessibility.Public && !inherited.Contains(i) && !(type.IsRecord && i.Name == "IEquatable"));
        string all = string.Join(", ", bases.Concat(added).Select(type => Name(type)));
        return all.Length > 0 ? $" : {all}" : "";
    }

    private static string Method(IMethodSymbol method)
    {
        string head = method.ToDisplayString(Declared);
        var parameters = method.Parameters.Select(parameter => parameter.ToDisplayString(Declared)).ToList();
        if (parameters is [var first, ..] && method.IsExtensionMethod)
            parameters[0] = $"this {first}";
        string line = $"{head}({string.Join(", ", parameters)})";
        return (line.Length <= LineLength ? line : $"{head}(\n    {string.Join(",\n    ", parameters)})") + Constraints(method);
    }

    // Roslyn puts them right after the name, where only a symbol shown without parameters or base types has them.
    private static string Constraints(ISymbol symbol) => symbol
        .ToDisplayString(Declared.AddGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeConstraints))
        [symbol.ToDisplayString(Declared).Length..];
}
