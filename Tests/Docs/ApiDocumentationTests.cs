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
    [DataRow("/// <summary>Text.</summary><exception cref=\"Exception\"/>\npublic void X() { }",
        "no text for exception 'T:System.Exception'")]
    [DataRow("/// <summary>Text.</summary><exception cref=\"String\">Text.</exception>\npublic void X() { }",
        "exception 'T:System.String', which is not a public exception")]
    [DataRow("/// <summary>See <see cref=\"Hidden\"/>.</summary>\npublic int X;\ninternal int Hidden;",
        "cref 'F:Sample.Hidden', which is not a public name")]
    [DataRow("/// <summary>See <see cref=\"Absent\"/>.</summary>\npublic int X;", "cref '!:Absent', which is not a public name")]
    [DataRow("/// <inheritdoc/>\npublic int X;", "inherits documentation from nothing")]
    [DataRow("/// <inheritdoc cref=\"Bare\"/>\npublic int X;\ninternal int Bare;", "inherits documentation from nothing")]
    [DataRow("/// <inheritdoc cref=\"Other\"/>\npublic void X(int b) { }\n"
        + "/// <summary><paramref name=\"a\"/></summary><param name=\"a\">Text.</param>\npublic void Other(int a) { }", "no param 'b'", "param 'a', which it does not have", "paramref 'a', which it does not have")]
    [DataRow("/// <inheritdoc cref=\"Other\" path=\"/remarks\"/>\npublic void X() { }\n"
        + "/// <summary>Text.</summary><remarks>Text.</remarks>\npublic void Other() { }", "no summary")]
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

    // Container images of the SDK do not unpack the documentation of packages.
    [TestMethod]
    [DataRow(null, "")]
    [DataRow("Microsoft.ML.Core",
        "See [`ITransformer.GetRowToRowMapper`](https://learn.microsoft.com/dotnet/api/microsoft.ml.itransformer.getrowtorowmapper).")]
    public void Where_a_package_has_no_documentation_to_inherit_a_link_stands_instead(string? undocumented, string link)
    {
        var (gaps, page) = SampleLibrary.Read("""
            /// <summary>Text.</summary>
            public class Sample
            {
                /// <inheritdoc cref="Microsoft.ML.ITransformer.GetRowToRowMapper"/>
                public object? Map(Microsoft.ML.DataViewSchema inputSchema) => null;
            }
            """, library => (new DocumentationGaps(library).Find().ToArray(), PageOf(library)), undocumented);

        Assert.IsEmpty(gaps, string.Join(Environment.NewLine, gaps));
        StringAssert.Contains(page, link);
        Assert.AreEqual(undocumented is null, page.Contains("**Returns**"));
    }

    private static string PageOf(ApiLibrary library)
    {
        using var folder = new TemporaryFolder();
        ApiPages.Write(library, folder.Path);
        return File.ReadAllText(folder["Sample.md"]);
    }

    private static string[] Gaps(string source) => SampleLibrary.Read(source, library => new DocumentationGaps(library).Find().ToArray());
}
