using System.Reflection.PortableExecutable;

namespace MlNetRnn.Tests.Packaging;

/// <summary>What <c>docs/platforms.md</c> says of the native libraries is what the packages hold: a new version that differs is noticed.</summary>
[TestClass]
public sealed class PlatformsPageTests
{
    private static readonly string s_page = File.ReadAllText(Repository.PathOf("docs", "platforms.md"));

    [TestMethod]
    [DataRow("onnxruntime", "linux-arm64 linux-x64 osx-arm64 win-arm64 win-x64")] // scores
    [DataRow("LibTorchSharp", "linux-x64 osx-arm64 win-arm64 win-x64")]           // trains, where torch_cpu is too
    [DataRow("torch_cpu", "linux-x64 osx-arm64 win-x64")]                         // win-arm64: a package of its own
    public void A_library_is_there_for_the_platforms_of_the_table(string library, string platforms)
    {
        string[] names = [$"lib{library}.so", $"lib{library}.dylib", $"{library}.dll"];
        var found = Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "runtimes"))
            .Where(folder => names.Any(n => File.Exists(Path.Combine(folder, "native", n)))).Select(Path.GetFileName).Order();
        Assert.AreEqual(platforms, string.Join(' ', found));
    }

    [TestMethod]
    [DataRow("linux-x64", "libonnxruntime.so")]
    [DataRow("linux-arm64", "libonnxruntime.so")]
    [DataRow("linux-x64", "libtorch_cpu.so")]
    [DataRow("linux-x64", "libLibTorchSharp.so")]
    public void The_page_gives_the_highest_symbol_versions_that_a_library_asks_for(string platform, string library)
    {
        string[] versions = [.. NativeNeeds.ElfVersions(Native(platform, library))];
        Assert.Contains($"`{library}` GLIBC_{Highest(versions, "GLIBC_")} and GLIBCXX_{Highest(versions, "GLIBCXX_")}", s_page);
    }

    [TestMethod]
    public void On_Windows_libtorch_exports_all_that_TorchSharp_imports()
    {
        int imported = 0;
        foreach (string library in (string[])["torch_cpu.dll", "c10.dll"])
        {
            var imports = NativeNeeds.Imports(Native("win-x64", "LibTorchSharp.dll"), library);
            Assert.IsEmpty(imports.Except(NativeNeeds.Exports(Native("win-x64", library))), library);
            imported += imports.Count;
        }
        Assert.Contains($"({imported:N0})", s_page);
    }

    [TestMethod]
    [DataRow("win-x64", Machine.Amd64)]
    [DataRow("win-arm64", Machine.Arm64)]
    public void Windows_libraries_are_for_the_processor_of_their_folder(string platform, Machine machine)
    {
        foreach (string library in (string[])["onnxruntime.dll", "LibTorchSharp.dll"])
        {
            using var pe = new PEReader(File.OpenRead(Native(platform, library)));
            Assert.AreEqual(machine, pe.PEHeaders.CoffHeader.Machine, library);
        }
    }

    private static Version Highest(IEnumerable<string> versions, string prefix) =>
        versions.Where(v => v.StartsWith(prefix, StringComparison.Ordinal)).Max(v => Version.Parse(v[prefix.Length..]))!;

    private static string Native(string platform, string library) =>
        Path.Combine(AppContext.BaseDirectory, "runtimes", platform, "native", library);
}
