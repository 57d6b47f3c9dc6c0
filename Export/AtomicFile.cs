namespace MlNetRnn;

/// <summary>
/// Files that are either written completely or not at all. <c>ml.Model.Save(model, schema, path)</c> truncates the file first; writing
/// through this keeps the old model until the new one is whole.
/// </summary>
public static class AtomicFile
{
    private const string Extension = ".tmp"; // behind the path and a Guid

    /// <summary>
    /// Writes to a temporary file in the same folder and moves it into place. When <paramref name="write"/> throws, its exception passes
    /// through, the temporary file is deleted and a file already at <paramref name="path"/> keeps its content.
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
            using (var stream = Naming(path, () => Open(temporary)))
            {
                write(stream);
                // A writer such as ML.NET's may have closed the stream, which flushed it.
                if (stream.CanWrite)
                    Naming(path, () => Flush(stream));
            }

            Naming(path, () => Move(temporary, path));
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }
    }

    /// <summary>Deletes what writers of a file left that were killed before they moved it into place.</summary>
    internal static void DeleteRemains(string path)
    {
        string prefix = Path.GetFileName(path) + ".", folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (string file in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            var name = Path.GetFileName(file.AsSpan());
            if (name.StartsWith(prefix, StringComparison.Ordinal) && Guid.TryParseExact(name[prefix.Length..^Extension.Length], "N", out _))
                DeleteQuietly(file);
        }
    }

    private static FileStream Open(string temporary)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(temporary))!;
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' does not exist; create it or choose another.");
        return new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite);
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
            // The exception that led here says what went wrong, this one would hide it; or the file is that of a writer at work.
        }
    }
}
