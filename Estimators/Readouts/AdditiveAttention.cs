using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>
/// The mean over the steps, weighted by <c>softmax over steps of v · tanh(W h + b)</c> (Bahdanau, Cho and Bengio, 2015; Yang et al., 2016).
/// </summary>
internal sealed class AdditiveAttention : ReadoutLayer
{
    private readonly int _size;
    private readonly Linear _hidden; // W [A, S], b [A]
    private readonly Linear _score;  // v [1, A]

    /// <param name="size">Values per step that it reads.</param>
    /// <param name="hidden">Values of the hidden layer.</param>
    /// <param name="random">What initial weights are drawn from.</param>
    public AdditiveAttention(int size, int hidden, Random random)
    {
        _size = size;
        _hidden = torch.nn.Linear(size, hidden);
        _score = torch.nn.Linear(hidden, 1, hasBias: false);
        Draw(_hidden.weight, size, hidden, random);
        TensorData.Write(_hidden.bias!, new float[hidden]);
        Draw(_score.weight, hidden, 1, random);
    }

    public override IEnumerable<(string Name, Parameter Value)> Parameters =>
        [("attention.weight", _hidden.weight), ("attention.bias", _hidden.bias!), ("attention.score", _score.weight)];

    public override IEnumerable<torch.nn.Module> Modules => [_hidden, _score];

    public override torch.Tensor Forward(torch.Tensor values, torch.Tensor? lengths)
    {
        var padding = lengths is null ? null : Padding(values, lengths);
        var real = padding is null ? values : values.masked_fill(padding, Zero); // what stands there may be NaN, which 0 would not cancel
        return (Weigh(real, padding) * real).sum([0]);                         // [B, S]
    }

    /// <summary>How much each step counts, <c>[steps, batch, 1]</c>: 0 past a length, in sum 1.</summary>
    public torch.Tensor Weigh(torch.Tensor values, torch.Tensor? padding)
    {
        var scores = _score.call(_hidden.call(values).tanh()); // [T, B, 1]
        return (padding is null ? scores : scores.masked_fill(padding, Lowest)).softmax(0);
    }

    public override (string Output, string? Weights) EmitOnnx(OnnxGraphBuilder graph, string values, string? lengths)
    {
        string? within = lengths is null ? null : SequenceMask.Emit(graph, values, lengths);
        string real = within is null ? values : EmitMasked(graph, values, within, other: 0);
        string scores = EmitScores(graph, real);
        string masked = within is null ? scores : EmitMasked(graph, scores, within, float.NegativeInfinity);
        string weights = graph.Node("Softmax", [masked], ("axis", 0));                                          // [T, B, 1]
        return (graph.Node("ReduceSum", [graph.Node("Mul", [weights, real]), graph.Integers(0)], ("keepdims", 0)), weights);
    }

    // The mean so far, and the sum of the weights so far with the largest score, relative to which they are: no score overflows.
    public override string EmitStreaming(OnnxGraphBuilder graph, string step, StreamingStates states)
    {
        string score = EmitScores(graph, step);                                                                 // [1, B, 1]
        string mean = states.Before("r", _size), sum = states.Before("w", 1), largest = states.Before("l", 1);
        string hasBegun = graph.Node("Greater", [sum, graph.Singles(0)]);
        string reference = graph.Node("Where", [hasBegun, graph.Node("Max", [largest, score]), score]);
        string Relative(string to) => graph.Node("Exp", [graph.Node("Sub", [to, reference])]);
        string weight = Relative(score);
        string kept = graph.Node("Where", [hasBegun, graph.Node("Mul", [sum, Relative(largest)]), graph.Singles(0)]);
        string total = graph.Node("Add", [kept, weight]);
        string change = graph.Node("Mul", [graph.Node("Sub", [step, mean]), graph.Node("Div", [weight, total])]);
        string next = graph.Node("Add", [mean, change]);
        states.After("r", "rn", next);
        states.After("w", "wn", total);
        states.After("l", "ln", reference);
        return next;
    }

    // [T, B, S] → [T, B, 1]
    private string EmitScores(OnnxGraphBuilder graph, string values)
    {
        string Weight((string Name, Parameter Value) parameter) =>
            graph.Initializer(parameter.Name, TensorData.Read(parameter.Value), parameter.Value.shape);
        string[] weights = [.. Parameters.Select(Weight)];
        string Transposed(string weight) => graph.Node("Transpose", [weight], ("perm", new long[] { 1, 0 }));   // once, at loading
        string hidden = graph.Node("Add", [graph.Node("MatMul", [values, Transposed(weights[0])]), weights[1]]); // [T, B, A]
        return graph.Node("MatMul", [graph.Node("Tanh", [hidden]), Transposed(weights[2])]);
    }

    private static void Draw(Parameter weight, int inputs, int outputs, Random random)
    {
        var values = new float[inputs * outputs];
        InitialWeights.GlorotUniform(values, inputs, outputs, random);
        TensorData.Write(weight, values);
    }
}
