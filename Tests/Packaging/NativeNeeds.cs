using System.Buffers.Binary;
using System.Reflection.PortableExecutable;
using System.Text;

namespace MlNetRnn.Tests.Packaging;

/// <summary>Reads what a native library asks of others.</summary>
internal static class NativeNeeds
{
    private const int NeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const int ImportEntry = 20;         // IMAGE_IMPORT_DESCRIPTOR
    private const int ExportNames = 24;         // NumberOfNames in IMAGE_EXPORT_DIRECTORY

    /// <summary>The symbol versions that a Linux library requires, such as GLIBC_2.34.</summary>
    public static IEnumerable<string> ElfVersions(string file)
    {
        byte[] elf = File.ReadAllBytes(file);
        int sections = (int)Int64(elf, 0x28), size = UInt16(elf, 0x3A), count = UInt16(elf, 0x3C);
        for (int section = sections; section < sections + count * size; section += size)
        {
            if (Int32(elf, section + 4) != NeedSection)
                continue;
            int names = (int)Int64(elf, sections + Int32(elf, section + 0x28) * size + 0x18); // the section that sh_link names
            for (int library = (int)Int64(elf, section + 0x18), next = -1; next != 0; library += next)
            {
                for (int entry = library + Int32(elf, library + 8), left = UInt16(elf, library + 2); left > 0; left--)
                {
                    yield return Text(elf, names + Int32(elf, entry + 8));
                    entry += Int32(elf, entry + 12);
                }
                next = Int32(elf, library + 12);
            }
        }
    }

    /// <summary>The functions that a 64-bit Windows library imports by name from another.</summary>
    public static List<string> Imports(string file, string library)
    {
        var (image, headers) = ReadPE(file);
        int At(int rva) => Offset(headers, rva);
        var names = new List<string>();
        for (int entry = At(headers.PEHeader!.ImportTableDirectory.RelativeVirtualAddress); Int32(image, entry + 12) != 0; entry += ImportEntry)
        {
            if (!Text(image, At(Int32(image, entry + 12))).Equals(library, StringComparison.OrdinalIgnoreCase))
                continue;
            for (int thunk = At(Int32(image, entry)); Int64(image, thunk) != 0; thunk += sizeof(long))
                names.Add(Text(image, At((int)Int64(image, thunk)) + 2)); // after a hint
        }
        return names;
    }

    /// <summary>The functions that a Windows library exports by name.</summary>
    public static HashSet<string> Exports(string file)
    {
        var (image, headers) = ReadPE(file);
        int table = Offset(headers, headers.PEHeader!.ExportTableDirectory.RelativeVirtualAddress);
        int names = Offset(headers, Int32(image, table + ExportNames + 8));
        return [.. Enumerable.Range(0, Int32(image, table + ExportNames))
            .Select(i => Text(image, Offset(headers, Int32(image, names + i * sizeof(int)))))];
    }

    private static (byte[] Image, PEHeaders Headers) ReadPE(string file)
    {
        byte[] image = File.ReadAllBytes(file);
        return (image, new PEHeaders(new MemoryStream(image)));
    }

    private static int Offset(PEHeaders headers, int rva)
    {
        var section = headers.SectionHeaders[headers.GetContainingSectionIndex(rva)];
        return rva - section.VirtualAddress + section.PointerToRawData;
    }

    private static string Text(byte[] image, int at) => Encoding.Latin1.GetString(image, at, image.AsSpan(at).IndexOf((byte)0));

    private static long Int64(byte[] image, int at) => BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(at));

    private static int Int32(byte[] image, int at) => BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at));

    private static int UInt16(byte[] image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at));
}
