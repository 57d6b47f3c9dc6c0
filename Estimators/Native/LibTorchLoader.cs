using System.Runtime.CompilerServices;
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
        if (LibTorchFailure.Unsupported(Platform.Current) is { } reason)
            throw new InvalidOperationException(reason);
        if (OperatingSystem.IsLinux())
            Preload(NativeFolders.All());
        try
        {
            Initialize();
            return true;
        }
        catch (Exception e) when (e is TypeInitializationException or NotSupportedException or DllNotFoundException or BadImageFormatException)
        {
            throw new InvalidOperationException(LibTorchFailure.Explain(Platform.Current, Messages(e)), e);
        }
    }

    // TorchSharp's own loading runs when torch is first used; it finds by name what is loaded already.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Initialize() => _ = TorchSharp.torch.get_num_threads();

    private static void Preload(string[] folders)
    {
        string[] files = [.. new[] { "libtorch_cpu.so", "libtorch.so", Binding }.Select(name => Find(folders, name))];
        try
        {
            NativeLibrary.Load(files[0]);
            NativeLibrary.Load(files[1]);
            if (!NativeLibrary.TryLoad(files[2], out _))
                NativeLibrary.Load(PatchedCopy(files[2]));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"{LibTorchFailure.Explain(Platform.Current, e.Message)} (Found: '{files[0]}'.)", e);
        }
    }

    private static string Messages(Exception e) =>
        e.InnerException is { } inner ? $"{e.Message} {Messages(inner)}" : $"{e.Message} (0x{e.HResult:X8})";

    private static string Find(string[] folders, string name) =>
        folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists) ?? throw new InvalidOperationException(LibTorchFailure.Missing(name));

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
