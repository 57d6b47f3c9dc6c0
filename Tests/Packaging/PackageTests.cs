using System.IO.Compression;
using System.Xml.Linq;

namespace MlNetRnn.Tests.Packaging;

/// <summary>The packages as users meet them: in applications of their own, from a feed.</summary>
[TestClass, TestCategory("Long")]
public sealed class PackageTests
{
    private static PackageFeed s_feed = null!;
    private static string s_trained = null!; // the folder of the application that trains, with the model it saved

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static void Pack(TestContext context)
    {
        s_feed = new PackageFeed();
        s_trained = s_feed.BuildApp("Train", "Train.txt", ("MlNetRnn.Estimators", s_feed.Version), ("TorchSharp-cpu", s_feed.TorchSharpVersion));
    }

    [ClassCleanup]
    public static void Delete() => s_feed.Dispose();

    [TestMethod]
    public void An_application_trains_saves_and_loads_and_another_scores_without_torch()
    {
        string trained = PackageFeed.RunApp(s_trained);
        StringAssert.Contains(trained, "scores 113, equal after loading: True");

        string scoring = s_feed.BuildApp("Score", "Score.txt", ("MlNetRnn.Export", s_feed.Version));
        foreach (string file in new[] { "model.zip", "model.onnx" })
            File.Copy(Path.Combine(s_trained, file), Path.Combine(scoring, file));
        string scored = PackageFeed.RunApp(scoring);

        StringAssert.Contains(scored, "same by onnx: True");
        StringAssert.Contains(scored, trained.Split('\n').First(line => line.StartsWith("last ", StringComparison.Ordinal)).Trim());
        Assert.DoesNotContain("torch", File.ReadAllText(Path.Combine(scoring, "out", "Score.deps.json")).ToLowerInvariant());
    }

    [TestMethod]
    public void A_script_trains() => StringAssert.Contains(s_feed.RunScript("Train.fsx"), "scores 113, finite: true");

    [TestMethod]
    public void An_application_without_libtorch_is_told_which_package_to_add()
    {
        string folder = s_feed.BuildApp("TrainWithoutLibTorch", "TrainWithoutLibTorch.txt", ("MlNetRnn.Estimators", s_feed.Version));

        string output = PackageFeed.RunApp(folder);

        StringAssert.Contains(output, "Add the package TorchSharp-cpu");
    }

    [TestMethod]
    public void Each_package_holds_its_library_documentation_licence_and_readme_and_nothing_else()
    {
        foreach (string id in PackageFeed.Ids)
        {
            using var package = ZipFile.OpenRead(s_feed.PackageOf(id));
            string[] files = [.. package.Entries.Select(e => e.FullName)
                .Where(n => !n.StartsWith("_rels", StringComparison.Ordinal) && !n.StartsWith("package/", StringComparison.Ordinal) && n != "[Content_Types].xml").Order(StringComparer.Ordinal)];
            Assert.AreSequenceEqual(["LICENSE", $"{id}.nuspec", "README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml"], files);

            using var symbols = ZipFile.OpenRead(s_feed.PackageOf(id, "snupkg"));
            Assert.IsTrue(symbols.Entries.Any(e => e.FullName == $"lib/net10.0/{id}.pdb"));
            TestContext.WriteLine($"{id}: {new FileInfo(s_feed.PackageOf(id)).Length} bytes, symbols {new FileInfo(s_feed.PackageOf(id, "snupkg")).Length}");
        }
    }

    [TestMethod]
    public void Packages_depend_on_what_they_need_and_on_each_other_in_the_same_version()
    {
        var needs = PackageFeed.Ids.ToDictionary(id => id, Dependencies);

        Assert.AreEqual($"[{s_feed.Version}]", needs["MlNetRnn.Export"]["MlNetRnn.Pipeline"]); // they share internal members
        Assert.AreEqual($"[{s_feed.Version}]", needs["MlNetRnn.Estimators"]["MlNetRnn.Export"]);
        Assert.IsTrue(needs["MlNetRnn.Pipeline"].ContainsKey("Microsoft.ML"));
        Assert.IsTrue(needs["MlNetRnn.Export"].ContainsKey("Microsoft.ML.OnnxRuntime"));
        Assert.IsTrue(needs["MlNetRnn.Estimators"].ContainsKey("TorchSharp"));
        Assert.IsFalse(needs.Values.Any(d => d.Keys.Any(k => k is "Mono.Cecil" or "Grpc.Tools" or "TorchSharp-cpu")), "used to build, or the application's choice");
        Assert.IsFalse(needs["MlNetRnn.Export"].Keys.Any(k => k.Contains("torch", StringComparison.OrdinalIgnoreCase)));
    }

    private static Dictionary<string, string> Dependencies(string id)
    {
        using var package = ZipFile.OpenRead(s_feed.PackageOf(id));
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        return XDocument.Load(stream).Descendants().Where(e => e.Name.LocalName == "dependency")
            .ToDictionary(e => e.Attribute("id")!.Value, e => e.Attribute("version")!.Value);
    }
}
