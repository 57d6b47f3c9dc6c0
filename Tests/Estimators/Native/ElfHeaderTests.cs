using System.Runtime.InteropServices;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests;

/// <summary>Libraries that the system's loader would fail on, some of them by ending the process, are refused before.</summary>
[TestClass]
public class ElfHeaderTests
{
    private static readonly string s_runtimes = Path.Combine(AppContext.BaseDirectory, "runtimes");

    [TestMethod]
    public void Every_Linux_library_of_the_packages_passes_for_its_own_architecture_alone()
    {
        AssertPasses("linux-x64", Architecture.X64, Architecture.Arm64);
        AssertPasses("linux-arm64", Architecture.Arm64, Architecture.X64);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(63)]
    [DataRow(100)]       // within the table of segments
    [DataRow(1_000_000)] // within the last segment: mapping it would end the process
    public void A_cut_library_is_refused(int length)
    {
        using var folder = new TemporaryFolder();
        string whole = Path.Combine(s_runtimes, "linux-x64", "native", "libLibTorchSharp.so");
        File.WriteAllBytes(folder["cut.so"], File.ReadAllBytes(whole)[..length]);

        var e = Assert.ThrowsExactly<BadImageFormatException>(() => ElfHeader.Check(folder["cut.so"], Architecture.X64));

        Assert.Contains($"file too short: {length} bytes", e.Message);
        AssertIsExplained(e, "damaged");
    }

    [TestMethod]
    public void What_is_no_library_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.so"], new string('x', 100));
        var e = Assert.ThrowsExactly<BadImageFormatException>(() => ElfHeader.Check(folder["text.so"], Architecture.X64));
        AssertIsExplained(e, "damaged");
    }

    [TestMethod]
    public void Another_machine_s_library_is_refused_and_explained()
    {
        string arm = Path.Combine(s_runtimes, "linux-arm64", "native", "libonnxruntime.so");
        var e = Assert.ThrowsExactly<BadImageFormatException>(() => ElfHeader.Check(arm, Architecture.X64));
        Assert.Contains("183, expected 62", e.Message);
        AssertIsExplained(e, "built for another architecture than this process, which is linux-x64");
    }

    private static void AssertPasses(string rid, Architecture own, Architecture other)
    {
        string[] files = Directory.GetFiles(Path.Combine(s_runtimes, rid, "native"), "*.so");
        Assert.IsNotEmpty(files);
        foreach (string file in files)
        {
            ElfHeader.Check(file, own);
            Assert.ThrowsExactly<BadImageFormatException>(() => ElfHeader.Check(file, other));
        }
    }

    private static void AssertIsExplained(Exception e, string part) =>
        Assert.Contains(part, LibTorchFailure.NotLoaded(new(OSPlatform.Linux, Architecture.X64), "x.so", e).Message);
}
