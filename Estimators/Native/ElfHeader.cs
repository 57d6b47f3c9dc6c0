using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MlNetRnn;

/// <summary>
/// Looks at an ELF library before the system maps it: of a file that was cut while being copied, the loader would touch pages that
/// are not there, which ends the process; and of another machine's file it says that it does not exist.
/// </summary>
internal static class ElfHeader
{
    private const int Length = 64;        // of ELF64's header
    private const int SegmentLength = 56; // of an entry of its table of segments

    /// <exception cref="BadImageFormatException">The file is cut, is no ELF library, or is built for another architecture.</exception>
    public static void Check(string file, Architecture process)
    {
        using var stream = File.OpenRead(file);
        Span<byte> header = stackalloc byte[Length];
        if (stream.ReadAtLeast(header, Length, throwOnEndOfStream: false) < Length)
            throw new BadImageFormatException($"file too short: {stream.Length} bytes, no library is that small", file);
        if (!header.StartsWith("\u007fELF"u8))
            throw new BadImageFormatException("invalid ELF header", file);
        if (header[4] != 2) // ELFCLASS64
            throw new BadImageFormatException("wrong ELF class: not a 64-bit library", file);
        int machine = UInt16(header[0x12..]);
        if (machine != Machine(process))
            throw new BadImageFormatException($"wrong ELF machine {machine}, expected {Machine(process)} ({process})", file);
        long end = EndOfSegments(stream, Int64(header[0x20..]), UInt16(header[0x38..]));
        if (end > stream.Length)
            throw new BadImageFormatException($"file too short: {stream.Length} bytes of {end}", file);
    }

    // Up to where the loader maps the file; where the table of segments itself is cut off, its own end.
    private static long EndOfSegments(FileStream stream, long table, int count)
    {
        byte[] entries = new byte[count * SegmentLength];
        stream.Position = table;
        if (stream.ReadAtLeast(entries, entries.Length, throwOnEndOfStream: false) < entries.Length)
            return table + entries.Length;
        long end = 0;
        for (int at = 0; at < entries.Length; at += SegmentLength)
            end = Math.Max(end, Int64(entries.AsSpan(at + 8)) + Int64(entries.AsSpan(at + 0x20))); // p_offset + p_filesz
        return end;
    }

    private static int UInt16(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt16LittleEndian(at);

    private static long Int64(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadInt64LittleEndian(at);

    // e_machine of the System V ABI.
    private static int Machine(Architecture architecture) => architecture switch
    {
        Architecture.X64 => 62,
        Architecture.Arm64 => 183,
        _ => 0, // EM_NONE: libtorch exists for these two
    };
}
