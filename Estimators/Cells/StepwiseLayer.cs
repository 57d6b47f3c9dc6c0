using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>Runs a <see cref="StepwiseCell"/> over sequences during training, step by step.</summary>
internal sealed class StepwiseLayer(StepwiseCell cell, int inputSize, int hiddenSize, bool bidirectional)
    : RecurrentLayer(new Weighted(cell, inputSize, hiddenSize, bidirectional), inputSize, hiddenSize, bidirectional)
{
    /// <summary>The name of a direction's weight in the module and the model file.</summary>
    public static string NameOf(CellWeight weight, int direction) => direction == 0 ? weight.Name : $"{weight.Name}_reverse";

    public void Initialize(Random random)
    {
        var parameters = Module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        for (int d = 0; d < Directions; d++)
        {
            foreach (var weight in cell.Weights(InputSize, HiddenSize))
                TensorData.Write(parameters[NameOf(weight, d)], weight.InitialValues(random));
        }
    }

    public override (torch.Tensor Output, torch.Tensor Final) Forward(torch.Tensor input, torch.Tensor? lengths)
    {
        var within = lengths is null ? null : Within(input, lengths).unbind(0); // [B, 1] each
        var directions = Enumerable.Range(0, Directions).Select(d => Run(d, input, within)).ToArray();
        return (torch.cat([.. directions.Select(r => r.Output)], dim: 2), torch.stack(directions.Select(r => r.Final), dim: 0));
    }

    private (torch.Tensor Output, torch.Tensor Final) Run(int direction, torch.Tensor input, torch.Tensor[]? within)
    {
        var weights = ((Weighted)Module).Of(direction);
        var projected = cell.ForwardInput(weights, input).unbind(0); // [B, P] each
        var states = Enumerable.Range(0, cell.States)
            .Select(_ => torch.zeros(input.shape[1], HiddenSize, dtype: input.dtype, device: input.device)).ToArray(); // [B, H] each
        var outputs = new torch.Tensor[projected.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            int t = direction == 0 ? i : outputs.Length - 1 - i;
            var next = cell.ForwardStep(weights, projected[t], states);
            if (i == 0)
                CheckStates(next, input.shape[1]);
            outputs[t] = within is null ? next[0] : next[0] * within[t]; // zero past the length
            states = within is null ? next : [.. next.Zip(states, (after, before) => torch.where(within[t], after, before))];
        }
        return (torch.stack(outputs, dim: 0), states[0]); // [T, B, H], [B, H]
    }

    private void CheckStates(torch.Tensor[] states, long batch)
    {
        if (states?.Length == cell.States && states.All(s => s.shape.AsSpan().SequenceEqual([batch, HiddenSize])))
            return;
        string given = string.Join(", ", states?.Select(s => $"[{string.Join(", ", s.shape)}]") ?? ["null"]);
        throw new InvalidOperationException($"ForwardStep of cell '{cell}' gave {given}, expected {cell.States} (its States) of shape "
            + $"[{batch}, {HiddenSize}], [batch, hiddenSize]. Correct the cell.");
    }

    // Whether a step lies within its sequence's length, Bool [T, B, 1].
    private static torch.Tensor Within(torch.Tensor input, torch.Tensor lengths) =>
        torch.arange(input.shape[0], dtype: torch.int64).view(-1, 1, 1).less(lengths.view(1, -1, 1)).to(input.device);

    /// <summary>The weights of all directions.</summary>
    private sealed class Weighted : torch.nn.Module
    {
        private readonly Dictionary<string, torch.Tensor>[] _byDirection;

        public Weighted(StepwiseCell cell, int inputSize, int hiddenSize, bool bidirectional)
            : base(cell.Name)
        {
            Check(cell, cell.Weights(inputSize, hiddenSize), bidirectional);
            _byDirection = new Dictionary<string, torch.Tensor>[bidirectional ? 2 : 1];
            for (int d = 0; d < _byDirection.Length; d++)
                _byDirection[d] = cell.Weights(inputSize, hiddenSize).ToDictionary(w => w.Name, torch.Tensor (w) => Register(w, NameOf(w, d)));
        }

        public Dictionary<string, torch.Tensor> Of(int direction) => _byDirection[direction];

        private static void Check(StepwiseCell cell, IReadOnlyList<CellWeight> weights, bool bidirectional)
        {
            if (cell.States < 1)
                throw new InvalidOperationException($"Cell '{cell}' has {cell.States} States; it needs at least 1, the output.");
            if (weights is null)
                throw new InvalidOperationException($"Weights of cell '{cell}' is null; give a list, empty for none.");
            string[] names = [.. weights.Select(w => NameOf(w, 0)), .. bidirectional ? weights.Select(w => NameOf(w, 1)) : []];
            if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
                throw new InvalidOperationException($"Cell '{cell}' has two weights of the name '{twice.Key}'; give each a name of its own"
                    + $"{(bidirectional ? ", also with '_reverse' behind it, which the second direction's have" : "")}.");
        }

        private Parameter Register(CellWeight weight, string name)
        {
            var parameter = new Parameter(torch.zeros([.. weight.Shape.Select(size => (long)size)], dtype: torch.float32));
            register_parameter(name, parameter);
            return parameter;
        }
    }
}
