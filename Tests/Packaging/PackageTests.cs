using System.Globalization;
using System.Reflection;

namespace MlNetRnn.Tests.Packaging;

/// <summary>The packages, and programs outside of the repository that use them.</summary>
[TestClass, TestCategory("Long")]
public sealed class PackageTests
{
    private const int LargestPackage = 500_000;

    private const string Hosting = "Microsoft.Extensions.DependencyInjection.Abstractions Microsoft.Extensions.Hosting.Abstractions "
        + "Microsoft.Extensions.Logging.Abstractions";

    private static readonly string s_torchSharp = Version("TorchSharp");
    private static PackageFeed s_feed = null!;
    private static FreshApp s_trainer = null!;
    private static FreshApp s_untorched = null!;
    private static DotNetCommand.Result s_trained = null!;
    private static FreshApp s_scorer = null!;

    private static string[] Models => [s_feed["model.zip"], s_feed["model.onnx"]];

    [ClassInitialize]
    public static void PackAndTrain(TestContext context)
    {
        s_feed = PackageFeed.Pack();
        s_trainer = new FreshApp(
            s_feed, "Trainer", "Trainer.cs", ("MlNetRnn.Estimators", s_feed.Version), ("TorchSharp-cpu", s_torchSharp)).Build();
        s_untorched = new FreshApp(s_feed, "Untorched", "Trainer.cs", ("MlNetRnn.Estimators", s_feed.Version)).Build();
        s_scorer = new FreshApp(s_feed, "Scorer", "Scorer.cs", ("MlNetRnn.Export", s_feed.Version)).Build();
        s_trained = s_trainer.Run(Models);
    }

    [ClassCleanup]
    public static void Delete() => s_feed?.Dispose();

    [TestMethod]
    public void Three_packages_and_their_symbols_are_made() => CollectionAssert.AreEquivalent(
        new[] { "MlNetRnn.Pipeline", "MlNetRnn.Export", "MlNetRnn.Estimators" }
            .SelectMany(n => new[] { $"{n}.{s_feed.Version}.nupkg", $"{n}.{s_feed.Version}.snupkg" }).ToArray(),
        Directory.GetFiles(s_feed.Folder).Select(Path.GetFileName).ToArray());

    [TestMethod]
    [DataRow("MlNetRnn.Pipeline")]
    [DataRow("MlNetRnn.Export")]
    [DataRow("MlNetRnn.Estimators")]
    public void A_package_holds_library_documentation_and_readme_and_nothing_else(string name)
    {
        using var package = Open(name, ".nupkg");
        Assert.AreSequenceEqual([$"{name}.nuspec", "README.md", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"], package.Files);
        Assert.Contains($"<name>{name}</name>", System.Text.Encoding.UTF8.GetString(package.Read($"lib/net10.0/{name}.xml")));
        Assert.IsTrue(package.IsDeterministic($"lib/net10.0/{name}.dll"));
        Assert.AreEqual("MIT", package.Metadata("license")?.Value);
        Assert.AreEqual("README.md", package.Metadata("readme")?.Value);
        Assert.IsNotNull(package.Metadata("tags"));
        Assert.AreNotEqual("Package Description", package.Metadata("description")?.Value);
        Assert.IsNull(package.Metadata("projectUrl"));
        Assert.IsNull(package.Metadata("repository")?.Attribute("url"));
        Assert.IsLessThan(LargestPackage, new FileInfo(PathOf(name, ".nupkg")).Length);
    }

    [TestMethod]
    [DataRow("MlNetRnn.Pipeline")]
    [DataRow("MlNetRnn.Export")]
    [DataRow("MlNetRnn.Estimators")]
    public void Symbols_hold_every_source_file(string name)
    {
        using var symbols = Open(name, ".snupkg");
        Assert.AreSequenceEqual([$"{name}.nuspec", $"lib/net10.0/{name}.pdb"], symbols.Files);
        Assert.IsEmpty(symbols.SourcesNotIn($"lib/net10.0/{name}.pdb"));
    }

    [TestMethod]
    [DataRow("MlNetRnn.Pipeline", "Microsoft.ML System.Numerics.Tensors")]
    [DataRow("MlNetRnn.Export",
        "Google.Protobuf Microsoft.ML Microsoft.ML.OnnxRuntime MlNetRnn.Pipeline System.Numerics.Tensors " + Hosting)]
    [DataRow("MlNetRnn.Estimators",
        "Google.Protobuf Microsoft.ML Microsoft.ML.OnnxRuntime MlNetRnn.Export System.Numerics.Tensors TorchSharp " + Hosting)]
    public void A_package_asks_for_what_it_uses_and_leaves_libtorch_to_the_application(string name, string dependencies)
    {
        using var package = Open(name, ".nupkg");
        var found = package.Dependencies;
        CollectionAssert.AreEquivalent(dependencies.Split(' '), found.Keys);
        Assert.AreEqual($"[{MlNetCompatibility.BuiltAgainst()}, 6.0.0)", found["Microsoft.ML"]);
        foreach (var (_, range) in found.Where(d => d.Key.StartsWith("MlNetRnn.")))
            Assert.AreEqual($"[{s_feed.Version}]", range, "the packages use each other's internals");
    }

    [TestMethod]
    public void An_application_trains_saves_and_reloads() =>
        Assert.Contains("293 scores, the same after reloading", s_trained.Succeeded().Output);

    [TestMethod]
    public void An_application_that_scores_ships_no_torch()
    {
        s_trained.Succeeded();
        string said = s_scorer.Run(Models).Succeeded().Output;

        string expected = s_trained.Output.Trim().Split(' ')[^1];
        Assert.AreEqual($"zip {expected} onnx {expected}", said.Trim());
        string deps = File.ReadAllText(Path.Combine(s_scorer.Output, "Scorer.deps.json"));
        Assert.DoesNotContain("torch", deps, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Cecil", deps, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Grpc", deps, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public void A_program_published_for_this_platform_trains()
    {
        string published = s_feed["published"];
        s_trainer.DotNet("publish", "-c", "Release", "-r", NativePlatform.Current.Rid, "--self-contained", "false", "-o", published).Succeeded();
        var trained = s_trainer.RunIn(published, [], [s_feed["published.zip"], s_feed["published.onnx"]]);
        Assert.AreEqual(s_trained.Output, trained.Succeeded().Output);
    }

    [TestMethod]
    public void A_script_trains_and_scores()
    {
        string script = s_feed["Script.fsx"];
        File.WriteAllText(script, File.ReadAllText(FreshApp.SourceOf("Script.fsx"))
            .Replace("FEED", s_feed.Folder.Replace('\\', '/')).Replace("TORCHSHARP", s_torchSharp).Replace("VERSION", s_feed.Version));

        var run = DotNetCommand.Run(s_feed.Folder, s_feed.Environment, "fsi", script).Succeeded();

        Assert.Contains("293 scores, all finite: true", run.Output);
    }

    [TestMethod]
    public void A_missing_libtorch_package_is_named()
    {
        var run = s_untorched.Run(Models);
        Assert.AreNotEqual(0, run.ExitCode);
        Assert.Contains("Training needs libtorch", run.Error);
        Assert.Contains("Add the package TorchSharp-cpu", run.Error);
    }

    [TestMethod, OSCondition(OperatingSystems.Linux)]
    public void A_cut_libtorch_is_reported_and_does_not_end_the_process()
    {
        string copy = Copy(s_untorched.Output, "cut");
        string whole = Path.Combine(s_trainer.Output, "runtimes", NativePlatform.Current.Rid, "native", "libtorch_cpu.so");
        using (var source = File.OpenRead(whole))
        using (var cut = File.Create(Path.Combine(copy, "libtorch_cpu.so")))
        {
            source.CopyTo(cut);
            cut.SetLength(cut.Length / 2);
        }

        var run = s_untorched.RunIn(copy, [], Models);

        Assert.Contains("libtorch_cpu.so') but cannot be loaded. The file is damaged", run.Error);
        Assert.Contains("file too short", run.Error);
    }

    [TestMethod, OSCondition(OperatingSystems.Linux)]
    public void It_trains_with_the_C_plus_plus_runtime_of_RHEL_9()
    {
        var run = s_trainer.RunIn(s_trainer.Output, OlderRuntime(newest: 29), [s_feed["rhel.zip"], s_feed["rhel.onnx"]]);
        Assert.AreEqual(s_trained.Output, run.Succeeded().Output);
    }

    [TestMethod, OSCondition(OperatingSystems.Linux)]
    public void An_older_C_plus_plus_runtime_is_named()
    {
        var run = s_trainer.RunIn(s_trainer.Output, OlderRuntime(newest: 28), Models);
        Assert.AreNotEqual(0, run.ExitCode);
        Assert.Contains("It needs a newer C++ runtime (libstdc++.so.6 with GLIBCXX_3.4.29)", run.Error);
    }

    // The members that differ are used on the way to the first prediction, by methods that are compiled on that way.
    [TestMethod]
    [DataRow("Microsoft.ML.ModelLoadContext", "CheckAtModel", true)]
    [DataRow("Microsoft.ML.SchemaShape", "Create", false)]
    public void Another_MicrosoftML_is_reported_with_its_version(string type, string member, bool scores)
    {
        s_trained.Succeeded();
        var app = scores ? s_scorer : s_untorched;
        string copy = Copy(app.Output, "other-" + member);
        OlderSystem.RenameMember(Path.Combine(copy, "Microsoft.ML.Core.dll"), type, member, version: "4.0.9");

        var run = app.RunIn(copy, [], Models);

        Assert.AreNotEqual(0, run.ExitCode);
        Assert.Contains($"built against Microsoft.ML {MlNetCompatibility.BuiltAgainst()}, but Microsoft.ML 4.0.9 is loaded", run.Error);
        Assert.Contains($"lacks: {type}.{member}.", run.Error);
    }

    private static Dictionary<string, string> OlderRuntime(int newest)
    {
        var environment = OlderSystem.CppRuntime(s_feed["libstdc++" + newest.ToString(CultureInfo.InvariantCulture)], newest);
        if (DotNetCommand.Run(s_feed.Folder, environment, "--info").ExitCode != 0)
            Assert.Inconclusive("This .NET does not itself run with an older C++ runtime.");
        return environment;
    }

    private static string Copy(string folder, string name)
    {
        string copy = s_feed[name];
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    private static Package Open(string name, string extension) => new(PathOf(name, extension));

    private static string PathOf(string name, string extension) => Path.Combine(s_feed.Folder, $"{name}.{s_feed.Version}{extension}");

    // As the tests themselves use it.
    private static string Version(string assembly) => Assembly.Load(assembly)
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
