using Spectre.Console;

namespace MlNetRnn.Scenarios;

/// <summary>The folder a scenario writes to: checked before training, so that no training is lost to a folder that cannot be written.</summary>
public sealed class OutputFolder
{
    private readonly List<string> _names = [];

    /// <summary>Creates the folder when missing and writes a trial file.</summary>
    /// <exception cref="IOException">The folder cannot be created or written; the message names it.</exception>
    public OutputFolder(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        FullPath = System.IO.Path.GetFullPath(directory);
        try
        {
            Directory.CreateDirectory(FullPath);
            var trial = System.IO.Path.Combine(FullPath, $".{Guid.NewGuid():N}.tmp");
            using (new FileStream(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new IOException($"Cannot write to the output folder '{FullPath}': {e.Message} Choose another with --out.", e);
        }
    }

    /// <summary>The folder's full path.</summary>
    public string FullPath { get; }

    /// <summary>The files announced by <see cref="File"/> or written by <see cref="Write"/> that exist, in that order.</summary>
    public IReadOnlyList<string> Written => [.. _names.Select(PathOf).Where(System.IO.File.Exists)];

    /// <summary>The full path of a file that the caller is about to write; it is listed at the end.</summary>
    public string File(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (Directory.Exists(PathOf(name)))
            throw new IOException($"Cannot write '{PathOf(name)}': it is a folder.");
        if (!_names.Contains(name))
            _names.Add(name);
        return PathOf(name);
    }

    /// <summary>Writes a file completely or not at all.</summary>
    public void Write(string name, Action<Stream> write) => AtomicFile.Write(File(name), write);

    /// <summary>Prints the closing list of files.</summary>
    public void PrintWritten(IAnsiConsole? console = null)
    {
        var written = Written;
        if (written.Count == 0)
            return;
        Lines.Write(console, "Wrote:");
        foreach (var path in written)
            Lines.Write(console, $"  {path}");
    }

    private string PathOf(string name) => System.IO.Path.Combine(FullPath, name);
}
