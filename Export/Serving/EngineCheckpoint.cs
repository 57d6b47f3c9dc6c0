using System.Security.Cryptography;
using System.Text;

namespace MlNetRnn;

/// <summary>
/// The file form of an engine's histories: magic, int32 format, the model's identity (SHA-256), the histories, a SHA-256 over all of it.
/// </summary>
internal static class EngineCheckpoint
{
    internal const int Format = 1;

    private const int HeaderSize = 8 + sizeof(int);

    private static ReadOnlySpan<byte> Magic => "MLRNNENG"u8;

    /// <summary>
    /// What model the histories belong to: its ONNX graphs, its windowing, the values of a step and the type of its groups. Two trainings
    /// never give the same graph, so that the steps before the windowing need no part in it.
    /// </summary>
    public static byte[] IdentityOf(WindowedPipeline pipeline, WindowBinding binding)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var step in pipeline.After)
        {
            if (step is SequenceTransformer model)
                hash.AppendData(SHA256.HashData(model.Model.OnnxBytes));
        }
        hash.AppendData(pipeline.Window.Settings.ToJson());
        hash.AppendData(Encoding.UTF8.GetBytes($"{binding.Shape.Inputs} {binding.Group?.Type.RawType.Name}"));
        return hash.GetHashAndReset();
    }

    public static void Write(Stream stream, byte[] identity, Action<BinaryWriter> writeHistories)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(Magic);
        writer.Write(Format);
        writer.Write(identity);
        writeHistories(writer);
        writer.Flush();
        var content = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        stream.Write(content);
        stream.Write(SHA256.HashData(content));
    }

    /// <summary>Checks a checkpoint and hands out its histories.</summary>
    /// <param name="bytes">The whole of it.</param>
    /// <param name="source">What messages call it.</param>
    /// <param name="identity">The model that it must belong to.</param>
    /// <param name="readHistories">Reads the histories to the reader's end, or throws and changes nothing.</param>
    /// <exception cref="FormatException">It is cut, corrupted, of a newer format, or something else.</exception>
    /// <exception cref="InvalidOperationException">It belongs to another model.</exception>
    public static void Read(byte[] bytes, string source, byte[] identity, Action<BinaryReader> readHistories)
    {
        CheckHeader(bytes, source);
        int end = bytes.Length - SHA256.HashSizeInBytes;
        bool whole = end >= HeaderSize + identity.Length && SHA256.HashData(bytes.AsSpan(0, end)).AsSpan().SequenceEqual(bytes.AsSpan(end));
        if (!whole)
            throw Damaged(source, "its checksum (SHA-256) does not match its contents");
        if (!bytes.AsSpan(HeaderSize, identity.Length).SequenceEqual(identity))
        {
            throw new InvalidOperationException($"{source} was written by an engine of another model: the model, its windowing or the type "
                + "of its group column differs, so that the histories do not fit. Load the model that it was written with, or start "
                + "without it.");
        }
        ReadHistories(bytes, source, HeaderSize + identity.Length, end, readHistories);
    }

    private static void CheckHeader(byte[] bytes, string source)
    {
        if (!bytes.AsSpan(0, Math.Min(bytes.Length, Magic.Length)).SequenceEqual(Magic))
        {
            throw new FormatException(bytes.Length == 0 || Magic.StartsWith(bytes)
                ? $"{source} is cut: it has {bytes.Length} bytes. Copy it anew, or start without it."
                : $"{source} is not a checkpoint of a sequence engine. Give one that SequenceEngine.Checkpoint wrote.");
        }
        if (bytes.Length >= HeaderSize && BitConverter.ToInt32(bytes, Magic.Length) is > Format and var format)
        {
            throw new FormatException($"{source} has checkpoint format {format}; this version of MlNetRnn reads formats up to {Format}. "
                + "Update the MlNetRnn packages.");
        }
    }

    private static void ReadHistories(byte[] bytes, string source, int start, int end, Action<BinaryReader> readHistories)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, start, end - start));
        try
        {
            readHistories(reader);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException)
        {
            throw Damaged(source, e.Message);
        }
    }

    private static FormatException Damaged(string source, string how) =>
        new($"{source} is cut or corrupted: {how}. Copy it anew, or start without it.");
}
