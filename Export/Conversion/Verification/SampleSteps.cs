using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlNetRnn;

/// <summary>The steps of one sequence, a tensor <c>[1, steps, size]</c>, as tensors <c>[1, size]</c>.</summary>
internal abstract class SampleSteps(int count, int size)
{
    public int Count => count;

    protected int Size => size;

    public static SampleSteps Create(OrtValue sequence)
    {
        var info = sequence.GetTensorTypeAndShape();
        int count = (int)info.Shape[1], size = (int)info.Shape[2];
        return info.ElementDataType switch
        {
            TensorElementType.Float => new Of<float>(sequence, count, size),
            TensorElementType.Double => new Of<double>(sequence, count, size),
            TensorElementType.Int64 => new Of<long>(sequence, count, size),
            TensorElementType.Int32 => new Of<int>(sequence, count, size),
            TensorElementType.Int16 => new Of<short>(sequence, count, size),
            TensorElementType.Int8 => new Of<sbyte>(sequence, count, size),
            TensorElementType.UInt64 => new Of<ulong>(sequence, count, size),
            TensorElementType.UInt32 => new Of<uint>(sequence, count, size),
            TensorElementType.UInt16 => new Of<ushort>(sequence, count, size),
            TensorElementType.UInt8 => new Of<byte>(sequence, count, size),
            TensorElementType.Bool => new Of<bool>(sequence, count, size),
            TensorElementType.String => new OfTexts(sequence, count, size),
            var other => throw new NotSupportedException($"A file with an input of {other} cannot be verified step by step: leave SampleRows out."),
        };
    }

    /// <summary>Whether a step has no value.</summary>
    public virtual bool IsMissing(int step) => true;

    public abstract OrtValue Tensor(int step);

    private sealed class Of<T>(OrtValue sequence, int count, int size) : SampleSteps(count, size)
        where T : unmanaged
    {
        private readonly T[] _values = sequence.GetTensorDataAsSpan<T>().ToArray();

        public override bool IsMissing(int step) =>
            _values is not float[] values || values.AsSpan(step * Size, Size).ToArray().All(float.IsNaN);

        public override OrtValue Tensor(int step) =>
            OrtValue.CreateTensorValueFromMemory(_values.AsSpan(step * Size, Size).ToArray(), [1, Size]);
    }

    private sealed class OfTexts(OrtValue sequence, int count, int size) : SampleSteps(count, size)
    {
        private readonly string[] _values = sequence.GetStringTensorAsArray();

        public override OrtValue Tensor(int step)
        {
            var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [1, Size]);
            for (int i = 0; i < Size; i++)
                tensor.StringTensorSetElementAt(_values[(step * Size) + i], i);
            return tensor;
        }
    }
}
