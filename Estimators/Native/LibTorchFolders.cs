namespace MlNetRnn;

/// <summary>The folders in which libtorch's files may lie.</summary>
internal static class LibTorchFolders
{
    /// <param name="hostFolders">The host's search path for native libraries.</param>
    /// <param name="application">The application's folder.</param>
    /// <param name="torchSharp">The folder of TorchSharp's assembly; empty in a single-file program.</param>
    /// <param name="rid">The platform, such as <c>linux-x64</c>.</param>
    /// <returns>The folders to look in, in this order; they need not exist.</returns>
    public static string[] For(string? hostFolders, string application, string torchSharp, string rid)
    {
        string[] scripts = torchSharp.Length == 0 ? [] :
        [
            torchSharp, // a plug-in, whose folder is not the application's
            Path.Combine(torchSharp, "runtimes", rid, "native"), // a plug-in published for any platform
            Path.GetFullPath(Path.Combine(torchSharp, "..", "..", "runtimes", rid, "native")), // a script: <package>/lib/<framework>
        ];
        return
        [
            .. (hostFolders ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), // deps.json: dotnet run and the like
            application, // published for one platform, in a single file, or copied by hand
            .. scripts,
        ];
    }

    public static string? Find(IEnumerable<string> folders, string file) =>
        folders.Select(f => Path.Combine(f, file)).FirstOrDefault(File.Exists);
}
