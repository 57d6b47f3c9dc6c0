using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MlNetRnn;

/// <summary>A hash (SHA-256) of lists of values.</summary>
internal sealed class DataHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds a list with its length: what ends one list must not begin the next.</summary>
    public void Add<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        int length = values.Length;
        _hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(ref length)));
        _hash.AppendData(MemoryMarshal.AsBytes(values));
    }

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
