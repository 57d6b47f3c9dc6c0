using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Values of one column for a batch of rows, of whatever type the column has.</summary>
internal abstract class SampleValues
{
    /// <summary>
    /// Values of any type go through a windowing, which takes numbers, as this many whole Singles: 16 bits each, which Single holds exactly.
    /// </summary>
    public const int Parts = 4;

    public static SampleValues Create(DataViewSchema.Column column) => Create(OnnxTypes.Item(column.Type).RawType);

    public static SampleValues Create(Type item) => item == typeof(ReadOnlyMemory<char>)
        ? new SampleTexts()
        : (SampleValues)Activator.CreateInstance(typeof(SampleNumbers<>).MakeGenericType(item))!;

    /// <summary>What appends the values of the current row.</summary>
    public abstract Action Reader(DataViewRow row, DataViewSchema.Column column);

    /// <summary>What writes the values of the current row in parts, <c>[size, parts]</c>.</summary>
    public abstract Action<Span<float>> Encoder(DataViewRow row, DataViewSchema.Column column);

    /// <summary>Appends values from their parts, <c>[values, parts]</c>.</summary>
    public abstract void Decode(ReadOnlySpan<float> parts);

    public abstract OrtValue Tensor(long[] shape);

    /// <summary>The first value that a tensor has not; NaN equals NaN, and numbers may differ by the tolerance.</summary>
    public abstract (int At, string Actual, string Expected)? FirstDifference(OrtValue actual, double tolerance);

    public abstract void Clear();

    /// <summary>Values at hand.</summary>
    public abstract int Count { get; }

    protected static ulong Join(ReadOnlySpan<float> parts)
    {
        ulong bits = 0;
        for (int i = 0; i < Parts; i++)
            bits |= (ulong)parts[i] << (16 * i);
        return bits;
    }

    protected static void Split(ulong bits, Span<float> parts)
    {
        for (int i = 0; i < Parts; i++)
            parts[i] = (bits >> (16 * i)) & 0xFFFF;
    }
}

/// <summary>What values of any type have in common.</summary>
internal abstract class SampleValues<T> : SampleValues
{
    /// <summary>The values at hand.</summary>
    public IReadOnlyList<T> All => Values;

    protected List<T> Values { get; } = [];

    public override Action Reader(DataViewRow row, DataViewSchema.Column column)
    {
        var read = RowReader(row, column);
        return () =>
        {
            foreach (var value in read())
                Values.Add(Kept(value));
        };
    }

    public override Action<Span<float>> Encoder(DataViewRow row, DataViewSchema.Column column)
    {
        var read = RowReader(row, column);
        return parts =>
        {
            var values = read();
            for (int i = 0; i < values.Length; i++)
                Split(ToBits(values[i]), parts.Slice(i * Parts, Parts));
        };
    }

    public override void Decode(ReadOnlySpan<float> parts)
    {
        for (int i = 0; i < parts.Length; i += Parts)
            Values.Add(FromBits(Join(parts.Slice(i, Parts))));
    }

    public override (int At, string Actual, string Expected)? FirstDifference(OrtValue actual, double tolerance)
    {
        var given = Read(actual);
        if (given.Length != Values.Count)
            throw new InvalidOperationException($"The exported file gives {given.Length} values where Transform gives {Values.Count}. "
                + "The file was not written.");
        int at = Enumerable.Range(0, given.Length).FirstOrDefault(i => !AreAlike(given[i], Values[i], tolerance), -1);
        return at < 0 ? null : (at, $"{given[at]}", $"{Values[at]}");
    }

    public override void Clear() => Values.Clear();

    public override int Count => Values.Count;

    public void Add(T value) => Values.Add(value);

    protected virtual T Kept(T value) => value;

    protected virtual bool AreAlike(T actual, T expected, double tolerance) => EqualityComparer<T>.Default.Equals(actual, expected);

    protected abstract T[] Read(OrtValue tensor);

    protected abstract ulong ToBits(T value);

    protected abstract T FromBits(ulong bits);

    private static Func<T[]> RowReader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            var vector = row.GetGetter<VBuffer<T>>(column);
            VBuffer<T> buffer = default;
            return () =>
            {
                vector(ref buffer);
                return [.. buffer.DenseValues()];
            };
        }
        var scalar = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            scalar(ref value);
            return [value];
        };
    }
}
