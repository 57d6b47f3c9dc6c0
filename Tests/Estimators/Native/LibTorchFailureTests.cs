using System.Runtime.InteropServices;

namespace MlNetRnn.Tests;

/// <summary>What the loaders of each system say when libtorch does not load, and what the user is told.</summary>
[TestClass]
public class LibTorchFailureTests
{
    private static readonly Platform Linux = new("linux", Architecture.X64, IsMusl: false);
    private static readonly Platform Windows = new("windows", Architecture.X64, IsMusl: false);
    private static readonly Platform Mac = new("macos", Architecture.Arm64, IsMusl: false);

    [TestMethod]
    public void This_machine_trains() => Assert.IsNull(LibTorchFailure.Unsupported(Platform.Current));

    [TestMethod]
    public void Platforms_without_a_libtorch_are_told_so_and_that_they_can_score()
    {
        Says(LibTorchFailure.Unsupported(Linux with { IsMusl = true }), "musl (Alpine)", "MlNetRnn.Export");
        Says(LibTorchFailure.Unsupported(Linux with { Architecture = Architecture.Arm64 }), "Linux on Arm64", "MlNetRnn.Export");
        Says(LibTorchFailure.Unsupported(Mac with { Architecture = Architecture.X64 }), "Intel", "osx-arm64");
        Says(LibTorchFailure.Unsupported(Windows with { Architecture = Architecture.X86 }), "64-bit process");
        foreach (var good in new[] { Linux, Windows, Mac, Windows with { Architecture = Architecture.Arm64 } })
            Assert.IsNull(LibTorchFailure.Unsupported(good));
    }

    [TestMethod]
    public void An_old_C_or_Cpp_runtime_is_named()
    {
        Says(
            LibTorchFailure.Explain(Linux, "Unable to load shared library … /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by …/libLibTorchSharp.so)"),
            "glibc 2.34 or later", "RHEL 9");
        Says(
            LibTorchFailure.Explain(Linux, "/usr/lib/libstdc++.so.6: version `GLIBCXX_3.4.26' not found (required by …/libtorch_cpu.so)"),
            "GLIBCXX_3.4.26", "libstdc++6");
    }

    [TestMethod]
    public void A_missing_or_foreign_library_is_named()
    {
        Says(
            LibTorchFailure.Explain(Linux, "libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory"),
            "'libgomp-98b21ff3.so.1'", "install it");
        Says(LibTorchFailure.Explain(Linux, "libtorch.so: wrong ELF class: ELFCLASS32"), "another processor");
        Says(LibTorchFailure.Explain(Windows, "Unable to load DLL 'torch_cpu.dll' or one of its dependencies (0x8007007E)"), "Visual C++");
        Says(LibTorchFailure.Explain(Windows, "An attempt was made to load a program with an incorrect format. (0x800700C1)"), "another processor");
    }

    [TestMethod]
    public void Windows_libraries_of_different_builds_are_recognised_behind_the_misleading_text() => Says(
        LibTorchFailure.Explain(Windows, "This application or script uses TorchSharp but doesn't contain a reference to libtorch-cpu-win-x64, Version=2.10.0.0. "
            + "Unable to load DLL 'LibTorchSharp.dll' or one of its dependencies: The specified procedure could not be found. (0x8007007F)"),
        "built from different versions", "issue 1567", "MlNetRnn.Export");

    [TestMethod]
    public void A_missing_package_is_named() => Says(
        LibTorchFailure.Explain(Mac, "This application or script uses TorchSharp but doesn't contain a reference to libtorch-cpu-osx-arm64, Version=2.10.0.0."),
        "TorchSharp-cpu", "leave that choice");

    [TestMethod]
    public void What_is_not_recognised_is_handed_on() => Says(LibTorchFailure.Explain(Mac, "some text of dyld"), "some text of dyld");

    [TestMethod]
    public void Scripts_find_libtorch_beside_TorchSharp_in_the_packages_folder()
    {
        using var packages = new Scenarios.TemporaryFolder();
        string platform = OperatingSystem.IsLinux() ? "linux-x64" : throw new AssertInconclusiveException("written for Linux");
        string Make(params string[] parts) => Directory.CreateDirectory(Path.Combine([packages.Path, .. parts])).FullName;
        string library = Make("torchsharp", "0.107.0", "lib", "net8.0");
        string older = Make("libtorch-cpu-linux-x64", "2.9.0", "runtimes", platform, "native");
        string newer = Make("libtorch-cpu-linux-x64", "2.10.0", "runtimes", platform, "native");

        string[] folders = [.. NativeFolders.PackageFolders(library)];

        Assert.AreSequenceEqual([Path.Combine(packages.Path, "torchsharp", "0.107.0", "runtimes", platform, "native"), newer, older], folders);
        Assert.IsEmpty(NativeFolders.PackageFolders(Make("app")));
    }

    private static void Says(string? text, params string[] parts)
    {
        foreach (string part in parts)
            StringAssert.Contains(text, part);
    }
}
