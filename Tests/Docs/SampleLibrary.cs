using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MlNetRnn.ApiDocs;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Docs;

/// <summary>A small library compiled to files, as the packages are: private and internal names are not seen.</summary>
internal static class SampleLibrary
{
    /// <param name="source">The library's source.</param>
    /// <param name="read">What is done with it.</param>
    /// <param name="undocumented">A package that it refers to and that was restored without its documentation.</param>
    public static T Read<T>(string source, Func<ApiLibrary, T> read, string? undocumented = null)
    {
        using var folder = new TemporaryFolder();
        List<MetadataReference> references = [.. ApiLibrary.ReferencePaths()
            .Select(path => Path.GetFileNameWithoutExtension(path) == undocumented ? Copy(path, folder) : path).Select(ApiLibrary.Reference)];
        var syntax = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(documentationMode: DocumentationMode.Diagnose));
        var compilation = CSharpCompilation.Create("Sample", [syntax], references,
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using (var assembly = File.Create(folder["Sample.dll"]))
        using (var documentation = File.Create(folder["Sample.xml"]))
        {
            var result = compilation.Emit(assembly, xmlDocumentationStream: documentation);
            Assert.IsTrue(result.Success, string.Join(Environment.NewLine, result.Diagnostics));
        }
        var sample = ApiLibrary.Reference(folder["Sample.dll"]);
        return read(ApiLibrary.Create([.. references, sample], [sample]));
    }

    private static string Copy(string path, TemporaryFolder folder)
    {
        string copy = folder[Path.GetFileName(path)];
        File.Copy(path, copy);
        return copy;
    }
}
