using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>Writes and reads numbers as they lie in memory (little-endian on every platform of libtorch).</summary>
internal static class BinaryValues
{
    public static void WriteValues<T>(this BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged => writer.Write(MemoryMarshal.AsBytes(values));

    public static void ReadValues<T>(this BinaryReader reader, Span<T> values)
        where T : unmanaged => reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values));

    public static void WriteOptional(this BinaryWriter writer, double? value)
    {
        writer.Write(value.HasValue);
        writer.Write(value ?? 0);
    }

    public static double? ReadOptional(this BinaryReader reader)
    {
        bool hasValue = reader.ReadBoolean();
        double value = reader.ReadDouble();
        return hasValue ? value : null;
    }
}
