using System.Security.Cryptography;
using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>The metadata of an ONNX file, read without its graph.</summary>
internal sealed class OnnxProperties
{
    private readonly byte[] _file;
    private readonly List<(StringStringEntryProto Entry, int Start, int End)> _entries = [];

    private OnnxProperties(byte[] file) => _file = file;

    /// <summary>The value of the first entry of a key; null where there is none.</summary>
    public string? this[string key] => _entries.Find(e => e.Entry.Key == key).Entry?.Value;

    /// <summary>Reads the metadata of a file; null where the bytes are not a message.</summary>
    public static OnnxProperties? Read(byte[] file)
    {
        var properties = new OnnxProperties(file);
        try
        {
            properties.ReadEntries();
            return properties;
        }
        catch (InvalidProtocolBufferException)
        {
            return null; // whoever reads the whole message says what is wrong with it
        }
    }

    /// <summary>The SHA-256 of the file as it would be without the entries of a key, in hexadecimal digits.</summary>
    public string ChecksumWithout(string key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int from = 0;
        foreach (var (entry, start, end) in _entries)
        {
            if (entry.Key != key)
                continue;
            hash.AppendData(_file.AsSpan(from, start - from));
            from = end;
        }
        hash.AppendData(_file.AsSpan(from));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void ReadEntries()
    {
        const uint Property = (ModelProto.MetadataPropsFieldNumber << 3) | 2; // the tag: number and wire type, length-delimited
        var input = new CodedInputStream(_file);
        for (long start = 0; input.ReadTag() is var tag && tag != 0; start = input.Position)
        {
            if (tag != Property)
            {
                input.SkipLastField();
                continue;
            }
            var entry = StringStringEntryProto.Parser.ParseFrom(input.ReadBytes());
            _entries.Add((entry, (int)start, (int)input.Position));
        }
    }
}
