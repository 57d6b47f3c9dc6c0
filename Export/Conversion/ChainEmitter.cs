using System.Collections.Immutable;
using Microsoft.ML;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>
/// Writes a chain around its model's graph: each column when it is first asked for, so that nothing is written that is not needed.
/// </summary>
internal sealed class ChainEmitter(ConvertedChain chain, ChainInputs inputs, WindowForm form)
{
    private readonly OnnxGraphBuilder _graph = new();
    private readonly Dictionary<(int Level, int Column), OnnxColumn> _columns = [];
    private readonly Dictionary<string, string> _modelOutputs = []; // the model's outputs under their names in the graph
    private GraphProto _model = new();
    private string _sequence = ""; // the name under which the model reads sequences
    private bool _isSpliced;
    private readonly SortedDictionary<int, string> _converted = []; // the classes of converted steps by their level

    /// <summary>The classes of the steps that were written, in the pipeline's order.</summary>
    public ImmutableArray<string> ConvertedSteps => [.. _converted.Values];

    /// <summary>Whether padding of sequences, NaN at their beginning, comes to the model as it is.</summary>
    public bool KeepsPadding { get; private set; } = true;

    public ModelProto Emit(ModelProto model)
    {
        _model = model.Graph.Clone();
        ReserveNames();
        OnnxColumn[] outputs = [.. chain.Outputs.Select(c => Column(chain.Levels, c))];
        foreach (var output in outputs)
            _ = output.Value; // all nodes before those of the outputs, which take the columns' names
        Roots.Declare();
        foreach (var input in _model.Input) // such as the state of a network that is run step by step
            _graph.Input(input);
        for (int i = 0; i < outputs.Length; i++)
            EmitOutput(chain.Outputs[i], outputs[i]);
        EmitOtherOutputs();
        return _graph.Build();
    }

    // Columns' names go before the names inside the model's graph.
    private void ReserveNames()
    {
        string feature = chain.Model.Manifest.FeatureColumnName;
        if (chain.Model.Manifest.Forecast is { Covariates: { IsEmpty: false } covariates })
        {
            throw new NotSupportedException($"The model reads {string.Join(", ", covariates.Select(c => $"'{c.ColumnName}'"))} beside the window, and "
                + "steps of the pipeline change the window before it or the forecast behind it. Export the trainer's model alone.");
        }
        if (_model.Input.All(i => i.Name != feature))
            throw new InvalidOperationException($"The model's graph has no input '{feature}'.");
        HashSet<string> outer =
        [
            feature,
            .. inputs.Names,
            .. chain.Schema(0).Select(c => c.Name),
            .. chain.Outputs.SelectMany(c => new[] { c.Name, OnnxGraphBuilder.OutputNode(c.Name) }),
            .. chain.Model.Manifest.Outputs.Select(o => o.Name),
        ];
        outer.ExceptWith(StateNames(feature));
        string[] own = [.. GraphNames.Of(_model).Distinct()];
        var renamed = new Dictionary<string, string>();
        foreach (string name in own.Where(outer.Contains))
        {
            int i = 0;
            while (own.Contains($"model.{name}_{i}") || outer.Contains($"model.{name}_{i}"))
                i++;
            renamed[name] = $"model.{name}_{i}";
        }
        GraphNames.Rename(_model, renamed);
        _graph.Reserve(GraphNames.Of(_model));
        _sequence = renamed[feature];
        foreach (var output in chain.Model.Manifest.Outputs)
            _modelOutputs[output.Name] = renamed[output.Name];
    }

    // Inputs and outputs that are none of the pipeline's, such as a state: whoever runs the graph knows them by their names.
    private string[] StateNames(string feature)
    {
        string[] names = [.. _model.Input.Concat(_model.Output).Select(v => v.Name).Where(n => n != feature)
            .Except(chain.Model.Manifest.Outputs.Select(o => o.Name))];
        return names.FirstOrDefault(n => inputs.Names.Contains(n) || chain.Outputs.Any(c => c.Name == n)) is { } taken
            ? throw new NotSupportedException($"The column '{taken}' has the name of a state of the network: give it another name.")
            : names;
    }

    private OnnxColumn Column(int level, DataViewSchema.Column column)
    {
        if (_columns.TryGetValue((level, column.Index), out var known))
            return known;
        return _columns[(level, column.Index)] = level == 0
            ? Roots.Column(column)
            : FromStep(level, chain.StepTo(level), column);
    }

    private OnnxColumn FromStep(int level, ChainStep step, DataViewSchema.Column column)
    {
        if (step.PassedThrough(column) is { } same)
        {
            var before = Column(level - 1, same);
            return level - 1 == chain.WindowAt ? Roots.Newest(before, same) : before;
        }
        if (level - 1 == chain.WindowAt)
            return new WindowEmitter(_graph, chain, Roots, c => Column(level - 1, c)).Column(step, column);
        if (level - 1 == chain.ModelAt)
            return ModelOutput(column);
        _converted[level] = step.Transformer.GetType().Name;
        var context = new OnnxStepContext(_graph, step, column, c => Column(level - 1, c));
        return chain.Converters.Find(step, column).Convert(step.Transformer, context);
    }

    private RootEmitter Roots => new(_graph, chain, inputs, form);

    private OnnxColumn ModelOutput(DataViewSchema.Column column)
    {
        if (!_isSpliced)
            SpliceModel();
        if (Derived(column) is { } derived)
            return derived;
        string value = _modelOutputs[column.Name];
        int size = OnnxTypes.Size(column.Type);
        bool isFlat = OnnxTypes.Dimensions(column.Type).Length == 1;
        return new(column.Type, () => isFlat ? value : _graph.Node("Reshape", [value, _graph.Integers(0, size)])) { Shaped = value };
    }

    // A class follows from the scores, which alone are outputs of the model's graph.
    private OnnxColumn? Derived(DataViewSchema.Column column)
    {
        var score = ScoreColumn.Of(chain.Model.Manifest).Single(c => c.Name == column.Name);
        if (score.IsOutput)
            return null;
        string scores = _modelOutputs[chain.Model.Manifest.Outputs[score.Output].Name];
        return new(column.Type, () => score.EmitOnnx(_graph, scores));
    }

    private void SpliceModel()
    {
        _isSpliced = true;
        var feature = Column(chain.ModelAt, chain.Feature);
        KeepsPadding = chain.Model.Manifest.Tokens > 0 || feature.Effect >= OnnxStepEffect.Elementwise; // padding of tokens is a missing key
        string sequences = Sequences(feature);
        GraphNames.Rename(_model, new Dictionary<string, string> { [_sequence] = sequences });
        _model.Input.Remove(_model.Input.Single(i => i.Name == sequences));
        _graph.Splice(_model);
    }

    // What the model takes: [batch, steps, features], or [batch, features] of an observation.
    private string Sequences(OnnxColumn feature)
    {
        if (chain.Model.Manifest.Tokens > 0)
            return TokensAsNumbers(feature);
        if (feature.Shaped is { } shaped)
            return shaped;
        if (form == WindowForm.Observation)
            throw RootEmitter.NotWhole(chain.Feature.Name);
        if (feature.Size == 0 && !KeepsPadding)
        {
            throw new NotSupportedException($"Sequences of '{chain.Feature.Name}' have their own lengths and are padded by NaN in a file, "
                + "and a step before the trainer would turn padding into numbers. Do this step outside of the exported pipeline.");
        }
        if (feature.Size == 0)
            return feature.Value; // [batch, steps, features] through all steps
        return _graph.Node("Reshape", [feature.Value, _graph.Integers(0, -1, chain.Model.Manifest.Features)]);
    }

    // Keys [batch, steps] as the model takes them, [batch, steps, 1].
    private string TokensAsNumbers(OnnxColumn tokens)
    {
        string numbers = _graph.Node("Cast", [tokens.Value], ("to", (int)OnnxElementType.Float));
        return _graph.Node("Unsqueeze", [numbers, _graph.Integers(2)]);
    }

    private void EmitOutput(DataViewSchema.Column column, OnnxColumn value)
    {
        if (inputs.Names.Contains(column.Name))
        {
            throw new NotSupportedException($"The file has an input '{column.Name}', and the pipeline ends with a column of that name that "
                + "is another value: an ONNX graph has one value for a name. Copy the column to another name and drop this one.");
        }
        int[] sizes = ChainManifest.Output(chain, column).DimensionsOf(steps: 0);
        string shaped = value.Shaped
            ?? (sizes.Length == 1 ? value.Value : _graph.Node("Reshape", [value.Value, _graph.Integers([0, .. sizes])]));
        _graph.Output(column.Name, shaped, value.ElementType, ["batch", .. sizes.Select(s => s == 0 ? "steps" : (object)s)]);
    }

    private void EmitOtherOutputs()
    {
        foreach (var output in _model.Output.Where(o => !_modelOutputs.ContainsValue(o.Name)))
            _graph.Output(output);
    }
}
