using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>What decides which native libraries a process can load.</summary>
/// <param name="System">The operating system.</param>
/// <param name="Architecture">The process's architecture, which may be another than the machine's.</param>
/// <param name="IsMusl">Linux with musl (Alpine) in place of glibc.</param>
/// <param name="GlibC">The version of glibc, where there is one.</param>
internal sealed record NativePlatform(OSPlatform System, Architecture Architecture, bool IsMusl = false, string? GlibC = null)
{
    /// <summary>The platform of this process.</summary>
    public static NativePlatform Current { get; } = Detect();

    /// <summary>NuGet's name for it (runtime identifier), such as <c>linux-x64</c>: the folder of its native libraries in packages.</summary>
    public string Rid => $"{Name}-{Architecture.ToString().ToLowerInvariant()}";

    private string Name => System == OSPlatform.Windows ? "win"
        : System == OSPlatform.OSX ? "osx"
        : System == OSPlatform.Linux ? IsMusl ? "linux-musl" : "linux"
        : System.ToString().ToLowerInvariant();

    private static NativePlatform Detect()
    {
        var system = OperatingSystem.IsWindows() ? OSPlatform.Windows
            : OperatingSystem.IsMacOS() ? OSPlatform.OSX
            : OperatingSystem.IsLinux() ? OSPlatform.Linux
            : OSPlatform.Create(Environment.OSVersion.Platform.ToString());
        string runtime = RuntimeInformation.RuntimeIdentifier; // Alpine's own build of .NET names the distribution
        bool musl = runtime.Contains("musl", StringComparison.Ordinal) || runtime.StartsWith("alpine", StringComparison.Ordinal);
        string? glibc = system == OSPlatform.Linux && !musl ? Marshal.PtrToStringUTF8(GetGlibCVersion()) : null;
        return new(system, RuntimeInformation.ProcessArchitecture, musl, glibc);
    }

    [DllImport("libc.so.6", EntryPoint = "gnu_get_libc_version")]
    private static extern nint GetGlibCVersion();
}
