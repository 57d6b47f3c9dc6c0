using System.Reflection;
using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>Where libtorch's files may lie, from the application's own folders to those of the NuGet packages.</summary>
internal static class NativeFolders
{
    /// <summary>The folders to search, first to last.</summary>
    public static string[] All()
    {
        // Without initialising torch, which would load its native part first.
        string torchSharp = Path.GetDirectoryName(Assembly.Load("TorchSharp").Location) ?? "";
        return [.. HostFolders(), .. Beside(AppContext.BaseDirectory), .. Beside(torchSharp), .. PackageFolders(torchSharp)];
    }

    // `dotnet run` and published applications: the host lists the packages' native folders.
    private static string[] HostFolders() =>
        (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    // An application that was copied together, and one published for no platform in particular.
    private static string[] Beside(string folder) =>
        folder.Length == 0 ? [] : [folder, Path.Combine(folder, "runtimes", Portable, "native")];

    /// <summary>
    /// Scripts and notebooks (<c>#r "nuget: …"</c>) load TorchSharp from the packages folder, …/torchsharp/version/lib/framework, and
    /// have no host that knows of its neighbours.
    /// </summary>
    internal static IEnumerable<string> PackageFolders(string torchSharp)
    {
        if (new DirectoryInfo(torchSharp) is not { Parent: { Name: "lib", Parent: { Parent: { Parent: { } packages } } version } })
            yield break;
        yield return Path.Combine(version.FullName, "runtimes", Portable, "native");
        foreach (var package in packages.EnumerateDirectories("libtorch-*").OrderByDescending(p => p.Name, StringComparer.Ordinal))
        {
            foreach (var each in package.EnumerateDirectories().OrderByDescending(d => Version.TryParse(d.Name, out var v) ? v : new Version()))
            {
                string native = Path.Combine(each.FullName, "runtimes", Portable, "native");
                if (Directory.Exists(native))
                    yield return native;
            }
        }
    }

    // Packages name linux-x64 what a distribution's own .NET may call debian.12-x64.
    private static string Portable
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
