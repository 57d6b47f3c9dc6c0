using System.Runtime.InteropServices;
using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// Builds an ONNX graph (opset 17, IR version 8) node by node. Cells and tasks write themselves through it, next to the
/// mathematics they export, so that the file is emitted rather than traced.
/// </summary>
public sealed class OnnxGraphBuilder
{
    /// <summary>The operator set that graphs are written for.</summary>
    public const int OperatorSet = 17;

    internal const int IrVersion = 8;

    internal const string Producer = "MlNetRnn";

    private readonly GraphProto _graph;
    private readonly HashSet<string> _names; // shared with subgraphs, which see their outer graph's values

    /// <summary>An empty graph.</summary>
    public OnnxGraphBuilder()
        : this("MlNetRnn", [])
    {
    }

    private OnnxGraphBuilder(string name, HashSet<string> names) => (_graph, _names) = (new() { Name = name }, names);

    /// <summary>A graph with the inputs, outputs and stored values of another, whose nodes are still to be added, changed or not.</summary>
    internal static OnnxGraphBuilder WithoutNodes(GraphProto graph)
    {
        var builder = new OnnxGraphBuilder(graph.Name, [.. GraphNames.Of(graph)]);
        builder._graph.MergeFrom(graph);
        builder._graph.Node.Clear();
        return builder;
    }

    /// <summary>Adds a node of the graph that this one is made from, as it is.</summary>
    internal void Append(NodeProto node) => _graph.Node.Add(node.Clone());

    /// <summary>Adds a node with another one's attributes, with inputs and outputs of its own.</summary>
    /// <returns>The names of its outputs; those that the other one leaves out are left out.</returns>
    internal string[] Append(NodeProto like, string operation, string domain, string[] inputs)
    {
        var node = new NodeProto { OpType = operation, Domain = domain, Name = Unique(operation), Input = { inputs }, Attribute = { like.Attribute } };
        node.Output.Add(like.Output.Select((name, i) => name.Length > 0 ? Claim($"{node.Name}.{i}") : ""));
        _graph.Node.Add(node);
        return [.. node.Output];
    }

    /// <summary>Stores a tensor under its name, unless the same is stored already.</summary>
    internal void Store(TensorProto tensor)
    {
        if (_graph.Initializer.Contains(tensor))
            return;
        Claim(tensor.Name);
        _graph.Initializer.Add(tensor);
    }

    /// <summary>Gives a value the name that a left-out node's output had.</summary>
    internal void Alias(string name, string value) =>
        _graph.Node.Add(new NodeProto { OpType = "Identity", Name = Unique("Alias"), Input = { value }, Output = { name } });

    /// <summary>
    /// An empty subgraph, such as the body of a <c>Scan</c>: it declares inputs and outputs of its own, may read every value of this graph
    /// by its name, and is given to <see cref="Node"/> as an attribute's value.
    /// </summary>
    /// <returns>The subgraph.</returns>
    public OnnxGraphBuilder Subgraph() => new(Unique("body"), _names);

    /// <summary>
    /// Stores what a subgraph stores here instead, where files' readers and other precisions look for weights: the names are the same.
    /// </summary>
    internal void TakeInitializers(OnnxGraphBuilder body)
    {
        _graph.Initializer.Add(body._graph.Initializer);
        body._graph.Initializer.Clear();
    }

    /// <summary>A name that no value of the graph has yet.</summary>
    /// <param name="stem">What it begins with.</param>
    /// <returns>The name; it is not taken until a value is declared under it.</returns>
    public string UnusedName(string stem)
    {
        int i = 0;
        while (_names.Contains($"{stem}_{i}"))
            i++;
        return $"{stem}_{i}";
    }

    /// <summary>Declares a Single input of the graph.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="dimensions">One entry a dimension: a number, or a name for a size known only at run time.</param>
    /// <returns><paramref name="name"/>.</returns>
    public string Input(string name, params ReadOnlySpan<object> dimensions) => Input(name, OnnxElementType.Float, dimensions);

    /// <summary>Declares an input of the graph.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="dimensions">One entry a dimension: a number, or a name for a size known only at run time.</param>
    /// <returns><paramref name="name"/>.</returns>
    public string Input(string name, OnnxElementType type, params ReadOnlySpan<object> dimensions)
    {
        _graph.Input.Add(ValueInfo(Claim(name), type, dimensions));
        return name;
    }

    /// <summary>Declares <paramref name="value"/> an output of the graph under the name <paramref name="name"/>.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="value">The value it takes.</param>
    /// <param name="dimensions">One entry a dimension: a number, or a name for a size known only at run time.</param>
    public void Output(string name, string value, params ReadOnlySpan<object> dimensions) =>
        Output(name, value, OnnxElementType.Float, dimensions);

    /// <summary>Declares <paramref name="value"/> an output of the graph under the name <paramref name="name"/>.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="value">The value it takes.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="dimensions">One entry a dimension: a number, or a name for a size known only at run time.</param>
    public void Output(string name, string value, OnnxElementType type, params ReadOnlySpan<object> dimensions)
    {
        _graph.Node.Add(new NodeProto { OpType = "Identity", Name = OutputNode(name), Input = { value }, Output = { Claim(name) } });
        _graph.Output.Add(ValueInfo(name, type, dimensions));
    }

    /// <summary>Stores Single values in the graph, weights above all, under the name given (PyTorch's state_dict key for weights).</summary>
    /// <param name="name">A name not yet used in the graph.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="dimensions">The shape; none for a scalar.</param>
    /// <returns><paramref name="name"/>.</returns>
    public string Initializer(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> dimensions) =>
        Initializer(Claim(name), OnnxElementType.Float, MemoryMarshal.AsBytes(values), dimensions);

    /// <summary>Stores whole numbers in the graph: shapes, axes, indices.</summary>
    /// <param name="values">The values, a vector.</param>
    /// <returns>The name given to them.</returns>
    public string Integers(params ReadOnlySpan<long> values) =>
        Initializer(Unique("shape"), OnnxElementType.Int64, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>Stores Single values in the graph under a name that is found for them.</summary>
    /// <param name="values">The values, a vector.</param>
    /// <returns>The name given to them.</returns>
    public string Singles(params ReadOnlySpan<float> values) =>
        Initializer(Unique("singles"), OnnxElementType.Float, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>Stores Double values in the graph under a name that is found for them.</summary>
    /// <param name="values">The values, a vector.</param>
    /// <returns>The name given to them.</returns>
    public string Doubles(params ReadOnlySpan<double> values) =>
        Initializer(Unique("doubles"), OnnxElementType.Double, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>Stores texts in the graph, such as a vocabulary, under a name that is found for them.</summary>
    /// <param name="values">The texts, a vector.</param>
    /// <returns>The name given to them.</returns>
    public string Texts(params ReadOnlySpan<string> values)
    {
        var tensor = new TensorProto { Name = Unique("texts"), DataType = (int)OnnxElementType.String, Dims = { values.Length } };
        foreach (string value in values)
            tensor.StringData.Add(ByteString.CopyFromUtf8(value));
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">The operator, such as <c>Gemm</c>, with its domain where it has one: <c>ai.onnx.ml.LabelEncoder</c>.</param>
    /// <param name="inputs">Names of values; empty for an optional input left out.</param>
    /// <param name="attributes">Attributes by name: whole numbers, Single, text, arrays of numbers or texts, or a <see cref="Subgraph"/>.</param>
    /// <returns>The name of its output.</returns>
    public string Node(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Nodes(operation, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    /// <param name="operation">The operator, such as <c>LSTM</c>, with its domain where it has one.</param>
    /// <param name="inputs">Names of values; empty for an optional input left out.</param>
    /// <param name="outputs">How many outputs it has.</param>
    /// <param name="attributes">Attributes by name: whole numbers, Single, text, arrays of numbers or texts, or a <see cref="Subgraph"/>.</param>
    /// <returns>The names of its outputs.</returns>
    public string[] Nodes(
        string operation, ReadOnlySpan<string> inputs, int outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var (domain, type) = Operators.Split(operation);
        var node = new NodeProto { OpType = type, Name = Unique(type) };
        if (domain.Length > 0)
            node.Domain = domain;
        node.Input.Add(inputs.ToArray());
        for (int i = 0; i < outputs; i++)
            node.Output.Add(Claim($"{node.Name}.{i}"));
        foreach (var (name, value) in attributes)
            node.Attribute.Add(OnnxAttribute.Of(name, value));
        _graph.Node.Add(node);
        return [.. node.Output];
    }

    /// <summary>The name of the node that gives an output its name.</summary>
    internal static string OutputNode(string output) => $"Output_{output}";

    /// <summary>Takes names that a graph will bring which is spliced in later.</summary>
    internal void Reserve(IEnumerable<string> names) => _names.UnionWith(names);

    /// <summary>Whether a value has the name, or it is kept for one.</summary>
    internal bool IsTaken(string name) => _names.Contains(name);

    /// <summary>Adds the nodes and initializers of another graph, whose names are reserved.</summary>
    internal void Splice(GraphProto part)
    {
        _graph.Initializer.Add(part.Initializer);
        _graph.Node.Add(part.Node);
        _graph.ValueInfo.Add(part.ValueInfo);
    }

    /// <summary>Declares an input that a spliced graph reads under its own name.</summary>
    internal void Input(ValueInfoProto input) => _graph.Input.Add(input);

    /// <summary>Declares a value that a spliced graph gives under the output's own name.</summary>
    internal void Output(ValueInfoProto output) => _graph.Output.Add(output);

    /// <summary>The graph as the body of a node.</summary>
    internal GraphProto BodyGraph => _graph;

    internal GraphProto BuildGraph()
    {
        UnusedValues.Remove(_graph);
        return _graph;
    }

    internal ModelProto Build() => new()
    {
        IrVersion = IrVersion,
        ProducerName = "MlNetRnn",
        ProducerVersion = typeof(OnnxGraphBuilder).Assembly.GetName().Version!.ToString(3),
        Graph = BuildGraph(),
        OpsetImport = { Operators.Sets(_graph) },
    };

    private string Initializer(string name, OnnxElementType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<long> dimensions)
    {
        // raw_data is little endian by the standard, as is every platform that .NET and ONNX Runtime share
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.Add(dimensions.ToArray());
        _graph.Initializer.Add(tensor);
        return name;
    }

    private string Claim(string name) => _names.Add(name)
        ? name
        : throw new ArgumentException($"The ONNX graph already has a value named '{name}'; "
            + "every value needs a name of its own.", nameof(name));

    private string Unique(string stem) => Claim(UnusedName(stem));

    private static ValueInfoProto ValueInfo(string name, OnnxElementType type, ReadOnlySpan<object> dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(dimension is string symbol
                ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
                : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(dimension) });
        }
        return new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
