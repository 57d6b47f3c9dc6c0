using System.Collections.Immutable;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// A fitted pipeline seen as what it computes: the columns that depend on its model, and backwards from them the steps and raw columns
/// that they need. Columns are told by their level, the number of steps that they come after.
/// </summary>
internal sealed class ConvertedChain
{
    private readonly ChainStep[] _steps;
    private readonly DataViewSchema _raw;

    /// <exception cref="NotSupportedException">The pipeline is not one that can be converted; the message says why.</exception>
    /// <exception cref="ArgumentException">The schema does not suit the pipeline.</exception>
    public ConvertedChain(ITransformer model, DataViewSchema inputSchema, ImmutableArray<OnnxStepConverter> converters)
    {
        var steps = OpenedSteps.Of(model);
        (WindowAt, ModelAt) = (ChainShape.FindWindow(steps), ChainShape.FindModel(steps));
        _raw = inputSchema;
        _steps = Bind(steps, inputSchema);
        Converters = new StepConverters(converters);
        Model = ((SequenceTransformer)_steps[ModelAt].Transformer).Model;
        Outputs = [.. Schema(_steps.Length).Where(c => !c.IsHidden && DependsOn(ModelAt, _steps.Length, c))];
        ChainShape.Check(this);
        IsFolded = Model.Manifest.Tokens > 0 || !(FeatureIsGiven() && OutputsAreTheModels());
        Inputs = new ChainInputs(this, Model.Manifest, known: null);
        if (IsFolded)
            Discover();
    }

    public StepConverters Converters { get; }

    public SequenceModel Model { get; }

    /// <summary>Which step is the windowing; null where there is none.</summary>
    public int? WindowAt { get; }

    /// <summary>Which step is the model.</summary>
    public int ModelAt { get; }

    public int Levels => _steps.Length;

    /// <summary>The visible columns of the final schema that depend on the model.</summary>
    public ImmutableArray<DataViewSchema.Column> Outputs { get; }

    /// <summary>Whether any step but the windowing and the model is part of the graph.</summary>
    public bool IsFolded { get; }

    /// <summary>What the graph takes; of a chain that is not folded, nothing is listed.</summary>
    public ChainInputs Inputs { get; }

    /// <summary>Whether a step between the windows (or the given sequences) and the model makes the model's input of them.</summary>
    public bool ReadsWholeSequences
    {
        get
        {
            int level = Origin(ModelAt, Feature).Level;
            return Model.Manifest.Steps > 0 && level > (WindowAt + 1 ?? 0);
        }
    }

    /// <summary>The classes of the steps that are part of the graph.</summary>
    public ImmutableArray<string> FoldedSteps { get; private set; } = [];

    /// <summary>Whether sequences shorter than the model's, padded by NaN at their beginning, give what they give without padding.</summary>
    public bool KeepsPadding { get; private set; } = true;

    /// <summary>The columns of a window's step, raw or prepared by steps before the windowing.</summary>
    public DataViewSchema.Column[] WindowedColumns => new WindowBinding(Window!.Settings, Schema(WindowAt!.Value)).Inputs;

    public SlidingWindowTransformer? Window => WindowAt is { } at ? (SlidingWindowTransformer)_steps[at].Transformer : null;

    /// <summary>The step that leads to a level.</summary>
    public ChainStep StepTo(int level) => _steps[level - 1];

    public DataViewSchema Schema(int level) => level == 0 ? _raw : _steps[level - 1].Output;

    /// <summary>The column of sequences that the model reads, at level <see cref="ModelAt"/>.</summary>
    public DataViewSchema.Column Feature => Schema(ModelAt)[Model.Manifest.FeatureColumnName];

    /// <summary>Whether a column depends on what a step makes.</summary>
    public bool DependsOn(int step, int level, DataViewSchema.Column column)
    {
        if (level <= step)
            return false;
        var last = StepTo(level);
        if (last.PassedThrough(column) is { } same)
            return DependsOn(step, level - 1, same);
        return level == step + 1 || last.Dependencies(column).Any(c => DependsOn(step, level - 1, c));
    }

    /// <summary>The level and column that a column is, unchanged.</summary>
    public (int Level, DataViewSchema.Column Column) Origin(int level, DataViewSchema.Column column)
    {
        while (level > 0 && StepTo(level).PassedThrough(column) is { } same)
            (level, column) = (level - 1, same);
        return (level, column);
    }

    /// <summary>The file's model: the trained one where nothing is folded around it.</summary>
    /// <param name="streaming">Whether it is one step of the model.</param>
    /// <exception cref="NotSupportedException">The model, or a step around it, cannot be run step by step; the message says why.</exception>
    public SequenceModel Convert(bool streaming = false)
    {
        var model = streaming ? Model.AsStreaming() : Model;
        var manifest = ChainManifest.Of(this) with { IsStreaming = streaming };
        if (!IsFolded)
            return Window is null ? model : model.With(manifest);
        var form = streaming ? WindowForm.Observation : WindowForm.Sequence;
        return SequenceModel.Create(Fold(Onnx.ModelProto.Parser.ParseFrom(model.OnnxBytes), form), manifest);
    }

    /// <summary>
    /// Folds the steps around a graph whose input of the model's feature column is a window or an observation. Its other inputs, and
    /// outputs that are not the model's, stay as they are.
    /// </summary>
    public Onnx.ModelProto Fold(Onnx.ModelProto model, WindowForm form) =>
        new ChainEmitter(this, new ChainInputs(this, Model.Manifest, Inputs), form).Emit(model);

    // Which raw columns are read, and in which order, is known when all is emitted: once to find out, then again for good.
    private void Discover()
    {
        var emitter = new ChainEmitter(this, Inputs, WindowForm.Sequence);
        emitter.Emit(Onnx.ModelProto.Parser.ParseFrom(Model.OnnxBytes));
        FoldedSteps = emitter.ConvertedSteps;
        KeepsPadding = emitter.KeepsPadding;
    }

    private bool FeatureIsGiven()
    {
        var (level, column) = Origin(ModelAt, Feature);
        if (WindowAt is not { } window)
            return level == 0;
        return level == window + 1 && StepTo(level).Dependencies(column).All(c => Origin(window, c).Level == 0);
    }

    private bool OutputsAreTheModels()
    {
        var made = Schema(ModelAt + 1).Skip(Schema(ModelAt).Count).ToArray();
        return ScoreColumn.Of(Model.Manifest).All(c => c.IsOutput) && Outputs.Length == made.Length && Outputs.Select(c => Origin(Levels, c))
            .SequenceEqual(made.Select(c => (ModelAt + 1, c)), EqualityComparer<(int Level, DataViewSchema.Column Column)>
                .Create((a, b) => a.Level == b.Level && a.Column.Index == b.Column.Index));
    }

    private static ChainStep[] Bind((ITransformer Transformer, string Name)[] steps, DataViewSchema schema)
    {
        var bound = new List<ChainStep>();
        foreach (var (transformer, name) in steps)
            bound.Add(new(transformer, name, bound.Count == 0 ? schema : bound[^1].Output));
        return [.. bound];
    }
}
