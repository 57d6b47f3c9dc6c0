namespace MlNetRnn;

/// <summary>Writes files whole or not at all: to a temporary name beside the file, then moved into place.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file so that a failure leaves the one that was there before untouched.</summary>
    /// <param name="path">Where the file goes; it replaces one already there.</param>
    /// <param name="write">Writes the contents.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        string temporary = $"{target}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = Create(target, temporary))
                write(stream);
            Move(temporary, target);
        }
        finally
        {
            File.Delete(temporary); // does nothing once moved
        }
    }

    private static FileStream Create(string target, string temporary)
    {
        try
        {
            return new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string folder = Path.GetDirectoryName(target)!;
            throw new IOException(
                Directory.Exists(folder)
                    ? $"'{target}' cannot be written: {e.Message} Choose a folder that this user may write to."
                    : $"'{target}' cannot be written: the folder '{folder}' does not exist. Create it or choose another.", e);
        }
    }

    private static void Move(string temporary, string target)
    {
        try
        {
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{target}' cannot be replaced: {e.Message} Close programs that use it, or choose another name.", e);
        }
    }
}
