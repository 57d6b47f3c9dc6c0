using System.IO.Compression;
using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>ML.NET model files in memory, to be saved, changed and loaded.</summary>
internal static class ModelZip
{
    public static byte[] Save(ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        new MLContext().Model.Save(model, schema, stream);
        return stream.ToArray();
    }

    public static ITransformer Load(byte[] file) => new MLContext().Model.Load(new MemoryStream(file), out _);

    /// <summary>The file with one entry changed: the one for which <paramref name="change"/> gives bytes.</summary>
    public static byte[] Edit(byte[] file, Func<string, byte[], byte[]?> change)
    {
        int edited = 0;
        using var stream = new MemoryStream();
        stream.Write(file);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            foreach (var entry in zip.Entries.ToArray())
            {
                using var content = entry.Open();
                var bytes = new byte[content.Length];
                content.ReadExactly(bytes);
                if (change(entry.FullName, bytes) is not { } changed)
                    continue;
                edited++;
                content.SetLength(0);
                content.Write(changed);
            }
        }
        Assert.AreEqual(1, edited, "one entry is to be changed");
        return stream.ToArray();
    }

    public static byte[] Without(byte[] file, string entryName)
    {
        using var stream = new MemoryStream();
        stream.Write(file);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
            zip.Entries.Single(e => e.Name == entryName).Delete();
        return stream.ToArray();
    }

    /// <summary>The text that a user looks for when loading fails.</summary>
    public static string Failure(byte[] file) => Assert.Throws<Exception>(() => Load(file)).GetBaseException().Message;
}
