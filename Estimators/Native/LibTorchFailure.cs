using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MlNetRnn;

/// <summary>Says why libtorch does not load and what to do, from the platform and from what the system's loader said.</summary>
internal static partial class LibTorchFailure
{
    private const string StillScores = "Train elsewhere: a trained model scores wherever ONNX Runtime runs, without libtorch.";

    /// <summary>A file of libtorch is nowhere to be found.</summary>
    public static InvalidOperationException Missing(NativePlatform platform, string file) => new(
        $"Training needs libtorch, and '{file}' is in none of the application's folders. " + (WithoutLibTorch(platform) ?? Package(platform)));

    /// <summary>A file of libtorch was found and does not load.</summary>
    public static InvalidOperationException NotLoaded(NativePlatform platform, string file, Exception error)
    {
        string reason = WithoutLibTorch(platform) ?? Recognise(platform, error)
            ?? "The reason is not one that is known here.";
        return new($"libtorch was found ('{file}') but cannot be loaded. {reason} The system said: {Said(error)}", error);
    }

    // Why this platform has no libtorch at all, or null where it has.
    private static string? WithoutLibTorch(NativePlatform platform) => platform switch
    {
        { Architecture: not (Architecture.X64 or Architecture.Arm64) } =>
            $"There is none for {platform.Architecture} processes: run the application as a 64-bit process.",
        { IsMusl: true } =>
            $"Its Linux binaries need glibc, and this system uses musl (Alpine). Take an image of Debian, Ubuntu or RHEL instead.",
        { Architecture: Architecture.Arm64 } when platform.System == OSPlatform.Linux =>
            $"TorchSharp has none for Linux on arm64. {StillScores}",
        { Architecture: Architecture.X64 } when platform.System == OSPlatform.OSX =>
            $"It is no longer made for macOS on Intel (x64). {StillScores}",
        _ when platform.System != OSPlatform.Linux && platform.System != OSPlatform.Windows && platform.System != OSPlatform.OSX =>
            $"TorchSharp has none for {platform.System}. {StillScores}",
        _ => null,
    };

    private static string Package(NativePlatform platform)
    {
        string packages = platform.System == OSPlatform.OSX ? "TorchSharp-cpu"
            : platform.System == OSPlatform.Linux ? "TorchSharp-cpu (or TorchSharp-cuda-linux)"
            : platform.Architecture == Architecture.Arm64 ? "libtorch-cpu-win-arm64, which TorchSharp-cpu does not bring,"
            : "TorchSharp-cpu (or TorchSharp-cuda-windows)";
        return $"Add the package {packages} to the application's project (in an F# script: #r \"nuget: …\"); "
            + "the MlNetRnn packages leave that choice to it.";
    }

    // The texts are those of glibc, of macOS's dyld, and of Windows, whose words are translated but whose numbers are not.
    private static string? Recognise(NativePlatform platform, Exception error)
    {
        string said = error.ToString();
        if (Damaged().IsMatch(said))
            return "The file is damaged. Build again after deleting bin and obj; if that does not help, delete its package from NuGet's folder.";
        if (error is BadImageFormatException || WrongArchitecture().IsMatch(said))
            return $"It is built for another architecture than this process, which is {platform.Rid}. Publish with -r {platform.Rid}.";
        if (GlibC().Match(said) is { Success: true } glibc)
        {
            return $"It needs glibc {glibc.Groups[1].Value}, and this system has {platform.GlibC ?? "an older one"}. "
                + $"Take a newer system: Debian 12, Ubuntu 22.04 or RHEL 9 and later.";
        }
        if (CppRuntime().Match(said) is { Success: true } cpp)
        {
            return $"It needs a newer C++ runtime (libstdc++.so.6 with {cpp.Value}). Update the system's, or keep older ones, such as those "
                + "of a Conda environment, off LD_LIBRARY_PATH.";
        }
        if (said.Contains("libomp", StringComparison.Ordinal) && platform.System == OSPlatform.OSX)
            return "Its OpenMP runtime was not found: brew install libomp.";
        if (NewerMacOS().Match(said) is { Success: true } mac)
            return $"It is built for macOS {mac.Groups[1].Value} and later.";
        if (OtherVersion().IsMatch(said))
        {
            return "A library of another libtorch version was loaded with it; each version of TorchSharp fits one of libtorch. Reference one "
                + "libtorch package of TorchSharp's own version, delete the folders bin and obj, and keep other copies of libtorch or PyTorch "
                + $"out of {SearchVariable(platform)}."
                + (platform.System == OSPlatform.Windows ? " " + VisualCpp : "");
        }
        if (NoMemory().IsMatch(said))
            return "The system could not map it: too little memory, or a folder mounted without the right to execute.";
        if (NeedsOther().Match(said) is { Success: true } other)
            return $"It needs '{other.Groups[1].Value}', which is not on this system.";
        return said.Contains("0x8007007E", StringComparison.OrdinalIgnoreCase) ? "A library that it needs is missing. " + VisualCpp : null;
    }

    private const string VisualCpp = "Install the current Visual C++ Redistributable (vc_redist), which it needs.";

    private static string SearchVariable(NativePlatform platform) => platform.System == OSPlatform.Windows ? "PATH"
        : platform.System == OSPlatform.OSX ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";

    // The system's words in one line, without .NET's advice in front of them.
    private static string Said(Exception error) =>
        Spaces().Replace(Regex.Replace(error.GetBaseException().Message, "^.*LD_DEBUG environment variable:", "", RegexOptions.Singleline), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("wrong ELF|Exec format error|incompatible architecture|0x8007000B|0x800700C1", RegexOptions.IgnoreCase)]
    private static partial Regex WrongArchitecture();

    [GeneratedRegex("GLIBC_([0-9.]+)' not found")]
    private static partial Regex GlibC();

    [GeneratedRegex("(GLIBCXX|CXXABI)_[0-9.]+(?=' not found)")]
    private static partial Regex CppRuntime();

    [GeneratedRegex(@"built for (?:macOS|Mac OS X) ([0-9.]*[0-9])", RegexOptions.IgnoreCase)]
    private static partial Regex NewerMacOS();

    [GeneratedRegex("undefined symbol|Symbol not found|0x8007007F", RegexOptions.IgnoreCase)]
    private static partial Regex OtherVersion();

    [GeneratedRegex("file too short|invalid ELF header|not a mach-o file|file not valid", RegexOptions.IgnoreCase)]
    private static partial Regex Damaged();

    [GeneratedRegex("failed to map segment|cannot allocate memory|0x80070008|0x800705AF", RegexOptions.IgnoreCase)]
    private static partial Regex NoMemory();

    [GeneratedRegex(@"([^\s:']+): cannot open shared object file|Library not loaded: (\S+)")]
    private static partial Regex NeedsOther();
}
