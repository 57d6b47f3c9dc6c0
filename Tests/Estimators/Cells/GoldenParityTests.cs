using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Every cell, direction and depth against numbers that PyTorch computed.</summary>
[TestClass]
public class GoldenParityTests
{
    private const double Tolerance = 1e-5;

    public static IEnumerable<object[]> Cases => GoldenCase.All.Select((golden, i) => new object[] { i, golden.ToString() });

    public static IEnumerable<object[]> CasesByKernels => Cases.SelectMany(c => new object[][] { [.. c, false], [.. c, true] });

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Golden_file_holds_every_cell_direction_and_depth() =>
        Assert.AreEqual(4 * 2 * 2, GoldenCase.All.Select(c => c.ToString()).Distinct().Count());

    [TestMethod]
    [DynamicData(nameof(CasesByKernels))]
    public void Training_forward_equals_PyTorch(int index, string name, bool fused)
    {
        using var scope = torch.NewDisposeScope();
        var golden = GoldenCase.All[index];
        using var stack = new GoldenStack(golden, fused);
        var (output, final) = stack.Forward(golden.X.ToTorch());
        Check(golden.Full.Output, output, $"{name}: output");
        Check(golden.Full.Final, final, $"{name}: h_n");
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Onnx_forward_equals_PyTorch(int index, string name)
    {
        using var scope = torch.NewDisposeScope();
        var golden = GoldenCase.All[index];
        using var stack = new GoldenStack(golden);
        var (output, final) = stack.RunOnnx(golden);
        Check(golden.Full.Output, output, $"{name}: output");
        Check(golden.Full.Final, final, $"{name}: h_n");
    }

    [TestMethod]
    [DynamicData(nameof(CasesByKernels))]
    public void Training_with_lengths_and_its_gradients_equal_PyTorchs_packed_run(int index, string name, bool fused)
    {
        using var scope = torch.NewDisposeScope();
        var golden = GoldenCase.All[index];
        using var stack = new GoldenStack(golden, fused);
        var (output, final) = stack.Forward(golden.X.ToTorch(), golden.Lengths);
        Check(golden.Packed.Output, output, $"{name}: output");
        Check(golden.Packed.Final, final, $"{name}: h_n");

        (output * golden.Grad.OutputWeight.ToTorch()).sum().backward();
        Assert.AreEqual(golden.Grad.StateDict.Count, stack.Parameters.Count());
        foreach (var (parameter, value) in stack.Parameters)
            Check(golden.Grad.StateDict[parameter], value.grad!, $"{name}: gradient of {parameter}");
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Onnx_with_lengths_equals_PyTorchs_packed_run(int index, string name)
    {
        using var scope = torch.NewDisposeScope();
        var golden = GoldenCase.All[index];
        using var stack = new GoldenStack(golden);
        var (output, final) = stack.RunOnnx(golden, golden.Lengths);
        Check(golden.Packed.Output, output, $"{name}: output");
        Check(golden.Packed.Final, final, $"{name}: h_n");
    }

    private void Check(GoldenTensor expected, torch.Tensor actual, string what)
    {
        double difference = Difference.Max(expected.ToTorch(), actual);
        TestContext.WriteLine($"{what}: {difference:g3}");
        Assert.IsLessThanOrEqualTo(Tolerance, difference, what);
    }
}
