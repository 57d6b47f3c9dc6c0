using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>
/// Loads libtorch before its first use. TorchSharp's Linux binary asks the C++ runtime for a symbol version (GLIBCXX_3.4.32) that
/// Debian 12, Ubuntu 22.04 and RHEL 9 lack. No relocation uses that version's one symbol, so a private copy with the requirement
/// marked weak loads there, and TorchSharp then finds it by its name.
/// </summary>
internal static class LibTorchLoader
{
    private const string Binding = "libLibTorchSharp.so";
    private const string MissingVersion = "GLIBCXX_3.4.32";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Makes libtorch ready. Call it from a method that names no torch type, or torch's own initialiser runs first.</summary>
    /// <exception cref="InvalidOperationException">libtorch is missing or cannot be loaded; the message names the package to add.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        if (!OperatingSystem.IsLinux())
            return true; // elsewhere TorchSharp's own loading works
        string[] folders = SearchFolders();
        string torchFile = Find(folders, "libtorch_cpu.so");
        try
        {
            NativeLibrary.Load(torchFile);
            NativeLibrary.Load(Find(folders, "libtorch.so"));
            string binding = Find(folders, Binding);
            if (!NativeLibrary.TryLoad(binding, out _))
                NativeLibrary.Load(PatchedCopy(binding));
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"libtorch was found ('{torchFile}') but cannot be loaded: {e.Message}", e);
        }
    }

    private static string[] SearchFolders()
    {
        var native = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [.. native, AppContext.BaseDirectory];
    }

    private static string Find(string[] folders, string name) =>
        folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            $"Training needs libtorch, and '{name}' is in none of the application's folders. "
                + "Add the package TorchSharp-cpu (or TorchSharp-cuda-linux) to the application's project; "
                + "the MlNetRnn packages leave that choice to it.");

    private static string PatchedCopy(string original)
    {
        var version = new FileInfo(original);
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        string folder = Path.Combine(
            local.Length > 0 ? local : Path.GetTempPath(), "MlNetRnn", $"libtorchsharp-{version.Length:x}-{version.LastWriteTimeUtc.Ticks:x}");
        string copy = Path.Combine(folder, Binding); // the name must stay: TorchSharp's own load then takes this one
        if (File.Exists(copy))
            return copy;
        byte[] image = File.ReadAllBytes(original);
        ElfVersions.MakeWeak(image, MissingVersion);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(copy, stream => stream.Write(image));
        return copy;
    }
}
