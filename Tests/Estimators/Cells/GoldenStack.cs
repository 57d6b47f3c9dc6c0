using MlNetRnn.Fused;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Tests;

/// <summary>The layers of a golden case, made by the library's cell and holding PyTorch's weights.</summary>
internal sealed class GoldenStack : IDisposable
{
    private readonly RecurrentCell _cell;
    private readonly RecurrentLayer[] _layers;

    private readonly TrainingThreads? _threads;

    /// <param name="golden">The case.</param>
    /// <param name="fused">Whether the layers are computed by our own kernels.</param>
    public GoldenStack(GoldenCase golden, bool fused = false)
    {
        _cell = Networks.Cell(golden.Cell);
        int directions = golden.Bidirectional ? 2 : 1;
        _layers = [.. Enumerable.Range(0, golden.Layers)
            .Select(l => _cell.CreateLayer(l == 0 ? golden.Features : golden.Hidden * directions, golden.Hidden, golden.Bidirectional))];
        _threads = fused ? new TrainingThreads(2) : null;
        foreach (var layer in fused ? _layers : [])
            ((GateLayer)layer).Fuse(_threads!);
        foreach (var (name, value) in Parameters)
            TensorData.Write(value, golden.StateDict[name].Data);
    }

    /// <summary>All weights under PyTorch's names for a stack: <c>weight_ih_l0_reverse</c>, <c>bias_hh_l1</c>.</summary>
    public IEnumerable<(string Name, Parameter Value)> Parameters => _layers.SelectMany(
        (layer, l) => layer.Module.named_parameters().Select(p => (p.name.Replace("_l0", $"_l{l}", StringComparison.Ordinal), p.parameter)));

    /// <summary>From <c>[batch, steps, features]</c> to PyTorch's output and h_n; with lengths, of the steps within them.</summary>
    public (torch.Tensor Output, torch.Tensor Final) Forward(torch.Tensor batchFirst, int[]? lengths = null)
    {
        var x = batchFirst.transpose(0, 1); // [T, B, F]
        var finals = new List<torch.Tensor>();
        var steps = lengths is null ? null : torch.tensor(lengths.Select(l => (long)l).ToArray());
        foreach (var layer in _layers)
        {
            (x, var final) = layer.Forward(x, steps);
            finals.Add(final);
        }
        return (x.transpose(0, 1), torch.cat(finals));
    }

    /// <summary>The same through the emitted graph; its final states are <c>[batch, directions · hidden]</c> per layer.</summary>
    public (torch.Tensor Output, torch.Tensor Final) RunOnnx(GoldenCase golden, int[]? lengths = null)
    {
        var graph = new OnnxGraphBuilder();
        string? steps = lengths is null
            ? null
            : graph.Node("Cast", [graph.Integers([.. lengths.Select(l => (long)l)])], ("to", (int)OnnxElementType.Int32));
        string x = graph.Node("Transpose", [graph.Input("x", "batch", "steps", golden.Features)], ("perm", new long[] { 1, 0, 2 }));
        for (int l = 0; l < _layers.Length; l++)
        {
            (x, string final) = _cell.EmitOnnx(graph, _layers[l], $"rnn.{l}.", x, steps);
            graph.Output($"final{l}", final, "batch", golden.Hidden * _layers[l].Directions);
        }
        graph.Output("output", x, "steps", "batch", golden.Hidden * _layers[^1].Directions);

        float[][] outputs = OnnxRun.Run(graph, golden.X.Data, golden.X.Shape);
        long directions = _layers[0].Directions;
        var finals = outputs[..^1].Select(f => torch.tensor(f, golden.Batch, directions, golden.Hidden).transpose(0, 1)); // → [D, B, H]
        var output = torch.tensor(outputs[^1], golden.Steps, golden.Batch, directions * golden.Hidden);
        return (output.transpose(0, 1), torch.cat([.. finals]));
    }

    public void Dispose()
    {
        foreach (var layer in _layers)
            layer.Dispose();
        _threads?.Dispose();
    }
}
