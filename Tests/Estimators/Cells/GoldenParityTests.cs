using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Every cell, direction and depth against numbers that PyTorch computed.</summary>
[TestClass]
public class GoldenParityTests
{
    private const double Tolerance = 1e-5;

    public static IEnumerable<object[]> Cases => GoldenCase.All.Select((golden, i) => new object[] { i, golden.ToString() });

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Golden_file_holds_every_cell_direction_and_depth() =>
        Assert.AreEqual(4 * 2 * 2, GoldenCase.All.Select(c => c.ToString()).Distinct().Count());

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Torch_forward_equals_PyTorch(int index, string name)
    {
        using var scope = torch.NewDisposeScope();
        var golden = GoldenCase.All[index];
        using var stack = new GoldenStack(golden);
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

    // Layers take no lengths: each sequence runs alone at its own, which is what packing computes.
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Sequences_of_their_own_lengths_and_their_gradients_equal_PyTorchs_packed_run(int index, string name)
    {
        using var scope = torch.NewDisposeScope();
        var golden = GoldenCase.All[index];
        using var stack = new GoldenStack(golden);
        torch.Tensor x = golden.X.ToTorch(), weight = golden.Grad.OutputWeight.ToTorch(), loss = torch.zeros(1);
        var outputs = torch.zeros(golden.Packed.Output.Shape); // zero past each length
        var finals = new List<torch.Tensor>();
        for (int b = 0; b < golden.Batch; b++)
        {
            int length = golden.Lengths[b];
            var (output, final) = stack.Forward(x.narrow(0, b, 1).narrow(1, 0, length));
            outputs.narrow(0, b, 1).narrow(1, 0, length).copy_(output.detach());
            finals.Add(final);
            loss += (output * weight.narrow(0, b, 1).narrow(1, 0, length)).sum();
        }
        Check(golden.Packed.Output, outputs, $"{name}: output");
        Check(golden.Packed.Final, torch.cat([.. finals], 1), $"{name}: h_n");

        loss.backward();
        Assert.AreEqual(golden.Grad.StateDict.Count, stack.Parameters.Count());
        foreach (var (parameter, value) in stack.Parameters)
            Check(golden.Grad.StateDict[parameter], value.grad!, $"{name}: gradient of {parameter}");
    }

    private void Check(GoldenTensor expected, torch.Tensor actual, string what)
    {
        double difference = Difference.Max(expected.ToTorch(), actual);
        TestContext.WriteLine($"{what}: {difference:g3}");
        Assert.IsLessThanOrEqualTo(Tolerance, difference, what);
    }
}
