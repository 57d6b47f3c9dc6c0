using System.Collections.Immutable;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The values of a label's keys: read from the label column, kept as text, given back with the type they had.</summary>
internal static class ClassValues
{
    private static readonly Dictionary<OnnxElementType, Values> Types = new Values[]
    {
        new Numbers<float>(NumberDataViewType.Single), new Numbers<double>(NumberDataViewType.Double), new Numbers<sbyte>(NumberDataViewType.SByte),
        new Numbers<byte>(NumberDataViewType.Byte), new Numbers<short>(NumberDataViewType.Int16), new Numbers<ushort>(NumberDataViewType.UInt16),
        new Numbers<int>(NumberDataViewType.Int32), new Numbers<uint>(NumberDataViewType.UInt32), new Numbers<long>(NumberDataViewType.Int64),
        new Numbers<ulong>(NumberDataViewType.UInt64), new Texts(), new Flags(),
    }.ToDictionary(v => OnnxTypes.Find(v.Type)!.Value);

    /// <summary>The classes of a key column.</summary>
    /// <exception cref="ArgumentException">Its keys stand for values that no ONNX tensor holds, such as dates.</exception>
    public static ClassSummary Of(DataViewSchema.Column label)
    {
        int count = (int)KeyGetters.TypeOf(label)!.Count;
        // Not HasKeyValues, which looks for texts alone.
        if (label.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues) is not { Type: VectorDataViewType type } || type.Size != count)
            return new(count, null, []);
        if (OnnxTypes.Find(type) is not { } element)
        {
            throw new ArgumentException($"Label column '{label.Name}' is a key of {type.ItemType} values, which a model file cannot hold. "
                + "Convert them to text before ml.Transforms.Conversion.MapValueToKey.");
        }
        return new(count, element, Types[element].Read(label));
    }

    /// <summary>The type of the values that the keys of <paramref name="classes"/> stand for; null where there are none.</summary>
    public static PrimitiveDataViewType? TypeOf(ClassSummary classes) => classes.Type is { } type ? Types[type].Type : null;

    /// <summary>Adds the values as those of a key column.</summary>
    public static void AddKeyValues(DataViewSchema.Annotations.Builder builder, ClassSummary classes)
    {
        if (classes.Type is { } type)
            Types[type].Add(builder, classes.Values);
    }

    /// <summary>Adds the names of the classes as those of the slots of their scores.</summary>
    public static void AddSlotNames(DataViewSchema.Annotations.Builder builder, ClassSummary classes)
    {
        ReadOnlyMemory<char>[] names = [.. Enumerable.Range(0, classes.Count).Select(i => classes.Name(i).AsMemory())];
        builder.AddSlotNames(names.Length, (ref VBuffer<ReadOnlyMemory<char>> value) => Copy(names, ref value));
    }

    private static void Copy<T>(T[] values, ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, values.Length);
        values.CopyTo(editor.Values);
        destination = editor.Commit();
    }

    private abstract class Values(PrimitiveDataViewType type)
    {
        public PrimitiveDataViewType Type => type;

        public abstract ImmutableArray<string> Read(DataViewSchema.Column column);

        public abstract void Add(DataViewSchema.Annotations.Builder builder, ImmutableArray<string> texts);
    }

    private abstract class TypedValues<T>(PrimitiveDataViewType type) : Values(type)
    {
        public sealed override ImmutableArray<string> Read(DataViewSchema.Column column)
        {
            VBuffer<T> values = default;
            column.GetKeyValues(ref values);
            return [.. values.DenseValues().Select(Text)];
        }

        public sealed override void Add(DataViewSchema.Annotations.Builder builder, ImmutableArray<string> texts)
        {
            T[] values = [.. texts.Select(Parse)];
            builder.AddKeyValues(values.Length, Type, (ref VBuffer<T> destination) => Copy(values, ref destination));
        }

        protected abstract string Text(T value);

        protected abstract T Parse(string text);
    }

    private sealed class Numbers<T>(PrimitiveDataViewType type) : TypedValues<T>(type)
        where T : IFormattable, IParsable<T>
    {
        protected override string Text(T value) => value.ToString(null, CultureInfo.InvariantCulture);

        protected override T Parse(string text) => T.Parse(text, CultureInfo.InvariantCulture);
    }

    private sealed class Texts() : TypedValues<ReadOnlyMemory<char>>(TextDataViewType.Instance)
    {
        protected override string Text(ReadOnlyMemory<char> value) => value.ToString();

        protected override ReadOnlyMemory<char> Parse(string text) => text.AsMemory();
    }

    private sealed class Flags() : TypedValues<bool>(BooleanDataViewType.Instance)
    {
        protected override string Text(bool value) => value.ToString();

        protected override bool Parse(string text) => bool.Parse(text);
    }
}
