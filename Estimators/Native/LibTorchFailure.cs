using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MlNetRnn;

/// <summary>Says why libtorch does not load, and what to do, from what the system's loader says.</summary>
internal static partial class LibTorchFailure
{
    private const string Score = "Scoring needs no libtorch: models trained elsewhere run here with MlNetRnn.Export alone.";

    /// <summary>Why libtorch cannot run on a machine at all; null where it can.</summary>
    public static string? Unsupported(Platform platform) => platform switch
    {
        { System: "linux", IsMusl: true } =>
            $"libtorch needs the GNU C library, and this system has musl (Alpine). Train on a Debian, Ubuntu or Red Hat image. {Score}",
        { System: "linux", Architecture: not Architecture.X64 } =>
            $"There is no libtorch for Linux on {platform.Architecture}; TorchSharp's packages hold linux-x64 alone. Train on an x64 machine. {Score}",
        { System: "macos", Architecture: not Architecture.Arm64 } =>
            $"There is no libtorch for Macs with Intel processors any more; TorchSharp's packages hold osx-arm64 alone. {Score}",
        { Architecture: Architecture.X86 or Architecture.Arm } => "libtorch needs a 64-bit process; this one is 32-bit. Build for x64.",
        _ => null,
    };

    /// <summary>That no libtorch package is there.</summary>
    public static string Missing(string file) =>
        $"Training needs libtorch, and '{file}' is in none of the application's folders. "
            + "Add the package TorchSharp-cpu (or TorchSharp-cuda-linux, TorchSharp-cuda-windows) to the application's project; "
            + "the MlNetRnn packages leave that choice to it.";

    /// <summary>What the message of a failed load means.</summary>
    public static string Explain(Platform platform, string message) => platform.System switch
    {
        _ when message.Contains("doesn't contain a reference to", StringComparison.Ordinal)
            && !message.Contains("0x8007007F", StringComparison.OrdinalIgnoreCase) => $"{Missing("libtorch")} TorchSharp said: {message}",
        "windows" => OnWindows(message),
        "linux" => OnLinux(message),
        _ => $"libtorch is there but cannot be loaded: {message}",
    };

    private static string OnLinux(string message)
    {
        if (Glibc().Match(message) is { Success: true } glibc)
        {
            return $"libtorch needs glibc {glibc.Groups[1].Value} or later, which this system does not have. Train on a newer one (glibc 2.34: "
                + $"Debian 12, Ubuntu 22.04, RHEL 9). {Score} The loader said: {message}";
        }
        if (Glibcxx().Match(message) is { Success: true } version)
        {
            return $"libtorch needs a C++ runtime (libstdc++) with {version.Groups[1].Value}, which this system does not have. Install a newer "
                + $"libstdc++6, or train on Debian 12, Ubuntu 22.04, RHEL 9 or later. The loader said: {message}";
        }
        if (MissingLibrary().Match(message) is { Success: true } library)
        {
            return $"libtorch needs '{library.Groups[1].Value}', which is not there: install it, or copy all of libtorch's files into one "
                + $"folder beside the application. The loader said: {message}";
        }
        return message.Contains("ELF", StringComparison.Ordinal)
            ? $"The libtorch that was found is for another processor than this process's. Remove it, and restore for this platform. The loader said: {message}"
            : $"libtorch is there but cannot be loaded: {message}";
    }

    private static string OnWindows(string message)
    {
        if (message.Contains("0x8007007F", StringComparison.OrdinalIgnoreCase))
        {
            return "LibTorchSharp.dll asks the libtorch that was found for functions which it does not have: the two were built from "
                + "different versions (reported for TorchSharp 0.107.0 with some builds of libtorch 2.10.0, dotnet/TorchSharp issue 1567). Clear "
                + "the folder of the libtorch-* packages and restore anew, choose another libtorch package of the version that TorchSharp names, "
                + $"or train on Linux. {Score} The loader said: {message}";
        }
        if (message.Contains("0x8007007E", StringComparison.OrdinalIgnoreCase))
        {
            return "A library that libtorch needs is not there: usually the Visual C++ runtime; install the current 'Microsoft Visual C++ "
                + $"Redistributable' (x64), and with CUDA the NVIDIA driver. The loader said: {message}";
        }
        return message.Contains("0x800700C1", StringComparison.OrdinalIgnoreCase)
            ? $"The libtorch that was found is for another processor than this process's. Build for x64. The loader said: {message}"
            : $"libtorch is there but cannot be loaded: {message}";
    }

    [GeneratedRegex(@"version `GLIBC_([0-9.]+)' not found")]
    private static partial Regex Glibc();

    [GeneratedRegex(@"version `((?:GLIBCXX|CXXABI)_[0-9.]+)' not found")]
    private static partial Regex Glibcxx();

    [GeneratedRegex(@"(\S+): cannot open shared object file")]
    private static partial Regex MissingLibrary();
}
