using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>What a machine is, as far as it decides whether libtorch runs on it.</summary>
/// <param name="System"><c>linux</c>, <c>windows</c> or <c>macos</c>.</param>
/// <param name="Architecture">Of the process.</param>
/// <param name="IsMusl">Whether the C library is musl (Alpine).</param>
internal sealed record Platform(string System, Architecture Architecture, bool IsMusl)
{
    public static Platform Current { get; } = new(
        OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux",
        RuntimeInformation.ProcessArchitecture,
        RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal));
}
