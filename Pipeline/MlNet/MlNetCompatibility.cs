using System.Reflection;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// MlNetRnn uses members that ML.NET keeps internal. Another Microsoft.ML version may have changed them: this says so by name, in
/// place of the MissingMethodException that would follow.
/// </summary>
internal static class MlNetCompatibility
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;
    private const string Ctor = ".ctor";

    // Loaded before anything is checked; typeof of public types only, so that this very class needs no internal member.
    private static readonly Assembly s_core = typeof(SchemaShape).Assembly;
    private static readonly Assembly s_data = typeof(TransformsCatalog).Assembly;

    /// <summary>The members that MlNetRnn compiles against: type and member; no member: the type itself.</summary>
    internal static IReadOnlyList<(Assembly Assembly, string Type, string? Member)> Required { get; } =
    [
        (s_core, "Microsoft.ML.LoadableClassAttribute", Ctor),
        (s_core, "Microsoft.ML.SignatureLoadModel", null),
        (s_core, "Microsoft.ML.ModelSaveContext", "CheckAtModel"),
        (s_core, "Microsoft.ML.ModelSaveContext", "SetVersionInfo"),
        (s_core, "Microsoft.ML.ModelSaveContext", "Writer"),
        (s_core, "Microsoft.ML.ModelLoadContext", "CheckAtModel"),
        (s_core, "Microsoft.ML.ModelLoadContext", "Reader"),
        (s_core, "Microsoft.ML.VersionInfo", Ctor),
        (s_core, "Microsoft.ML.SchemaShape", "Create"),
        (s_core, "Microsoft.ML.SchemaShape", "TryFindColumn"),
        (s_core, "Microsoft.ML.SchemaShape+Column", Ctor),
        (s_core, "Microsoft.ML.SchemaShape+Column", "GetTypeString"),
        (s_data, "Microsoft.ML.Data.IInternalCatalog", "get_Environment"),
        (s_data, "Microsoft.ML.Data.CatalogUtils", "GetEnvironment"),
        (s_data, "Microsoft.ML.DataOperationsCatalog+TrainTestData", Ctor),
        (s_data, "Microsoft.ML.Data.IDataTransform", "Source"),
        (s_data, "Microsoft.ML.Transforms.BootstrapSamplingTransformer", null),
        (s_data, "Microsoft.ML.Transforms.GenerateNumberTransform", null),
        (s_data, "Microsoft.ML.Transforms.RangeFilter", null),
        (s_data, "Microsoft.ML.Transforms.RowShufflingTransformer", null),
        (s_core, "Microsoft.ML.Data.WrappingRow", Ctor),
        (s_data, "Microsoft.ML.Data.RowToRowMapperTransform", Ctor),
        (s_data, "Microsoft.ML.Data.RowToRowMapperTransform", "GetOutputSchema"),
        (s_data, "Microsoft.ML.Data.IRowMapper", "GetDependencies"),
        (s_data, "Microsoft.ML.Data.IRowMapper", "CreateGetters"),
        (s_data, "Microsoft.ML.Data.IRowMapper", "GetOutputColumns"),
        (s_data, "Microsoft.ML.Data.IRowMapper", "GetTransformer"),
        (s_data, "Microsoft.ML.Data.EstimatorChain`1", PipelineEstimators.ChainField),
        (s_data, "Microsoft.ML.Data.ITransformerChainAccessor", "get_Transformers"),
        (s_data, "Microsoft.ML.Data.ITransformerChainAccessor", "get_Scopes"),
        (s_data, "Microsoft.ML.Data.CompositeRowToRowMapper", Ctor),
        (s_data, "Microsoft.ML.Data.DataViewConstructionUtils", "CreateInputRow"),
        (s_data, "Microsoft.ML.Data.DataViewConstructionUtils", "GetSchemaDefinition"),
        (s_data, "Microsoft.ML.Data.DataViewConstructionUtils+InputRow`1", "ExtractValues"),
        (s_data, "Microsoft.ML.Data.EmptyDataView", Ctor),
        (s_data, "Microsoft.ML.Data.TypedCursorable`1", "Create"),
        (s_data, "Microsoft.ML.Data.TypedCursorable`1", "GetRow"),
        (s_data, "Microsoft.ML.Data.IRowReadableAs`1", "FillValues"),
        (s_data, "Microsoft.ML.Data.ColumnConcatenatingTransformer", "get_Columns"),
        (s_data, "Microsoft.ML.Data.OneToOneTransformerBase", "ColumnPairs"),
        (s_data, "Microsoft.ML.Transforms.ValueToKeyMappingTransformer", "GetTermMap"),
        (s_data, "Microsoft.ML.Transforms.ValueToKeyMappingTransformer+TermMap`1", "GetTerms"),
    ];

    private static readonly Lazy<string?> s_problem = new(() => Describe(FindMissing(Required)));

    /// <summary>Checks once per process that the loaded Microsoft.ML has the internal members that MlNetRnn needs.</summary>
    /// <exception cref="InvalidOperationException">Members are missing; the text names them and both versions.</exception>
    public static void Verify()
    {
        if (s_problem.Value is { } problem)
            throw new InvalidOperationException(problem);
    }

    /// <summary>The names of the required members that the loaded assemblies lack.</summary>
    internal static List<string> FindMissing(IEnumerable<(Assembly Assembly, string Type, string? Member)> required)
    {
        var missing = new List<string>();
        foreach (var (assembly, typeName, member) in required)
        {
            var type = assembly.GetType(typeName);
            if (type is null)
                missing.Add(typeName);
            else if (member is not null && type.GetMember(member, Any).Length == 0)
                missing.Add($"{typeName}.{member.TrimStart('.')}");
        }
        return missing;
    }

    /// <summary>The text of the error, or null when nothing is missing.</summary>
    internal static string? Describe(IReadOnlyCollection<string> missing) => missing.Count == 0
        ? null
        : $"MlNetRnn was built against Microsoft.ML {BuiltAgainst()}, but Microsoft.ML {LoadedVersion()} is loaded and lacks: "
            + $"{string.Join(", ", missing.Distinct())}. Reference Microsoft.ML {BuiltAgainst()}, or a version of MlNetRnn that supports "
            + "yours.";

    /// <summary>The version of Microsoft.ML that is loaded, such as 5.0.1.</summary>
    internal static string LoadedVersion()
    {
        var version = s_core.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? s_core.GetName().Version?.ToString() ?? "of unknown version";
        return version.Split('+')[0]; // without the commit
    }

    /// <summary>The version of the Microsoft.ML package that this assembly was compiled against, written by the project file.</summary>
    internal static string BuiltAgainst()
        => typeof(MlNetCompatibility).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(a => a.Key == "MicrosoftMLVersion").Value!;
}
