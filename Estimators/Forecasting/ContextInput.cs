using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn;

/// <summary>
/// What a forecasting network reads of the columns beside the window: their scaled values as they are, and an embedding of each key, whose first
/// row stands for a missing one.
/// </summary>
internal sealed class ContextInput : IDisposable
{
    private const int MostEmbeddingValues = 32;

    private readonly Covariates _covariates;
    private readonly List<(int At, Embedding Embedding)> _keys = [];
    private readonly long[] _numbers; // where they stand

    public ContextInput(Covariates covariates, Random random)
    {
        _covariates = covariates;
        _numbers = [.. Enumerable.Range(0, covariates.Size).Where(covariates.IsNumber).Select(i => (long)i)];
        int at = 0;
        foreach (var column in covariates.Columns)
        {
            if (column.Kind == CovariateKind.StaticKey)
                _keys.Add((at, Create(column.Keys, random)));
            at += column.Size;
        }
        Size = _numbers.Length + _keys.Sum(k => (int)k.Embedding.weight!.shape[1]);
    }

    /// <summary>Values that the network reads.</summary>
    public int Size { get; }

    public IEnumerable<torch.nn.Module> Modules => _keys.Select(k => k.Embedding);

    public IEnumerable<(string Name, Parameter Value)> Parameters => _keys.Select((k, i) => (Name(i), k.Embedding.weight!));

    /// <summary>Values of the embedding of so many keys: the rule of thumb of fast.ai (Howard and Gugger, 2020), within bounds.</summary>
    public static int EmbeddingSize(int keys) => Math.Clamp((int)Math.Round(1.6 * Math.Pow(keys, 0.56)), 2, MostEmbeddingValues);

    /// <param name="context">Scaled values, keys as their numbers, <c>[batch, values]</c>.</param>
    /// <returns><c>[batch, size]</c>.</returns>
    public torch.Tensor Forward(torch.Tensor context)
    {
        using var numbers = torch.tensor(_numbers, device: context.device);
        torch.Tensor[] parts =
        [
            context.index_select(1, numbers),
            .. _keys.Select(k => k.Embedding.call(context.select(1, k.At).to(torch.int64))),
        ];
        return torch.cat(parts, 1);
    }

    /// <inheritdoc cref="Forward"/>
    public string EmitOnnx(OnnxGraphBuilder graph, string context)
    {
        List<string> parts = [];
        if (_numbers.Length > 0)
            parts.Add(graph.Node("Gather", [context, graph.Integers(_numbers)], ("axis", 1)));
        for (int i = 0; i < _keys.Count; i++)
        {
            var weight = _keys[i].Embedding.weight!;
            string stored = graph.Initializer(Name(i), TensorData.Read(weight), weight.shape);
            parts.Add(graph.Node("Gather", [stored, EmitKeys(graph, context, _keys[i].At, (int)weight.shape[0] - 1)]));       // [B, E]
        }
        return graph.Node("Concat", [.. parts], ("axis", 1));
    }

    public void ReadOnnx(OnnxWeights weights)
    {
        for (int i = 0; i < _keys.Count; i++)
            TensorData.Write(_keys[i].Embedding.weight!, weights.Read(Name(i), _keys[i].Embedding.weight!.shape));
    }

    public void Dispose() => _keys.ForEach(k => k.Embedding.Dispose());

    // Keys that there are not, NaN among them, are missing ones: Gather would end the run.
    private static string EmitKeys(OnnxGraphBuilder graph, string context, int at, int keys)
    {
        string column = graph.Node("Gather", [context, graph.Integers(at)], ("axis", 1));                                      // [B, 1]
        string isKey = graph.Node("And",
            [graph.Node("Greater", [column, graph.Singles(0f)]), graph.Node("LessOrEqual", [column, graph.Singles(keys)])]);
        string known = graph.Node("Where", [isKey, column, graph.Singles(0f)]);
        return graph.Node("Cast", [graph.Node("Squeeze", [known, graph.Integers(1)])], ("to", (int)OnnxElementType.Int64));  // [B]
    }

    private static string Name(int key) => $"context.{key}.weight";

    private static Embedding Create(int keys, Random random)
    {
        int size = EmbeddingSize(keys);
        var embedding = torch.nn.Embedding(keys + 1, size);
        var values = new float[(keys + 1) * size];
        InitialWeights.Normal(values, random);
        TensorData.Write(embedding.weight!, [.. values.Select(v => 0.1f * v)]);
        return embedding;
    }
}
