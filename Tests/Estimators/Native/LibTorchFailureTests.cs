using System.Runtime.InteropServices;

namespace MlNetRnn.Tests;

/// <summary>Each way in which libtorch fails to load is recognised by what the system says, and comes with a remedy.</summary>
[TestClass]
public class LibTorchFailureTests
{
    private const string DotNetAdvice =
        "Unable to load shared library '/app/libLibTorchSharp.so' or one of its dependencies. In order to help diagnose loading problems, "
        + "consider using a tool like strace. If you're using glibc, consider setting the LD_DEBUG environment variable: \n";

    private static readonly NativePlatform s_linux = new(OSPlatform.Linux, Architecture.X64, GlibC: "2.28");
    private static readonly NativePlatform s_windows = new(OSPlatform.Windows, Architecture.X64);
    private static readonly NativePlatform s_mac = new(OSPlatform.OSX, Architecture.Arm64);

    [TestMethod]
    public void A_missing_package_is_named_for_each_system()
    {
        AssertSays(Missing(s_linux), "libtorch_cpu.so", "TorchSharp-cpu", "TorchSharp-cuda-linux", "#r \"nuget:");
        AssertSays(Missing(s_windows), "TorchSharp-cpu", "TorchSharp-cuda-windows");
        AssertSays(Missing(s_windows with { Architecture = Architecture.Arm64 }), "libtorch-cpu-win-arm64");
        AssertSays(Missing(s_mac), "Add the package TorchSharp-cpu to");
    }

    [TestMethod]
    public void A_platform_without_libtorch_is_not_told_to_add_a_package()
    {
        AssertSays(Missing(s_linux with { IsMusl = true }), "glibc", "Alpine");
        AssertSays(Missing(s_linux with { Architecture = Architecture.Arm64 }), "Linux on arm64", "scores wherever");
        AssertSays(Missing(s_mac with { Architecture = Architecture.X64 }), "macOS on Intel", "scores wherever");
        AssertSays(Missing(s_windows with { Architecture = Architecture.X86 }), "X86", "64-bit process");
        AssertSays(Missing(new(OSPlatform.FreeBSD, Architecture.X64)), "FREEBSD");
        foreach (var platform in new[] { s_linux with { IsMusl = true }, s_mac with { Architecture = Architecture.X64 } })
            Assert.DoesNotContain("Add the package", Missing(platform).Message);
    }

    [TestMethod]
    public void Musl_explains_itself_where_the_files_are_found_too() => AssertSays(
        NotLoaded(s_linux with { IsMusl = true, GlibC = null }, "Error loading shared library ld-linux-x86-64.so.2: No such file or directory"),
        "uses musl (Alpine)");

    [TestMethod]
    public void An_old_glibc_is_named_with_both_versions() => AssertSays(
        NotLoaded(s_linux, DotNetAdvice + "/lib64/libc.so.6: version `GLIBC_2.34' not found (required by /app/libLibTorchSharp.so)\n"),
        "needs glibc 2.34", "this system has 2.28", "RHEL 9");

    [TestMethod]
    [DataRow("GLIBCXX_3.4.29")]
    [DataRow("CXXABI_1.3.13")]
    public void An_old_C_plus_plus_runtime_is_named(string version) => AssertSays(
        NotLoaded(s_linux, DotNetAdvice + $"/lib64/libstdc++.so.6: version `{version}' not found (required by /app/libtorch_cpu.so)\n"),
        $"libstdc++.so.6 with {version}", "Conda", "LD_LIBRARY_PATH");

    [TestMethod]
    public void What_the_system_said_is_kept_in_one_line_without_general_advice()
    {
        string message = NotLoaded(s_linux, DotNetAdvice + "/app/libtorch_cpu.so: some\n  new reason\n").Message;
        Assert.EndsWith("The system said: /app/libtorch_cpu.so: some new reason", message);
        AssertSays(new(message), "'/app/libtorch_cpu.so'", "not one that is known");
    }

    [TestMethod]
    public void Libraries_of_different_versions_are_told_apart_from_missing_ones()
    {
        AssertSays(
            NotLoaded(s_linux, DotNetAdvice + "/app/libLibTorchSharp.so: undefined symbol: _ZN5torch8inductor22AOTIModelPackageLoaderC1E\n"),
            "another libtorch version", "LD_LIBRARY_PATH");
        AssertSays(NotLoaded(s_mac, "dlopen(…): Symbol not found: __ZN2at4_ops3addE"), "another libtorch version", "DYLD_LIBRARY_PATH");
        AssertSays(
            NotLoaded(s_windows, "Unable to load DLL 'LibTorchSharp.dll' or one of its dependencies: La procédure spécifiée est introuvable. (0x8007007F)"),
            "another libtorch version", "out of PATH", "Visual C++");
        AssertSays(
            NotLoaded(s_windows, "Unable to load DLL 'torch_cpu.dll' or one of its dependencies: The specified module could not be found. (0x8007007E)"),
            "library that it needs is missing", "Visual C++ Redistributable");
        AssertSays(
            NotLoaded(s_linux, DotNetAdvice + "libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory\n"),
            "needs 'libgomp-98b21ff3.so.1'");
    }

    [TestMethod]
    public void MacOS_needs_OpenMP_and_a_recent_version()
    {
        AssertSays(NotLoaded(s_mac, "Library not loaded: /opt/homebrew/opt/libomp/lib/libomp.dylib Reason: tried: …"), "brew install libomp");
        AssertSays(NotLoaded(s_mac, "Symbol not found: _x (built for macOS 15.0 which is newer than running OS)"), "macOS 15.0 and later");
    }

    [TestMethod]
    public void Another_architecture_is_named_with_the_process_own()
    {
        AssertSays(NotLoaded(s_linux, DotNetAdvice + "/app/libtorch_cpu.so: wrong ELF class: ELFCLASS32\n"), "architecture", "linux-x64");
        AssertSays(
            NotLoaded(s_mac, "mach-o file, but is an incompatible architecture (have 'x86_64', need 'arm64')"), "architecture", "osx-arm64");
        AssertSays(
            LibTorchFailure.NotLoaded(s_windows, "torch_cpu.dll", new BadImageFormatException("… (0x800700C1)")), "architecture", "win-x64");
    }

    [TestMethod]
    public void Lack_of_memory_is_named() =>
        AssertSays(NotLoaded(s_linux, DotNetAdvice + "/app/libtorch_cpu.so: failed to map segment from shared object\n"), "too little memory");

    [TestMethod]
    public void The_cause_is_found_inside_of_other_exceptions()
    {
        var inner = new DllNotFoundException("version `GLIBCXX_3.4.32' not found");
        var e = LibTorchFailure.NotLoaded(s_linux, "TorchSharp", new TypeInitializationException("TorchSharp.torch", inner));
        AssertSays(e, "GLIBCXX_3.4.32", "newer C++ runtime");
        Assert.AreSame(inner, e.GetBaseException());
    }

    [TestMethod]
    public void Cuda_is_loaded_between_the_libraries_that_need_it_and_only_where_it_is()
    {
        Assert.AreSequenceEqual(
            [("libtorch_cpu.so", true), ("libtorch_cuda.so", false), ("libtorch.so", true), ("libLibTorchSharp.so", true)],
            LibTorchLoader.Files(OSPlatform.Linux));
        Assert.AreEqual(("LibTorchSharp.dll", true), LibTorchLoader.Files(OSPlatform.Windows)[^1]);
        Assert.AreEqual(("libLibTorchSharp.dylib", true), LibTorchLoader.Files(OSPlatform.OSX)[^1]);
    }

    private static InvalidOperationException Missing(NativePlatform platform) => LibTorchFailure.Missing(platform, "libtorch_cpu.so");

    private static InvalidOperationException NotLoaded(NativePlatform platform, string said) =>
        LibTorchFailure.NotLoaded(platform, "/app/libtorch_cpu.so", new DllNotFoundException(said));

    private static void AssertSays(InvalidOperationException e, params string[] parts)
    {
        foreach (string part in parts)
            Assert.Contains(part, e.Message);
    }
}
