using MlNetRnn.ApiDocs;

namespace MlNetRnn.Tests.Docs;

/// <summary>Names of an assembly are written as their source reads, without what users do not see.</summary>
[TestClass]
public sealed class SignatureTests
{
    [TestMethod]
    [DataRow("public abstract class Sample<T> : List<T>, IDisposable where T : class, new()", "{ public abstract void Dispose(); }")]
    [DataRow("public static class Sample", ";")]
    [DataRow("public sealed record Sample", ";")]
    [DataRow("public readonly struct Sample", ";")]
    [DataRow("public interface Sample<out T> : IEnumerable<T>", ";")]
    [DataRow("public enum Sample", "{ A }")]
    [DataRow("public delegate int Sample<in T>(T value, params string[] rest) where T : struct", ";")]
    public void A_type_reads_as_it_was_written(string declaration, string rest) =>
        Assert.AreEqual(declaration, SampleLibrary.Read($"using System; using System.Collections.Generic; {declaration} {rest}",
            library => Signatures.Declaration(library.Contents[0].Types[0])));

    [TestMethod]
    [DataRow("public const double X = 0.5", ";")]
    [DataRow("public static readonly string? X", ";")]
    [DataRow("public required string X { get; init; }", "")]
    [DataRow("protected virtual int X { get; }", "")]
    [DataRow("public int X { get; }", "", "public int X { get; private set; }")]
    [DataRow("public event Action? X", ";")]
    [DataRow("public T? X<T>(T[] values, int count = 3, string name = \"a\", TimeSpan time = default) where T : class", "=> null;")]
    [DataRow("public (string Name, int? Count) X(params ReadOnlySpan<long> dimensions)", "=> default;")]
    [DataRow("public static implicit operator Sample(int value)", "=> new();")]
    [DataRow("public int this[int index] { get; }", "", "public int this[int index] => 0;")]
    [DataRow("public void X(\n    Dictionary<string, List<int>> first,\n    Dictionary<string, List<int>> second,\n"
        + "    ref long thirdOfThemAll)", "{ }")]
    public void A_member_reads_as_it_was_written(string declaration, string rest, string? source = null) =>
        Assert.AreEqual(declaration, SampleLibrary.Read($$"""
            using System; using System.Collections.Generic;
            public class Sample { {{source ?? declaration + rest}} private int Hidden; internal int Unseen { get; } }
            """, library => Signatures.Declaration(ApiLibrary.Members(library.Contents[0].Types[0]).Single())));

    [TestMethod]
    public void Only_overloads_are_told_apart_by_their_parameters()
    {
        string[] titles = SampleLibrary.Read("""
            public class Sample { public void One(int a) { } public void Two(int a) { } public void Two(string[]? a, System.Action b) { } }
            """, library => ApiLibrary.Members(library.Contents[0].Types[0])
                .Select(member => $"{Signatures.Title(member)} #{Links.Anchor(member)}").ToArray());

        CollectionAssert.AreEqual(new[] { "One #one", "Two(int) #two-int", "Two(string[]?, Action) #two-string-action" }, titles);
    }

    [TestMethod]
    public void A_nested_or_generic_type_has_a_page_of_its_own()
    {
        string[] pages = SampleLibrary.Read("""
            public class Outer { }
            public class Outer<T> { public class Inner { } protected class Shared { } private class Hidden { } }
            """, library => library.Contents[0].Types.Select(Links.Page).ToArray());

        CollectionAssert.AreEquivalent(new[] { "Outer.md", "Outer-1.md", "Outer-1.Inner.md", "Outer-1.Shared.md" }, pages);
    }
}
