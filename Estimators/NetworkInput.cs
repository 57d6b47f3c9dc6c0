using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// What the first recurrent layer reads: the scaled steps as they are, or with their changes beside them, several as one. Its torch form and
/// its ONNX form stand side by side.
/// </summary>
/// <param name="options">What is made of the steps.</param>
/// <param name="features">Values of a step.</param>
/// <param name="deltaGains">What each feature's change is multiplied by; null without changes.</param>
internal sealed class NetworkInput(InputOptions options, int features, float[]? deltaGains)
{
    private readonly int _stacked = options.StackedSteps;

    /// <summary>Values of a step that the first layer reads.</summary>
    public int Size => features * (deltaGains is null ? 1 : 2) * _stacked;

    /// <summary>Steps that are read of a number of steps.</summary>
    public int Steps(int steps) => (steps + _stacked - 1) / _stacked;

    /// <param name="x"><c>[steps, batch, features]</c>, zero past each sequence's length.</param>
    /// <param name="lengths">Steps of each sequence, int64 <c>[batch]</c>; null where each has all.</param>
    /// <returns><c>[steps / stacked, batch, size]</c> and the lengths in these steps.</returns>
    public (torch.Tensor Input, torch.Tensor? Lengths) Forward(torch.Tensor x, torch.Tensor? lengths)
    {
        if (deltaGains is not null)
            x = WithDeltas(x, lengths, deltaGains);
        return _stacked == 1 ? (x, lengths) : (Stack(x), lengths is null ? null : StackedLengths(lengths));
    }

    /// <inheritdoc cref="Forward"/>
    /// <param name="graph">The graph.</param>
    /// <param name="x"><c>[steps, batch, features]</c>, zero past each sequence's length.</param>
    /// <param name="lengths">Steps of each sequence, int32 <c>[batch]</c>; null where each has all.</param>
    public (string Input, string? Lengths) EmitOnnx(OnnxGraphBuilder graph, string x, string? lengths)
    {
        if (deltaGains is not null)
            x = EmitDeltas(graph, x, lengths, deltaGains);
        return _stacked == 1 ? (x, lengths) : (EmitStack(graph, x), lengths is null ? null : EmitStackedLengths(graph, lengths));
    }

    private static torch.Tensor WithDeltas(torch.Tensor x, torch.Tensor? lengths, float[] gains)
    {
        var changes = torch.zeros_like(x);                                                        // [T, B, F]
        long steps = x.shape[0];
        using var gain = torch.tensor(gains, device: x.device);
        if (steps > 1)
            changes.narrow(0, 1, steps - 1).copy_((x.narrow(0, 1, steps - 1) - x.narrow(0, 0, steps - 1)) * gain);
        if (lengths is not null) // the step from the last real one into the padding is none
            changes.mul_(torch.arange(steps, dtype: torch.int64).unsqueeze(1).lt(lengths.unsqueeze(0)).unsqueeze(2).to(x.device));
        return torch.cat([x, changes], 2);                                                        // [T, B, 2F]
    }

    private torch.Tensor Stack(torch.Tensor x)
    {
        long steps = x.shape[0], batch = x.shape[1], size = x.shape[2], stacks = Steps((int)steps);
        if (stacks * _stacked > steps)
            x = torch.cat([x, torch.zeros(stacks * _stacked - steps, batch, size, dtype: x.dtype, device: x.device)], 0);
        return x.view(stacks, _stacked, batch, size).transpose(1, 2).reshape(stacks, batch, _stacked * size);
    }

    private torch.Tensor StackedLengths(torch.Tensor lengths)
    {
        long[] steps = lengths.data<long>().ToArray(); // on the CPU
        for (int b = 0; b < steps.Length; b++)
            steps[b] = Steps((int)steps[b]);
        return torch.tensor(steps);
    }

    private static string EmitDeltas(OnnxGraphBuilder graph, string x, string? lengths, float[] gains)
    {
        string time = graph.Integers(0), gain = graph.Initializer("deltas.gains", gains, gains.Length);
        string later = graph.Node("Slice", [x, graph.Integers(1), graph.Integers(int.MaxValue), time]);
        string earlier = graph.Node("Slice", [x, graph.Integers(0), graph.Integers(-1), time]);
        string changes = graph.Node("Mul", [graph.Node("Sub", [later, earlier]), gain]);          // [T - 1, B, F]
        changes = graph.Node("Pad", [changes, graph.Integers(1, 0, 0, 0, 0, 0)]);                 // [T, B, F], 0 first
        if (lengths is not null)
            changes = graph.Node("Where", [SequenceMask.Emit(graph, x, lengths), changes, graph.Singles(0f)]);
        return graph.Node("Concat", [x, changes], ("axis", 2));                                   // [T, B, 2F]
    }

    // Padded at the end by less than a whole stack, so that any number of steps will do.
    private string EmitStack(OnnxGraphBuilder graph, string x)
    {
        string padded = graph.Node("Pad", [x, graph.Integers(0, 0, 0, _stacked - 1, 0, 0)]);      // [T + k - 1, B, G]
        string steps = graph.Node("Gather", [graph.Node("Shape", [padded]), graph.Integers(0)]);  // [1]
        string whole = graph.Node("Mul", [graph.Node("Div", [steps, graph.Integers(_stacked)]), graph.Integers(_stacked)]);
        string cut = graph.Node("Slice", [padded, graph.Integers(0), whole, graph.Integers(0)]);  // [T', B, G], T' a multiple of k
        string batchMajor = graph.Node("Transpose", [cut], ("perm", new long[] { 1, 0, 2 }));     // [B, T', G]
        string stacks = graph.Node("Reshape", [batchMajor, graph.Integers(0, -1, Size)]);         // [B, T'/k, k·G]
        return graph.Node("Transpose", [stacks], ("perm", new long[] { 1, 0, 2 }));               // [T'/k, B, k·G]
    }

    private string EmitStackedLengths(OnnxGraphBuilder graph, string lengths)
    {
        string wide = graph.Node("Cast", [lengths], ("to", (int)OnnxElementType.Int64));
        string stacks = graph.Node("Div", [graph.Node("Add", [wide, graph.Integers(_stacked - 1)]), graph.Integers(_stacked)]);
        return graph.Node("Cast", [stacks], ("to", (int)OnnxElementType.Int32));
    }
}
