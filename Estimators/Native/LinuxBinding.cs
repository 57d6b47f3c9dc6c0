using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>
/// Loads TorchSharp's Linux binary where the C++ runtime is older than it asks for. Both versions that it asks for above
/// GLIBCXX_3.4.29 go unused in training, so a private copy that has them marked weak loads; TorchSharp then finds it by its name.
/// </summary>
internal static class LinuxBinding
{
    public const string FileName = "libLibTorchSharp.so";

    private static readonly string[] Unused =
    [
        "GLIBCXX_3.4.30", // condition_variable::wait, called by torch's C++ data loaders alone: RHEL 9 and Amazon Linux 2023 lack it
        "GLIBCXX_3.4.32", // ios_base_library_init, which no relocation names: Debian 12 and Ubuntu 22.04 lack it as well
    ];

    public static void Load(string file)
    {
        if (!NativeLibrary.TryLoad(file, out _))
            NativeLibrary.Load(PatchedCopy(file));
    }

    private static string PatchedCopy(string original)
    {
        var version = new FileInfo(original);
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        string folder = Path.Combine(
            local.Length > 0 ? local : Path.GetTempPath(),
            "MlNetRnn",
            $"libtorchsharp-{version.Length:x}-{version.LastWriteTimeUtc.Ticks:x}-weak{Unused.Length}");
        string copy = Path.Combine(folder, FileName); // the name must stay: TorchSharp's own load then takes this one
        if (File.Exists(copy))
            return copy;
        byte[] image = File.ReadAllBytes(original);
        foreach (string unused in Unused)
            ElfVersions.MakeWeak(image, unused);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(copy, stream => stream.Write(image));
        return copy;
    }
}
