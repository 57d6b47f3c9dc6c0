using System.Security.Cryptography;

namespace MlNetRnn;

/// <summary>
/// What a model remembers between predictions, as bytes: magic, int32 format, the model's identity (SHA-256), the memory, a SHA-256 over all
/// of it.
/// </summary>
/// <param name="magic">Eight letters that begin it.</param>
/// <param name="format">The newest format that is read, and the one that is written.</param>
/// <param name="name">What messages call it: "a checkpoint of a sequence engine".</param>
/// <param name="writer">What writes it.</param>
/// <param name="otherModel">What to say where it belongs to another model, and what to do.</param>
internal sealed class Checkpoint(string magic, int format, string name, string writer, string otherModel)
{
    private const int HeaderSize = 8 + sizeof(int);

    private readonly byte[] _magic = [.. magic.Select(c => (byte)c)];

    public int Format => format;

    public void Write(Stream stream, byte[] identity, Action<BinaryWriter> writeMemory)
    {
        using var buffer = new MemoryStream();
        using var binary = new BinaryWriter(buffer);
        binary.Write(_magic);
        binary.Write(format);
        binary.Write(identity);
        writeMemory(binary);
        binary.Flush();
        var content = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        stream.Write(content);
        stream.Write(SHA256.HashData(content));
    }

    /// <summary>Checks a checkpoint and hands out its memory.</summary>
    /// <param name="bytes">The whole of it.</param>
    /// <param name="source">What messages call it.</param>
    /// <param name="identity">The model that it must belong to.</param>
    /// <param name="readMemory">Reads the memory to the reader's end, or throws and changes nothing.</param>
    /// <exception cref="FormatException">It is cut, corrupted, of a newer format, or something else.</exception>
    /// <exception cref="InvalidOperationException">It belongs to another model.</exception>
    public void Read(byte[] bytes, string source, byte[] identity, Action<BinaryReader> readMemory)
    {
        CheckHeader(bytes, source);
        int end = bytes.Length - SHA256.HashSizeInBytes;
        bool whole = end >= HeaderSize + identity.Length && SHA256.HashData(bytes.AsSpan(0, end)).AsSpan().SequenceEqual(bytes.AsSpan(end));
        if (!whole)
            throw Damaged(source, "its checksum (SHA-256) does not match its contents");
        if (!bytes.AsSpan(HeaderSize, identity.Length).SequenceEqual(identity))
            throw new InvalidOperationException($"{source} {otherModel}");
        ReadMemory(bytes, source, HeaderSize + identity.Length, end, readMemory);
    }

    private static void ReadMemory(byte[] bytes, string source, int start, int end, Action<BinaryReader> readMemory)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, start, end - start));
        try
        {
            readMemory(reader);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException)
        {
            throw Damaged(source, e.Message);
        }
    }

    private static FormatException Damaged(string source, string how) =>
        new($"{source} is cut or corrupted: {how}. Copy it anew, or start without it.");

    private void CheckHeader(byte[] bytes, string source)
    {
        if (!bytes.AsSpan(0, Math.Min(bytes.Length, _magic.Length)).SequenceEqual(_magic))
        {
            throw new FormatException(bytes.Length == 0 || _magic.AsSpan().StartsWith(bytes)
                ? $"{source} is cut: it has {bytes.Length} bytes. Copy it anew, or start without it."
                : $"{source} is not {name}. Give one that {writer} wrote.");
        }
        if (bytes.Length >= HeaderSize && BitConverter.ToInt32(bytes, _magic.Length) is var written && written > format)
        {
            throw new FormatException($"{source} has checkpoint format {written}; this version of MlNetRnn reads formats up to {format}. "
                + "Update the MlNetRnn packages.");
        }
    }
}
