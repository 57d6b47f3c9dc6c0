using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// Loads libtorch before its first use, from wherever the application's way of running puts it, and explains what is wrong if that
/// fails. TorchSharp's own loading finds fewer places, names a missing package whatever the reason, and drops what the system said.
/// </summary>
internal static class LibTorchLoader
{
    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Makes libtorch ready. Call it from a method that names no torch type, or torch's own initialiser runs first.</summary>
    /// <exception cref="InvalidOperationException">libtorch is missing or cannot be loaded; the message says why and what to do.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    /// <summary>The files to load, in the order in which they need each other.</summary>
    internal static (string File, bool IsNeeded)[] Files(OSPlatform system)
    {
        if (system == OSPlatform.Windows)
            return [("torch_cpu.dll", true), ("LibTorchSharp.dll", true)];
        if (system == OSPlatform.OSX)
        {
            // libtorch asks for Homebrew's copy of OpenMP by its full path; the one that comes with it has that path as its name.
            return [("libomp.dylib", false), ("libtorch_cpu.dylib", true), ("libtorch.dylib", true), ("libLibTorchSharp.dylib", true)];
        }
        // CUDA's library is there with the CUDA packages only.
        return [("libtorch_cpu.so", true), ("libtorch_cuda.so", false), ("libtorch.so", true), (LinuxBinding.FileName, true)];
    }

    private static bool Load()
    {
        var platform = NativePlatform.Current;
        var failure = Preload(platform);
        if (failure is not null && platform.System == OSPlatform.Linux)
            throw failure;
        try
        {
            StartTorch(); // elsewhere it may still succeed where preloading did not: TorchSharp's own search goes on in NuGet's folder
        }
        catch (Exception e) when (e is TypeInitializationException or NotSupportedException or DllNotFoundException or BadImageFormatException)
        {
            throw failure ?? LibTorchFailure.NotLoaded(platform, "TorchSharp", e);
        }
        return true;
    }

    private static InvalidOperationException? Preload(NativePlatform platform)
    {
        string torchSharp = Path.GetDirectoryName(typeof(torch).Assembly.Location) ?? "";
        string[] folders = LibTorchFolders.For(
            AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string, AppContext.BaseDirectory, torchSharp, platform.Rid);
        foreach (var (file, isNeeded) in Files(platform.System))
        {
            string? path = LibTorchFolders.Find(folders, file);
            try
            {
                if (path is not null)
                    LoadFile(path, platform);
                else if (isNeeded && !IsKnownToHost(file))
                    return LibTorchFailure.Missing(platform, file);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
            {
                return LibTorchFailure.NotLoaded(platform, path ?? file, e);
            }
        }
        return null;
    }

    private static void LoadFile(string path, NativePlatform platform)
    {
        if (platform.System == OSPlatform.Linux)
            ElfHeader.Check(path, platform.Architecture);
        if (Path.GetFileName(path) == LinuxBinding.FileName)
            LinuxBinding.Load(path);
        else
            NativeLibrary.Load(path);
    }

    // The host of a script or notebook finds the files of the packages that it references, and gives no list of their folders.
    private static bool IsKnownToHost(string file) => NativeLibrary.TryLoad(file, typeof(torch).Assembly, null, out _);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StartTorch() => torch.InitializeDeviceType(DeviceType.CPU);
}
