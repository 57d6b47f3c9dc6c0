using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Reads one numeric column of a cursor's current row as Single values.</summary>
internal abstract class StepReader
{
    /// <summary>The number of values per row.</summary>
    public abstract int Width { get; }

    /// <summary>Writes the current row's values, [<see cref="Width"/>].</summary>
    public abstract void Read(Span<float> values);

    public static StepReader Create(DataViewRow row, DataViewSchema.Column column)
    {
        var (reader, item) = column.Type is VectorDataViewType vector
            ? (typeof(Vector<>), vector.ItemType)
            : (typeof(Scalar<>), column.Type);
        return (StepReader)Activator.CreateInstance(reader.MakeGenericType(item.RawType), row, column)!;
    }

    private sealed class Scalar<T>(DataViewRow row, DataViewSchema.Column column) : StepReader
        where T : INumberBase<T>
    {
        private readonly ValueGetter<T> _get = row.GetGetter<T>(column);
        private T _value = T.Zero;

        public override int Width => 1;

        public override void Read(Span<float> values)
        {
            _get(ref _value);
            values[0] = float.CreateTruncating(_value);
        }
    }

    private sealed class Vector<T>(DataViewRow row, DataViewSchema.Column column) : StepReader
        where T : INumberBase<T>
    {
        private readonly ValueGetter<VBuffer<T>> _get = row.GetGetter<VBuffer<T>>(column);
        private VBuffer<T> _value;

        public override int Width { get; } = WindowBinding.Width(column);

        public override void Read(Span<float> values)
        {
            _get(ref _value);
            if (_value.Length != Width) // nobody else checks that a vector has the size of its type
                throw new InvalidOperationException($"Column '{column.Name}', row {row.Position + 1}: the vector has {_value.Length} "
                    + $"values, expected {Width} by the column's type {column.Type}. Give every row a vector of that size.");
            var read = _value.GetValues();
            if (_value.IsDense)
            {
                for (var i = 0; i < read.Length; i++)
                    values[i] = float.CreateTruncating(read[i]);
                return;
            }
            values.Clear();
            var indices = _value.GetIndices();
            for (var i = 0; i < read.Length; i++)
                values[indices[i]] = float.CreateTruncating(read[i]);
        }
    }
}
