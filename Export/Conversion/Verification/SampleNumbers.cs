using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn;

/// <summary>Numbers, and true and false.</summary>
internal sealed class SampleNumbers<T> : SampleValues<T>
    where T : unmanaged
{
    public override OrtValue Tensor(long[] shape) => OrtValue.CreateTensorValueFromMemory(Values.ToArray(), shape);

    protected override T[] Read(OrtValue tensor) => tensor.GetTensorDataAsSpan<T>().ToArray();

    protected override bool AreAlike(T actual, T expected, double tolerance) => (actual, expected) switch
    {
        (float a, float e) => AreNear(a, e, tolerance),
        (double a, double e) => AreNear(a, e, tolerance),
        _ => base.AreAlike(actual, expected, tolerance),
    };

    protected override ulong ToBits(T value)
    {
        ulong bits = 0;
        MemoryMarshal.Write(MemoryMarshal.AsBytes(new Span<ulong>(ref bits)), value);
        return bits;
    }

    protected override T FromBits(ulong bits) => MemoryMarshal.Read<T>(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(ref bits)));

    private static bool AreNear(double actual, double expected, double tolerance) => actual.Equals(expected) // NaN and infinities
        || Math.Abs(actual - expected) <= tolerance * Math.Max(1, Math.Abs(expected));
}
