using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using MlNetRnn.ApiDocs;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Docs;

[TestClass]
public sealed class ApiPagesTests
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;

    private static readonly TemporaryFolder Folder = new();

    [ClassInitialize]
    public static void Write(TestContext context) => ApiPages.Write(ApiLibrary.Load(), Folder.Path);

    [ClassCleanup]
    public static void Delete() => Folder.Dispose();

    [TestMethod]
    [DataRow("MlNetRnn.Pipeline")]
    [DataRow("MlNetRnn.Export")]
    [DataRow("MlNetRnn.Estimators")]
    public void Every_public_type_has_a_page_and_every_member_a_heading(string library)
    {
        string index = Page("README");
        foreach (var type in Assembly.Load(library).GetExportedTypes())
        {
            string name = type.FullName!["MlNetRnn.".Length..].Replace('+', '.').Replace('`', '-');
            string page = Page(name);
            StringAssert.Contains(index, $"({name}.md)");
            foreach (var member in type.GetMembers(Declared).Where(IsNamed))
                StringAssert.Contains(page, $"\n### {member.Name}", name);
        }
    }

    [TestMethod]
    public void Every_link_between_pages_leads_somewhere()
    {
        string[] files = Directory.GetFiles(Folder.Path);
        string[] broken = [.. files.SelectMany(
            file => new MarkdownPage(file).BrokenLinks().Select(link => $"{Path.GetFileName(file)}: {link}"))];

        Assert.IsGreaterThan(100, files.Sum(file => new MarkdownPage(file).RelativeLinks().Count()));
        Assert.IsEmpty(broken, string.Join(Environment.NewLine, broken));
    }

    [TestMethod]
    public void No_reference_is_left_as_the_compiler_wrote_it()
    {
        foreach (string file in Directory.GetFiles(Folder.Path))
            Assert.DoesNotMatchRegex(@"cref=|<(see|summary|param|inheritdoc)\b|\b[TMPFE!]:[A-Z]\w+\.", File.ReadAllText(file), file);
    }

    [TestMethod]
    [DataRow("RecurrentOptions", "Default: [`RecurrentCell.Lstm`](RecurrentCell.md#lstm).")]
    [DataRow("RecurrentOptions", "public double Dropout { get; init; }")]
    [DataRow("RecurrentCell", "(Hochreiter and Schmidhuber, 1997;")]
    [DataRow("RecurrentEstimator", "| Exportable to ONNX | Yes |", DisplayName = "a table")]
    [DataRow("Optimizer", "Adam with decoupled weight decay", DisplayName = "an enum's value")]
    [DataRow("EpochMetrics", "- `Epoch` (int): The epoch, counted from 1.", DisplayName = "a positional record's parameter")]
    [DataRow("StepwiseCell", "The layer, on the CPU, its weights not yet initialised.", DisplayName = "inherited from a base class")]
    [DataRow("RecurrentTrainerExtensions", "    string labelColumnName = \"Label\",", DisplayName = "a parameter's default")]
    [DataRow("README", "| [`SequenceModel`](SequenceModel.md) | class | A trained sequence model")]
    public void A_page_says_what_the_source_says(string page, string text) => StringAssert.Contains(Page(page), text);

    [TestMethod]
    public void Pages_of_types_that_are_gone_are_deleted_and_other_files_are_kept()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["Mine.md"], "Notes");
        File.Copy(Folder["Optimizer.md"], folder["Gone.md"]);

        ApiPages.Write(ApiLibrary.Load(), folder.Path);

        Assert.IsFalse(File.Exists(folder["Gone.md"]));
        Assert.AreEqual("Notes", File.ReadAllText(folder["Mine.md"]));
    }

    [TestMethod]
    public void Comments_become_markdown()
    {
        var library = ApiLibrary.Load();
        var comment = XElement.Parse("""
            <remarks>
              First * line of
              <c>Vector&lt;Single, *&gt;</c> and <paramref name="x"/>, <see langword="null"/>, <see cref="T:MlNetRnn.Optimizer"/>,
              <see cref="F:MlNetRnn.Optimizer.Adam">the default</see>.
              <para><see cref="T:System.Int32"/>, <see href="https://example.org">there</see></para>
              <para>- not a list</para>
              <list type="bullet">
                <item>one</item>
                <item><term>two</term><description>and <para>more</para></description></item>
              </list>
              <list type="number"><item>first</item><item>second</item></list>
              <list type="table">
                <listheader><term>A</term><description>B</description></listheader>
                <item><term><c>a|b</c></term><description>c</description></item>
              </list>
              <code>
                if (x)
                    y();
              </code>
            </remarks>
            """, LoadOptions.PreserveWhitespace);

        Assert.AreEqual("""
            First \* line of `Vector<Single, *>` and `x`, `null`, [`Optimizer`](Optimizer.md), [the default](Optimizer.md#adam).

            [`int`](https://learn.microsoft.com/dotnet/api/system.int32), [there](https://example.org)

            \- not a list

            - one
            - **two**: and
              
              more

            1. first
            2. second

            | A | B |
            | --- | --- |
            | `a\|b` | c |

            ```csharp
            if (x)
                y();
            ```
            """.ReplaceLineEndings("\n"), new MarkdownText(library, new Links(library)).Blocks(comment));
    }

    // Not accessors, operators or constructors, nor what the compiler adds to records.
    private static bool IsNamed(MemberInfo member) => member switch
    {
        ConstructorInfo or Type => false,
        FieldInfo field => !field.IsSpecialName,
        MethodBase method => !method.IsSpecialName && !method.IsDefined(typeof(CompilerGeneratedAttribute)),
        _ => true,
    };

    private static string Page(string name) => File.ReadAllText(Folder[$"{name}.md"]);
}
