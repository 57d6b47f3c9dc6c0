using System.Runtime.Intrinsics;
using MlNetRnn.Fused;

namespace MlNetRnn.Tests;

/// <summary>Activations against those of .NET in double precision.</summary>
[TestClass]
public class VectorMathTests
{
    private static readonly float[] Arguments =
    [
        .. Enumerable.Range(-120_000, 240_001).Where(i => i % 7 == 0 || Math.Abs(i) < 2000).Select(i => i / 1000f),
        .. from exponent in Enumerable.Range(1, 45) from sign in new[] { 1, -1 } select sign * (float)Math.Pow(10, -exponent),
        float.Epsilon, 0, -0f, 87, 88, -87, -88, 87.5f, -87.5f, 1e30f, -1e30f, float.MaxValue, float.MinValue, float.PositiveInfinity,
        float.NegativeInfinity,
    ];

    public TestContext TestContext { get; set; } = null!;

    private enum Function
    {
        Exp,
        Sigmoid,
        Tanh,
        SigmoidSlope,
        TanhSlope,
    }

    [TestMethod]
    [DataRow(256)]
    [DataRow(512)]
    public void The_exponential_is_within_its_relative_error_of_the_clamped_argument(int bits)
    {
        double largest = Largest(
            Function.Exp, bits, Arguments, (x, y) => Math.Abs(y / Math.Exp(Math.Clamp((double)x, -87, 88)) - 1));
        Assert.IsLessThan(3e-7, largest);
    }

    [TestMethod]
    [DataRow(256)]
    [DataRow(512)]
    public void Activations_are_within_their_absolute_error(int bits)
    {
        Assert.IsLessThan(2e-7, Largest(Function.Sigmoid, bits, Arguments, (x, y) => Math.Abs(y - 1 / (1 + Math.Exp(-(double)x)))));
        Assert.IsLessThan(2e-7, Largest(Function.Tanh, bits, Arguments, (x, y) => Math.Abs(y - Math.Tanh(x))));
    }

    [TestMethod]
    [DataRow(256)]
    [DataRow(512)]
    public void Activations_do_not_leave_their_range(int bits)
    {
        Assert.IsTrue(Apply(Function.Exp, bits, Arguments).All(y => float.IsFinite(y) && y > 0));
        Assert.IsTrue(Apply(Function.Sigmoid, bits, Arguments).All(y => y is >= 0 and <= 1));
        Assert.IsTrue(Apply(Function.Tanh, bits, Arguments).All(y => y is >= -1 and <= 1));
        Assert.AreSequenceEqual(
            new float[] { 1, -1, 0 }, Apply(Function.Tanh, bits, [float.PositiveInfinity, float.NegativeInfinity, 0]));
        Assert.AreSequenceEqual(new float[] { 1, 0.5f }, Apply(Function.Sigmoid, bits, [float.PositiveInfinity, 0]));
    }

    [TestMethod]
    [DataRow(256)]
    [DataRow(512)]
    public void Slopes_are_those_of_their_values(int bits)
    {
        float[] values = [.. Enumerable.Range(-1000, 2001).Select(i => i / 1000f)];
        Assert.IsLessThan(1e-7, Largest(Function.SigmoidSlope, bits, values, (y, slope) => Math.Abs(slope - y * (1 - (double)y))));
        Assert.IsLessThan(1e-7, Largest(Function.TanhSlope, bits, values, (y, slope) => Math.Abs(slope - (1 - (double)y * y))));
    }

    [TestMethod]
    [DataRow(256)]
    [DataRow(512)]
    public void What_is_no_number_stays_none_and_leaves_its_neighbours_alone(int bits)
    {
        foreach (var function in Enum.GetValues<Function>())
        {
            float[] values = Apply(function, bits, [0.25f, float.NaN, 0.5f]);
            float[] without = Apply(function, bits, [0.25f, 0, 0.5f]);
            Assert.IsTrue(float.IsNaN(values[1]), function.ToString());
            Assert.AreEqual((without[0], without[2]), (values[0], values[2]), function.ToString());
        }
    }

    private double Largest(Function function, int bits, float[] arguments, Func<float, float, double> error)
    {
        var (argument, largest) = arguments.Zip(Apply(function, bits, arguments), (x, y) => (x, error(x, y))).MaxBy(e => e.Item2);
        TestContext.WriteLine($"{function}, {bits} bits: {largest:g3} at {argument}");
        return largest;
    }

    private static float[] Apply(Function function, int bits, float[] arguments)
    {
        VectorWidths.Require(bits);
        return bits == 512
            ? Apply<Vector512<float>, Simd512>(function, arguments)
            : Apply<Vector256<float>, Simd256>(function, arguments);
    }

    private static unsafe float[] Apply<V, S>(Function function, float[] arguments)
        where V : unmanaged
        where S : ISimd<V>
    {
        var values = new float[(arguments.Length + S.Lanes - 1) / S.Lanes * S.Lanes];
        arguments.CopyTo(values, 0);
        fixed (float* first = values)
        {
            for (float* at = first; at < first + values.Length; at += S.Lanes)
            {
                var x = S.Load(at);
                S.Store(
                    function switch
                    {
                        Function.Exp => VectorMath<V, S>.Exp(x),
                        Function.Sigmoid => VectorMath<V, S>.Sigmoid(x),
                        Function.Tanh => VectorMath<V, S>.Tanh(x),
                        Function.SigmoidSlope => VectorMath<V, S>.SigmoidSlope(x),
                        _ => VectorMath<V, S>.TanhSlope(x),
                    },
                    at);
            }
        }
        return values[..arguments.Length];
    }
}
