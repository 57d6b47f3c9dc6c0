using System.Runtime.InteropServices;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests;

[TestClass]
public class LibTorchFoldersTests
{
    [TestMethod]
    public void The_host_s_folders_come_before_the_application_s_and_the_assembly_s()
    {
        string host = string.Join(Path.PathSeparator, "h1", "h2", "");
        string torch = Path.Combine(Path.GetTempPath(), "packages", "torchsharp", "1.2.3", "lib", "net8.0");
        Assert.AreSequenceEqual(
            [
                "h1", "h2", "app", torch, Path.Combine(torch, "runtimes", "linux-x64", "native"),
                Path.Combine(Path.GetTempPath(), "packages", "torchsharp", "1.2.3", "runtimes", "linux-x64", "native"),
            ],
            LibTorchFolders.For(host, "app", torch, "linux-x64"));
    }

    [TestMethod]
    public void A_single_file_program_has_its_own_folder() => Assert.AreSequenceEqual(["app"], LibTorchFolders.For(null, "app", "", "win-x64"));

    [TestMethod]
    public void The_first_folder_that_has_the_file_is_taken()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        File.WriteAllText(second["x.so"], "");
        string[] folders = [Path.Combine(first.Path, "not there"), first.Path, second.Path];
        Assert.AreEqual(second["x.so"], LibTorchFolders.Find(folders, "x.so"));
        Assert.IsNull(LibTorchFolders.Find(folders, "y.so"));
    }

    [TestMethod]
    public void This_process_knows_its_platform()
    {
        var platform = NativePlatform.Current;
        Assert.AreEqual(RuntimeInformation.ProcessArchitecture, platform.Architecture);
        Assert.IsTrue(RuntimeInformation.IsOSPlatform(platform.System));
        if (OperatingSystem.IsLinux() && !platform.IsMusl)
        {
            Assert.IsNotNull(platform.GlibC);
            Assert.IsTrue(Version.TryParse(platform.GlibC, out _), platform.GlibC);
        }
    }

    [TestMethod]
    public void Platforms_have_NuGet_s_names()
    {
        Assert.AreEqual("linux-x64", new NativePlatform(OSPlatform.Linux, Architecture.X64).Rid);
        Assert.AreEqual("linux-musl-arm64", new NativePlatform(OSPlatform.Linux, Architecture.Arm64, IsMusl: true).Rid);
        Assert.AreEqual("osx-arm64", new NativePlatform(OSPlatform.OSX, Architecture.Arm64).Rid);
        Assert.AreEqual("win-x64", new NativePlatform(OSPlatform.Windows, Architecture.X64).Rid);
    }
}
