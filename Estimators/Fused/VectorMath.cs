using System.Runtime.CompilerServices;

namespace MlNetRnn.Fused;

/// <summary>
/// Activations in single precision: absolute errors below 2e-7, which .NET's own would buy with arithmetic in double precision. Relative to
/// a value near 0 they are larger: of the smallest arguments tanh makes 0.
/// </summary>
internal static class VectorMath<V, S>
    where V : unmanaged
    where S : ISimd<V>
{
    private const float Log2E = 1.442695041f;
    private const float Ln2High = 0.693145752f; // 17 bits, so that its multiples by whole numbers are exact
    private const float Ln2Low = 1.42860677e-6f;
    private const float Shift = 12582912; // 1.5 × 2²³: adding it leaves the nearest whole number in the lowest bits

    /// <summary>e to the power of x, which is taken within -87 and 88, with a relative error below 3e-7; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp(V x)
    {
        x = S.Min(S.Create(88f), S.Max(S.Create(-87f), x)); // of a NaN and a number the second is taken
        var shifted = S.MultiplyAdd(x, S.Create(Log2E), S.Create(Shift));
        var whole = S.Subtract(shifted, S.Create(Shift));
        var rest = S.MultiplyAdd(whole, S.Create(-Ln2High), x); // x = whole × ln 2 + rest, |rest| ≤ ln 2 / 2
        rest = S.MultiplyAdd(whole, S.Create(-Ln2Low), rest);
        var sum = S.MultiplyAdd(rest, S.Create(1f / 720), S.Create(1f / 120)); // Taylor's series
        sum = S.MultiplyAdd(rest, sum, S.Create(1f / 24));
        sum = S.MultiplyAdd(rest, sum, S.Create(1f / 6));
        sum = S.MultiplyAdd(rest, sum, S.Create(0.5f));
        sum = S.MultiplyAdd(rest, sum, S.Create(1f));
        sum = S.MultiplyAdd(rest, sum, S.Create(1f));
        return S.Multiply(sum, S.PowerOfTwo(shifted));
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid(V x) => S.Divide(S.Create(1f), S.Add(S.Create(1f), Exp(S.Subtract(default, x))));

    /// <summary>1 - 2 / (1 + e²ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh(V x) =>
        S.MultiplyAdd(S.Create(-2f), S.Divide(S.Create(1f), S.Add(S.Create(1f), Exp(S.Add(x, x)))), S.Create(1f));

    /// <summary>The derivative of the logistic function, by its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SigmoidSlope(V value) => S.MultiplyAdd(S.Subtract(default, value), value, value);

    /// <summary>The derivative of the hyperbolic tangent, by its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V TanhSlope(V value) => S.MultiplyAdd(S.Subtract(default, value), value, S.Create(1f));
}
