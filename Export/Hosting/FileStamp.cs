namespace MlNetRnn;

/// <summary>
/// What tells that a file has changed: the content that its name stands for at the moment, through any links, whether it was written
/// over, moved there or linked anew.
/// </summary>
/// <param name="Length">In bytes.</param>
/// <param name="Written">When it was last written.</param>
/// <param name="Problem">Why it cannot be read; null if it can.</param>
internal readonly record struct FileStamp(long Length, DateTime Written, string? Problem)
{
    public static FileStamp Of(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(0, default, e.Message);
        }
    }
}
