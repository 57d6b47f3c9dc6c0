namespace MlNetRnn;

/// <summary>
/// Files that are either written completely or not at all. <c>ml.Model.Save(model, schema, path)</c> truncates the file first; writing
/// through this keeps the old model until the new one is whole.
/// </summary>
public static class AtomicFile
{
    private const string Extension = ".tmp"; // behind the path and a Guid
    private const int GuidLength = 32; // as "N"

    private static readonly EnumerationOptions s_every = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    // A file is created first and locked then; one this young may be between the two.
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Writes to a temporary file in the same folder and moves it into place. When <paramref name="write"/> throws, its exception passes
    /// through, the temporary file is deleted and a file already at <paramref name="path"/> keeps its content. Temporary files of writers
    /// of this path that were killed are deleted; those of writers at work, which hold them locked, stay.
    /// </summary>
    /// <param name="path">The file to write, in a folder that exists.</param>
    /// <param name="write">Writes the content to a stream that can seek; it need not close it.</param>
    /// <exception cref="IOException">The file cannot be written; the message names the path.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(write);
        var temporary = $"{path}.{Guid.NewGuid():N}{Extension}";
        try
        {
            using var stream = Naming(path, () => Open(temporary, FileMode.CreateNew, FileAccess.ReadWrite));
            // Locked until the file has its name: a writer such as ML.NET's may close the stream. For reading, which disturbs no reader of the new file.
            using var held = Naming(path, () => Open(temporary, FileMode.Open, FileAccess.Read));
            write(stream);
            // A stream that the writer closed was flushed by that.
            if (stream.CanWrite)
                Naming(path, () => Flush(stream));
            stream.Dispose();
            Naming(path, () => Move(temporary, path));
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }

        DeleteRemains(path);
    }

    private static void DeleteRemains(string path)
    {
        string prefix = Path.GetFileName(path) + ".", folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (string file in Directory.EnumerateFiles(folder, "*" + Extension, s_every))
        {
            var name = Path.GetFileName(file.AsSpan());
            if (name.StartsWith(prefix, StringComparison.Ordinal)
                && name.Length == prefix.Length + GuidLength + Extension.Length
                && Guid.TryParseExact(name[prefix.Length..^Extension.Length], "N", out _)
                && File.GetLastWriteTimeUtc(file) < DateTime.UtcNow - s_moment
                && IsAbandoned(file))
            {
                DeleteQuietly(file);
            }
        }
    }

    private static bool IsAbandoned(string temporary)
    {
        try
        {
            using var mine = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // somebody writes it or has just moved it, or it is not ours to delete
        }
    }

    private static FileStream Open(string temporary, FileMode mode, FileAccess access)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(temporary))!;
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' does not exist; create it or choose another.");
        return new FileStream(temporary, mode, access, FileShare.ReadWrite | FileShare.Delete);
    }

    private static bool Flush(FileStream stream)
    {
        // To the disk: after a power cut the name must not stand for an empty file.
        stream.Flush(flushToDisk: true);
        return true;
    }

    private static bool Move(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        return true;
    }

    private static T Naming<T>(string path, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new IOException($"Cannot write '{path}': {e.Message}", e);
        }
    }

    private static void DeleteQuietly(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The exception that led here says what went wrong, this one would hide it; what remains of others is no fault of this write.
        }
    }
}
