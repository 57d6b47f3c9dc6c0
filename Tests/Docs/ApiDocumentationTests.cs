using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MlNetRnn.ApiDocs;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Docs;

[TestClass]
public sealed class ApiDocumentationTests
{
    private static readonly Lazy<ApiLibrary> Library = new(ApiLibrary.Load);

    [TestMethod]
    public void Every_public_name_is_documented_completely()
    {
        string[] gaps = [.. new DocumentationGaps(Library.Value).Find()];

        Assert.IsEmpty(gaps, string.Join(Environment.NewLine, gaps));
    }

    [TestMethod]
    [DataRow("/// <summary> </summary>\npublic int X;", "no summary")]
    [DataRow("/// <remarks>Text.</remarks>\npublic int X;", "no summary")]
    [DataRow("public int X;", "no documentation")]
    [DataRow("/// <summary>Text.</summary>\npublic void X(int a) { }", "no param 'a'")]
    [DataRow("/// <summary>Text.</summary><param name=\"a\"/>\npublic void X(int a) { }", "no param 'a'")]
    [DataRow("/// <summary>Text.</summary><param name=\"b\">Text.</param>\npublic void X() { }", "param 'b', which it does not have")]
    [DataRow("/// <summary>Text.</summary>\npublic void X<T>() { }", "no typeparam 'T'")]
    [DataRow("/// <summary>Text.</summary>\npublic int X() => 1;", "no returns")]
    [DataRow("/// <summary>Text.</summary><returns>Text.</returns>\npublic void X() { }", "returns, which it does not")]
    [DataRow("/// <summary>Text.</summary><exception cref=\"Exception\"/>\npublic void X() { }", "no text for exception 'T:System.Exception'")]
    [DataRow("/// <summary>Text.</summary><exception cref=\"String\">Text.</exception>\npublic void X() { }",
        "exception 'T:System.String', which is not a public exception")]
    [DataRow("/// <summary>See <see cref=\"Hidden\"/>.</summary>\npublic int X;\ninternal int Hidden;",
        "cref 'F:Sample.Hidden', which is not a public name")]
    [DataRow("/// <summary>See <see cref=\"Absent\"/>.</summary>\npublic int X;", "cref '!:Absent', which is not a public name")]
    [DataRow("/// <inheritdoc/>\npublic int X;", "inherits documentation from nothing")]
    [DataRow("/// <inheritdoc cref=\"Bare\"/>\npublic int X;\ninternal int Bare;", "inherits documentation from nothing")]
    [DataRow("/// <inheritdoc cref=\"Other\"/>\npublic void X(int b) { }\n/// <summary><paramref name=\"a\"/></summary><param name=\"a\">Text.</param>\n"
        + "public void Other(int a) { }", "no param 'b'", "param 'a', which it does not have", "paramref 'a', which it does not have")]
    [DataRow("/// <inheritdoc cref=\"Other\" path=\"/remarks\"/>\npublic void X() { }\n/// <summary>Text.</summary><remarks>Text.</remarks>\n"
        + "public void Other() { }", "no summary")]
    [DataRow("/// <summary>Text.</summary>\n/// <inheritdoc cref=\"Other\" path=\"/remarks\"/>\npublic void X() { }\n"
        + "/// <summary>Text.</summary>\npublic void Other() { }", "inherits from Sample.Other(), which has no such documentation")]
    [DataRow("/// <summary>Text.</summary>\nprotected enum X { A }", "no documentation")]
    public void A_gap_is_found(string member, params string[] gaps)
    {
        string[] found = Gaps($"using System;\n/// <summary>Text.</summary>\npublic class Sample\n{{\n{member}\n}}");

        CollectionAssert.AreEqual(gaps, found.Select(gap => gap[(gap.IndexOf(": ", StringComparison.Ordinal) + 2)..]).ToArray());
    }

    [TestMethod]
    public void What_is_inherited_counts_as_documented() => Assert.IsEmpty(Gaps("""
        /// <summary>Text.</summary>
        public interface IBase
        {
            /// <summary>Text.</summary>
            /// <param name="a">Text.</param>
            /// <returns>Text.</returns>
            int Get(int a);
        }

        /// <inheritdoc/>
        public class Derived : IBase
        {
            /// <inheritdoc/>
            public virtual int Get(int a) => a;

            /// <inheritdoc/>
            public override string ToString() => "";
        }

        /// <summary>Text.</summary>
        /// <param name="Value">Text.</param>
        public record Twice(int Value) : Third
        {
            /// <inheritdoc/>
            public override int Get(int a) => 2 * a;
        }

        /// <summary>Text.</summary>
        public abstract record Third
        {
            /// <inheritdoc cref="IBase.Get"/>
            public abstract int Get(int a);

            /// <summary>Text.</summary>
            /// <inheritdoc cref="IBase.Get" path="/returns"/>
            public int One() => 1;
        }
        """));

    // Compiled to a file, as the libraries are: private and internal names are not seen.
    private static string[] Gaps(string source)
    {
        using var folder = new TemporaryFolder();
        List<MetadataReference> references = [.. ApiLibrary.ReferencePaths().Select(path => MetadataReference.CreateFromFile(path))];
        var syntax = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(documentationMode: DocumentationMode.Diagnose));
        var compilation = CSharpCompilation.Create("Sample", [syntax], references, new(OutputKind.DynamicallyLinkedLibrary));
        using (var assembly = File.Create(folder["Sample.dll"]))
        using (var documentation = File.Create(folder["Sample.xml"]))
        {
            var result = compilation.Emit(assembly, xmlDocumentationStream: documentation);
            Assert.IsTrue(result.Success, string.Join(Environment.NewLine, result.Diagnostics));
        }
        var sample = ApiLibrary.Reference(folder["Sample.dll"]);
        return [.. new DocumentationGaps(ApiLibrary.Create([.. ApiLibrary.ReferencePaths().Select(ApiLibrary.Reference), sample], [sample])).Find()];
    }
}
