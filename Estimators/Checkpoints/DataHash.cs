using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MlNetRnn;

/// <summary>Tells whether data is that of a fit before: a hash (SHA-256) of all that training sees of it.</summary>
internal static class DataHash
{
    public static string Of(Sequences sequences, ValidationSplit split)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add<float>(hash, sequences.Values);         // [rows, features]
        Add(hash, sequences.Ranges);                // [sequences]
        Add<float>(hash, sequences.Labels);         // [sequences, labels]
        Add<int>(hash, split.Training);
        Add<int>(hash, split.Validation);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // With their number: what ends one list must not begin the next.
    private static void Add<T>(IncrementalHash hash, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        hash.AppendData(BitConverter.GetBytes(values.Length));
        hash.AppendData(MemoryMarshal.AsBytes(values));
    }
}
