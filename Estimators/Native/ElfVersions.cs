using System.Buffers.Binary;

namespace MlNetRnn;

/// <summary>Edits the symbol versions that an ELF64 little-endian library requires (Linux Standard Base, "Symbol Versioning").</summary>
internal static class ElfVersions
{
    private const uint NeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const byte WeakFlag = 2;             // VER_FLG_WEAK

    /// <summary>Marks the requirement of a version weak, so that the loader goes on where the version is missing.</summary>
    public static void MakeWeak(Span<byte> elf, string version)
    {
        uint hash = Hash(version);
        int sections = (int)Int64(elf, 0x28);
        int size = UInt16(elf, 0x3A), count = UInt16(elf, 0x3C);
        for (int i = 0; i < count; i++)
        {
            int section = sections + i * size;
            if (UInt32(elf, section + 4) == NeedSection)
                MarkLibraries(elf, (int)Int64(elf, section + 0x18), hash);
        }
    }

    private static void MarkLibraries(Span<byte> elf, int library, uint hash)
    {
        for (uint next = 1; next != 0; library += (int)next)
        {
            MarkVersions(elf, library + (int)UInt32(elf, library + 8), UInt16(elf, library + 2), hash);
            next = UInt32(elf, library + 12);
        }
    }

    private static void MarkVersions(Span<byte> elf, int entry, int count, uint hash)
    {
        for (int i = 0; i < count; i++)
        {
            if (UInt32(elf, entry) == hash)
                elf[entry + 4] |= WeakFlag;
            entry += (int)UInt32(elf, entry + 12);
        }
    }

    // The System V ABI's hash of symbol and version names.
    private static uint Hash(string name)
    {
        uint h = 0;
        foreach (char c in name)
        {
            h = (h << 4) + c;
            uint high = h & 0xf0000000;
            h ^= high >> 24;
            h &= ~high;
        }
        return h;
    }

    private static long Int64(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadInt64LittleEndian(elf[at..]);

    private static uint UInt32(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt32LittleEndian(elf[at..]);

    private static int UInt16(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf[at..]);
}
