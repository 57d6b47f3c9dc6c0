using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// Dropout (Srivastava et al., 2014) with random numbers of its own: fits side by side do not disturb each other, libtorch's
/// process-wide generator is not touched, and sixteen lanes of xoshiro128++ (Blackman and Vigna, 2021) cost a tenth of it.
/// </summary>
internal sealed class DropoutMasks : IStateful
{
    private readonly double _dropout;
    private Vector512<uint> _a;
    private Vector512<uint> _b;
    private Vector512<uint> _c;
    private Vector512<uint> _d;

    /// <param name="dropout">Share that is dropped.</param>
    /// <param name="seed">The training's seed.</param>
    /// <param name="stream">Tells apart what drops by the same seed.</param>
    public DropoutMasks(double dropout, int seed, int stream = 0)
    {
        _dropout = dropout;
        ulong state = (uint)seed | ((ulong)(uint)stream << 32);
        (_a, _b, _c, _d) = (Seeds(ref state), Seeds(ref state), Seeds(ref state), Seeds(ref state));
    }

    /// <summary>Drops values at random and scales the others up, so that the expected value stays.</summary>
    public torch.Tensor Apply(torch.Tensor x)
    {
        if (_dropout == 0)
            return x;
        var mask = torch.empty(x.shape, dtype: torch.float32);
        Fill(TensorData.Span(mask));
        return x * (x.device.type == DeviceType.CPU ? mask : mask.to(x.device));
    }

    /// <summary>Fills a mask with 0 (dropped) or 1 / (1 - dropout).</summary>
    public void Fill(Span<float> mask)
    {
        var kept = Vector512.Create((float)(1 / (1 - _dropout)));
        var limit = Vector512.Create((uint)Math.Min(uint.MaxValue, (1 - _dropout) * 4294967296.0));
        var whole = MemoryMarshal.Cast<float, Vector512<float>>(mask);
        for (int i = 0; i < whole.Length; i++)
            whole[i] = Vector512.ConditionalSelect(Vector512.LessThan(Next(), limit).AsSingle(), kept, default);
        var rest = mask[(whole.Length * Vector512<float>.Count)..];
        var last = Vector512.ConditionalSelect(Vector512.LessThan(Next(), limit).AsSingle(), kept, default);
        for (int i = 0; i < rest.Length; i++)
            rest[i] = last[i];
    }

    public void Write(BinaryWriter writer) => writer.WriteValues<Vector512<uint>>([_a, _b, _c, _d]);

    public void Read(BinaryReader reader)
    {
        Span<Vector512<uint>> lanes = stackalloc Vector512<uint>[4];
        reader.ReadValues(lanes);
        (_a, _b, _c, _d) = (lanes[0], lanes[1], lanes[2], lanes[3]);
    }

    private Vector512<uint> Next()
    {
        var result = RotateLeft(_a + _d, 7) + _a;
        var shifted = _b << 9;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = RotateLeft(_d, 11);
        return result;
    }

    private static Vector512<uint> RotateLeft(Vector512<uint> value, int bits) => (value << bits) | (value >>> (32 - bits));

    // SplitMix64 (Steele, Lea and Flood, 2014) spreads one seed over all lanes.
    private static Vector512<uint> Seeds(ref ulong state)
    {
        Span<uint> lanes = stackalloc uint[Vector512<uint>.Count];
        foreach (ref uint lane in lanes)
        {
            state += 0x9E3779B97F4A7C15;
            ulong z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            lane = (uint)(z ^ (z >> 31));
        }
        return Vector512.Create<uint>(lanes);
    }
}
