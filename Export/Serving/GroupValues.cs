using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Writes and reads a value of any type that a group column can have.</summary>
internal static class GroupValues
{
    private static readonly Dictionary<Type, (Action<BinaryWriter, object> Write, Func<BinaryReader, object> Read)> s_forms = new()
    {
        [typeof(string)] = Form((w, v) => WriteText(w, v), ReadText),
        [typeof(bool)] = Form((w, v) => w.Write(v), r => r.ReadBoolean()),
        [typeof(sbyte)] = Form((w, v) => w.Write(v), r => r.ReadSByte()),
        [typeof(byte)] = Form((w, v) => w.Write(v), r => r.ReadByte()),
        [typeof(short)] = Form((w, v) => w.Write(v), r => r.ReadInt16()),
        [typeof(ushort)] = Form((w, v) => w.Write(v), r => r.ReadUInt16()),
        [typeof(int)] = Form((w, v) => w.Write(v), r => r.ReadInt32()),
        [typeof(uint)] = Form((w, v) => w.Write(v), r => r.ReadUInt32()),
        [typeof(long)] = Form((w, v) => w.Write(v), r => r.ReadInt64()),
        [typeof(ulong)] = Form((w, v) => w.Write(v), r => r.ReadUInt64()),
        [typeof(float)] = Form((w, v) => w.Write(v), r => r.ReadSingle()),
        [typeof(double)] = Form((w, v) => w.Write(v), r => r.ReadDouble()),
        // Equality is that of ticks (DateTime) and of UTC (DateTimeOffset); neither kind nor zone decides which group it is.
        [typeof(DateTime)] = Form((w, v) => w.Write(v.Ticks), r => new DateTime(r.ReadInt64())),
        [typeof(DateTimeOffset)] = Form((w, v) => w.Write(v.UtcTicks), r => new DateTimeOffset(r.ReadInt64(), TimeSpan.Zero)),
        [typeof(TimeSpan)] = Form((w, v) => w.Write(v.Ticks), r => new TimeSpan(r.ReadInt64())),
        [typeof(DataViewRowId)] = Form(WriteId, r => new DataViewRowId(r.ReadUInt64(), r.ReadUInt64())),
    };

    public static void Write<T>(BinaryWriter writer, T value) where T : notnull => s_forms[typeof(T)].Write(writer, value);

    public static T Read<T>(BinaryReader reader) where T : notnull => (T)s_forms[typeof(T)].Read(reader);

    private static (Action<BinaryWriter, object>, Func<BinaryReader, object>) Form<T>(
        Action<BinaryWriter, T> write, Func<BinaryReader, T> read)
        where T : notnull => ((writer, value) => write(writer, (T)value), reader => read(reader));

    // int32 length, UTF-16: UTF-8 would turn unpaired surrogates, and with them different groups, into one.
    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write(text.Length);
        writer.Write(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static string ReadText(BinaryReader reader)
    {
        int length = reader.ReadInt32();
        byte[] bytes = length < 0 || length > Array.MaxLength / sizeof(char) ? [] : reader.ReadBytes(length * sizeof(char));
        if (bytes.Length != (long)length * sizeof(char))
            throw new InvalidDataException($"a text of {length} characters in {bytes.Length} bytes");
        return new string(MemoryMarshal.Cast<byte, char>(bytes));
    }

    private static void WriteId(BinaryWriter writer, DataViewRowId id)
    {
        writer.Write(id.Low);
        writer.Write(id.High);
    }
}
