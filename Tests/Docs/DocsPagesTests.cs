using System.Globalization;
using System.Reflection;

namespace MlNetRnn.Tests.Docs;

/// <summary>
/// Pages are held to the library: what they show in C# is a tour that is compiled and run (<c>own-cell.md</c>: <c>OwnCellTour.cs</c>, with
/// a region from <c>// DOCS</c> to <c>// END</c> for each csharp block), and what they link to is there.
/// </summary>
[TestClass]
public sealed class DocsPagesTests
{
    private const string Index = "README.md";

    public static IEnumerable<string> Pages =>
        Directory.GetFiles(Repository.PathOf("docs"), "*.md").Select(file => Path.GetFileName(file)).Order();

    [TestMethod]
    [DynamicData(nameof(Pages))]
    public void Every_snippet_is_one_that_is_compiled_and_run(string page)
    {
        string path = Repository.PathOf("docs", page), tour = TourOf(page), source = Repository.PathOf("Tests", "Docs", $"{tour}.cs");
        if (!new MarkdownPage(path).Code("csharp").Any() && !File.Exists(source))
            return;

        Assert.IsTrue(File.Exists(source), $"docs/{page} shows C#, which Tests/Docs/{tour}.cs must compile and run: it is not there.");
        Tour.AssertEqual(path, source, "DOCS");
        Assert.IsTrue(IsRun(tour), $"{tour} must be a test class with a test method that is not ignored.");
    }

    [TestMethod]
    public void Every_tour_has_a_page()
    {
        string[] tours = [.. Directory.GetFiles(Repository.PathOf("Tests", "Docs"), "*Tour.cs")
            .Select(file => Path.GetFileNameWithoutExtension(file))];

        Assert.IsNotEmpty(tours);
        string[] lost = [.. tours.Except(Pages.Select(TourOf))];
        Assert.IsEmpty(lost, $"No page of docs has the name of {string.Join(", ", lost)}.");
    }

    [TestMethod]
    public void Every_relative_link_leads_somewhere()
    {
        string[] broken = [.. Pages.Select(page => Path.Combine("docs", page)).Append("README.md")
            .SelectMany(page => new MarkdownPage(Repository.PathOf(page)).BrokenLinks().Select(link => $"{page}: {link}"))];

        Assert.IsEmpty(broken, string.Join(Environment.NewLine, broken));
    }

    [TestMethod]
    public void Every_page_is_linked_from_the_index()
    {
        var linked = new MarkdownPage(Repository.PathOf("docs", Index)).RelativeLinks().Select(link => link.Split('#')[0]);

        string[] missing = [.. Pages.Where(page => page != Index).Except(linked)];
        Assert.IsEmpty(missing, $"docs/{Index} does not link to {string.Join(", ", missing)}.");
    }

    [TestMethod]
    [DataRow("[here](there.md)", "there.md")]
    [DataRow("[here](page.md#nowhere)", "page.md#nowhere")]
    [DataRow("[here](#nowhere)", "#nowhere")]
    [DataRow("![a picture](folder/picture.png)", "folder/picture.png")]
    [DataRow("[reference][one]\n\n[one]: gone.md", "gone.md")]
    [DataRow("# A title, or `two`\n[here](#a-title-or-two) [self](page.md) [folder](.) [web](https://example.org)")]
    [DataRow("<a id=\"mark\"></a>[mark](#mark)")]
    [DataRow("```csharp\n// [here](there.md)\n```\n`[here](there.md)`")]
    public void A_link_that_leads_nowhere_is_found(string text, params string[] broken)
    {
        using var folder = new Scenarios.TemporaryFolder();
        File.WriteAllText(folder["page.md"], text);

        CollectionAssert.AreEqual(broken, new MarkdownPage(folder["page.md"]).BrokenLinks().ToArray());
    }

    [TestMethod]
    [DataRow("```csharp\nint x = 1;\n```", "    // DOCS\n    int x = 1;\n    // END\n", true)]
    [DataRow("```csharp\nint x = 1;\n```", "// DOCS\nint x = 2;\n// END\n", false, DisplayName = "another word")]
    [DataRow("```csharp\nint x = 1;\n```", "", false, DisplayName = "not compiled")]
    [DataRow("```csharp\nint x = 1;\n```", "// DOCS\nint x = 1;\n// END\n// DOCS\nint y = 1;\n// END\n", false, DisplayName = "not shown")]
    [DataRow("```csharp\na();\n```\n```csharp\nb();\n```", "// DOCS\nb();\n// END\n// DOCS\na();\n// END\n", false,
        DisplayName = "another order")]
    [DataRow("```csharp\npublic class A;\n```\n```csharp\nb();\n```", "// DOCS\nb();\n// END\n// DOCS\npublic class A;\n// END\n", true,
        DisplayName = "a type, which cannot stand between statements")]
    [DataRow("```fsharp\nlet x = 1\n```\n```csharp\na();\n```", "// DOCS\na();\n// END\n", true, DisplayName = "another language")]
    public void A_snippet_that_is_not_run_is_found(string page, string source, bool same)
    {
        using var folder = new Scenarios.TemporaryFolder();
        File.WriteAllText(folder["page.md"], page);
        File.WriteAllText(folder["source.cs"], source);

        void Compare() => Tour.AssertEqual(folder["page.md"], folder["source.cs"], "DOCS");
        if (same)
            Compare();
        else
            Assert.Throws<AssertFailedException>(Compare);
    }

    private static string TourOf(string page) =>
        string.Concat(Path.GetFileNameWithoutExtension(page).Split('-').Select(CultureInfo.InvariantCulture.TextInfo.ToTitleCase)) + "Tour";

    private static bool IsRun(string tour)
    {
        var type = typeof(DocsPagesTests).Assembly.GetType($"{typeof(DocsPagesTests).Namespace}.{tour}");
        return type is not null && Has<TestClassAttribute>(type) && !Has<IgnoreAttribute>(type)
            && type.GetMethods().Any(method => Has<TestMethodAttribute>(method) && !Has<IgnoreAttribute>(method));
    }

    private static bool Has<TAttribute>(MemberInfo member) => member.IsDefined(typeof(TAttribute), inherit: false);
}
