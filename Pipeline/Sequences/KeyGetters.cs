using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Reads keys as numbers in Single, in which every number up to <see cref="MostKeys"/> is itself.</summary>
internal static class KeyGetters
{
    /// <summary>The most values of a key that can be told apart.</summary>
    public const ulong MostKeys = 1 << 24;

    /// <summary>Whether a column holds keys, or vectors of them.</summary>
    public static KeyDataViewType? TypeOf(DataViewSchema.Column column) =>
        (column.Type is VectorDataViewType vector ? vector.ItemType : column.Type) as KeyDataViewType;

    /// <summary>A column of keys as their numbers from 1; 0 where one is missing, or above its type's count, which nobody else
    /// checks.</summary>
    public static ValueGetter<float> Scalar(DataViewRow row, DataViewSchema.Column column) => For(column).Scalar(row, column);

    /// <summary>A column of vectors of keys as their numbers.</summary>
    /// <inheritdoc cref="Scalar"/>
    public static ValueGetter<VBuffer<float>> Vector(DataViewRow row, DataViewSchema.Column column) => For(column).Vector(row, column);

    private static Reader For(DataViewSchema.Column column)
    {
        var key = TypeOf(column)!;
        return key.RawType switch
        {
            var t when t == typeof(uint) => new Reader<uint>(key.Count),
            var t when t == typeof(byte) => new Reader<byte>(key.Count),
            var t when t == typeof(ushort) => new Reader<ushort>(key.Count),
            _ => new Reader<ulong>(key.Count), // ML.NET has no other
        };
    }

    private abstract class Reader
    {
        public abstract ValueGetter<float> Scalar(DataViewRow row, DataViewSchema.Column column);

        public abstract ValueGetter<VBuffer<float>> Vector(DataViewRow row, DataViewSchema.Column column);
    }

    private sealed class Reader<T>(ulong count) : Reader
        where T : unmanaged, IUnsignedNumber<T>, IBinaryInteger<T>
    {
        public override ValueGetter<float> Scalar(DataViewRow row, DataViewSchema.Column column)
        {
            var getter = row.GetGetter<T>(column);
            T key = default;
            return (ref float value) =>
            {
                getter(ref key);
                value = Number(key);
            };
        }

        public override ValueGetter<VBuffer<float>> Vector(DataViewRow row, DataViewSchema.Column column)
        {
            var getter = row.GetGetter<VBuffer<T>>(column);
            VBuffer<T> keys = default;
            return (ref VBuffer<float> values) =>
            {
                getter(ref keys);
                var editor = VBufferEditor.Create(ref values, keys.Length);
                if (!keys.IsDense)
                    editor.Values.Clear();
                ReadOnlySpan<T> given = keys.GetValues();
                ReadOnlySpan<int> slots = keys.GetIndices(); // none where it is dense
                for (int i = 0; i < given.Length; i++)
                    editor.Values[keys.IsDense ? i : slots[i]] = Number(given[i]);
                values = editor.Commit();
            };
        }

        private float Number(T key)
        {
            ulong number = ulong.CreateTruncating(key);
            return number <= count ? number : 0;
        }
    }
}
