using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>What a sequence model is: its task, columns, shapes, scaling, network and training. Kept as JSON inside the ONNX file.</summary>
public sealed record SequenceModelManifest
{
    /// <summary>The newest manifest format that this version of the library reads.</summary>
    public const int CurrentFormatVersion = 4;

    /// <summary>The format that the file was written in; files of a higher one are refused.</summary>
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>The task of a model that tells two classes apart.</summary>
    internal const string BinaryTask = "binary classification";

    /// <summary>The task of a model that tells any number of classes apart.</summary>
    internal const string MulticlassTask = "multiclass classification";

    /// <summary>The task of a model that predicts the next token of texts.</summary>
    internal const string LanguageTask = "language model";

    /// <summary>
    /// The task the model was trained for: <c>regression</c>, <c>forecasting</c>, <c>binary classification</c>,
    /// <c>multiclass classification</c> or <c>language model</c>.
    /// </summary>
    public required string Task { get; init; }

    /// <summary>
    /// The classes that a multiclass model tells apart; of a language model the tokens of its vocabulary and, last, the end of a text; null for
    /// other tasks.
    /// </summary>
    public ClassSummary? Classes { get; init; }

    /// <summary>
    /// Sequences of tokens: the number of values that their keys have. A step is then one key, and a value of the tensor its number, from 1;
    /// 0 and NaN are padding at either end of a sequence, and stand for an unknown token between. 0 for sequences of numbers.
    /// </summary>
    public int Tokens { get; init; }

    /// <summary>The column of sequences, which is also the name of the graph's input <c>[batch, steps, features]</c>.</summary>
    public required string FeatureColumnName { get; init; }

    /// <summary>The column that the model was trained to predict.</summary>
    public required string LabelColumnName { get; init; }

    /// <summary>Steps of a sequence, of which padding may be a part; 0 where sequences have any number of steps.</summary>
    public required int Steps { get; init; }

    /// <summary>
    /// Whether sequences have lengths of their own. Where they stand in one tensor, shorter ones are padded at their start with
    /// steps that are NaN in every value, which the graph leaves out.
    /// </summary>
    public bool VariableLength { get; init; }

    /// <summary>Values of a step.</summary>
    public required int Features { get; init; }

    /// <summary>The output columns of Single, which are also the graph's outputs, in their order.</summary>
    public required ImmutableArray<SequenceModelOutput> Outputs { get; init; }

    /// <summary>
    /// Output columns of other types, such as the text of a class: graph outputs that <c>ApplyOnnxModel</c> and ONNX Runtime give.
    /// </summary>
    public ImmutableArray<SequenceModelOutput> OtherOutputs
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>
    /// What the graph takes where it is not the one tensor <c>[batch, steps, features]</c> under <see cref="FeatureColumnName"/>; else
    /// empty.
    /// </summary>
    public ImmutableArray<SequenceModelInput> Inputs
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>The steps of a pipeline that are part of the graph; null where it is the trained network alone.</summary>
    public FoldedSummary? Folded { get; init; }

    /// <summary>The output that tells how much each step counts in the network's readout; null where none was asked for.</summary>
    public string? AttentionColumnName { get; init; }

    /// <summary>How a forecasting model forecasts; null for other tasks, and in files of earlier versions.</summary>
    public ForecastSummary? Forecast { get; init; }

    /// <summary>
    /// For each target the feature of a step that it is a later value of; empty where it is none, or not known; null in files of earlier
    /// versions.
    /// </summary>
    public ImmutableArray<int>? TargetFeatures { get; init; }

    /// <summary>How a language model reads and predicts tokens; null for other models.</summary>
    public LanguageSummary? Language { get; init; }

    /// <summary>How inputs and target are scaled inside the graph.</summary>
    public required ScalingSummary Scaling { get; init; }

    /// <summary>The network's layers.</summary>
    public required NetworkSummary Network { get; init; }

    /// <summary>How training went.</summary>
    public required TrainingSummary Training { get; init; }

    /// <summary>How the windows that the model takes are cut from rows; null where the pipeline did no windowing.</summary>
    public WindowSummary? Window { get; init; }

    /// <summary>
    /// How the weights are stored and multiplied; another one than <see cref="OnnxPrecision.Float32"/> comes from
    /// <see cref="OnnxExportOptions.Precision"/>.
    /// </summary>
    public OnnxPrecision Precision { get; init; }

    /// <summary>What the model hands from step to step, where it can be run so; empty where it cannot.</summary>
    public ImmutableArray<StreamingState> StreamingStates
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>Why the model cannot be run step by step; null where it can.</summary>
    public string? StreamingRefusal { get; init; }

    /// <summary>
    /// Whether the graph is one step of the model: it takes an observation <c>[batch, features]</c> and the <see cref="StreamingStates"/>
    /// in place of whole sequences.
    /// </summary>
    public bool IsStreaming { get; init; }
}

/// <summary>A value that a model hands from step to step, zero at the start.</summary>
/// <param name="Name">The step graph's input before the step, <c>[1, batch, Size]</c>.</param>
/// <param name="NextName">Its output after the step, of the same shape.</param>
/// <param name="Size">Values per stream.</param>
public sealed record StreamingState(string Name, string NextName, int Size);

/// <summary>An output of a sequence model.</summary>
/// <param name="Name">Column and ONNX name.</param>
/// <param name="Length">Values per sequence; values per step where <see cref="IsPerStep"/>.</param>
/// <param name="IsVector">Whether the ML.NET column is a vector (true) or a scalar.</param>
/// <param name="Targets">Values per step, where several targets are forecast; else 1.</param>
public sealed record SequenceModelOutput(string Name, int Length, bool IsVector, int Targets = 1)
{
    /// <summary>The sizes of one sequence's values: <c>[Length]</c>, or <c>[horizon, targets]</c>.</summary>
    internal int[] Dimensions => Targets > 1 ? [Length / Targets, Targets] : [Length];

    /// <summary>
    /// Whether there are values for each step of a sequence: the column is then a <c>Vector&lt;Single, steps, Length&gt;</c>, or
    /// <c>Vector&lt;Single, steps&gt;</c> where there is one, as long as its sequence where the number of steps varies.
    /// </summary>
    public bool IsPerStep { get; init; }

    /// <summary>The number of values of a sequence of so many steps.</summary>
    internal int Size(int steps) => IsPerStep ? checked(steps * Length) : Length;

    /// <summary>The sizes of the values of a sequence of so many steps, 0 for any number of them.</summary>
    internal int[] DimensionsOf(int steps) => !IsPerStep ? Dimensions : Length > 1 ? [steps, Length] : [steps];

    /// <summary>The type of its values in the graph.</summary>
    public OnnxElementType Type { get; init; } = OnnxElementType.Float;
}

/// <summary>An input of a file that takes several, or others than sequences of Single.</summary>
/// <param name="Name">The ONNX name.</param>
/// <param name="Type">The type of its elements; a key is ML.NET's number, 0 where it is missing.</param>
/// <param name="Columns">The columns whose values stand side by side in it.</param>
/// <param name="Shape">Its sizes after the batch: <c>[steps, values]</c> of windows, <c>[values]</c> of rows.</param>
public sealed record SequenceModelInput(string Name, OnnxElementType Type, ImmutableArray<string> Columns, ImmutableArray<int> Shape);

/// <summary>The steps of a pipeline that are part of a graph, and the network inside.</summary>
/// <param name="Steps">The steps' classes, in their order.</param>
/// <param name="Features">Values of a step that the network takes.</param>
/// <param name="LabelSize">Values that the network predicts.</param>
/// <param name="Targets">Targets among them.</param>
public sealed record FoldedSummary(ImmutableArray<string> Steps, int Features, int LabelSize, int Targets);

/// <summary>The scaling inside a model's graph, fitted on training rows only and undone in its output.</summary>
/// <param name="FeatureMeans">Mean of each feature, <c>[features]</c> (after differencing, if any).</param>
/// <param name="FeatureScales">Divisor of each feature, <c>[features]</c>.</param>
/// <param name="TargetMeans">Mean of each target (of its change, if differenced), <c>[targets]</c>.</param>
/// <param name="TargetScales">Divisor of each target, <c>[targets]</c>.</param>
/// <param name="DifferencedFeatures">
/// For each target the index of the feature whose last value it is taken relative to; every feature is then taken relative to its own
/// last value in the window. Null without differencing.
/// </param>
public sealed record ScalingSummary(
    ImmutableArray<float> FeatureMeans, ImmutableArray<float> FeatureScales, ImmutableArray<float> TargetMeans,
    ImmutableArray<float> TargetScales, ImmutableArray<int>? DifferencedFeatures)
{
    /// <summary>
    /// What the change of each feature since the step before is multiplied by, in scaled units; null where changes are not read.
    /// </summary>
    public ImmutableArray<float>? DeltaGains { get; init; }
}

/// <summary>The layers of a network.</summary>
/// <param name="Cell">The recurrent cell's name.</param>
/// <param name="Bidirectional">Whether sequences are read in both directions.</param>
/// <param name="HiddenSizes">Hidden size of each recurrent layer, first to last.</param>
/// <param name="Dropout">Share of values dropped between layers while training.</param>
/// <param name="DenseSizes">Sizes of the dense ReLU layers before the head.</param>
/// <param name="Parameters">Number of trained values.</param>
public sealed record NetworkSummary(
    string Cell, bool Bidirectional, ImmutableArray<int> HiddenSizes, double Dropout, ImmutableArray<int> DenseSizes, long Parameters)
{
    /// <summary>Networks of this kind whose predictions are averaged.</summary>
    public int Members { get; init; } = 1;

    /// <summary>Whether each feature's change since the step before stands beside it.</summary>
    public bool Deltas { get; init; }

    /// <summary>Steps that are read as one.</summary>
    public int StackedSteps { get; init; } = 1;

    /// <summary>Share of the input values dropped while training.</summary>
    public double InputDropout { get; init; }

    /// <summary>Share of the hidden-to-hidden weights dropped while training.</summary>
    public double RecurrentDropout { get; init; }

    /// <summary>Whether the output of each recurrent layer is normalised (layer normalisation).</summary>
    public bool LayerNormalization { get; init; }

    /// <summary>Values that stand for a token; null where sequences are of numbers.</summary>
    public int? EmbeddingSize { get; init; }

    /// <summary>How the network comes from the last recurrent layer's outputs to one vector per sequence.</summary>
    public SequenceReadout Readout { get; init; }

    /// <summary>Values of the hidden layer of <see cref="SequenceReadout.Attention"/>; null with another readout.</summary>
    public int? AttentionSize { get; init; }

    /// <summary>All layers from input to head; empty in files of earlier versions, which did not record them.</summary>
    public ImmutableArray<LayerSummary> Layers
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];
}

/// <summary>A layer of a network.</summary>
/// <param name="Name">Its name, which begins the names of its weights: <c>rnn.0</c>.</param>
/// <param name="Type">What it is: <c>LSTM</c>, <c>Bidirectional(GRU)</c>, <c>Dropout 0.2</c>, <c>Dense, ReLU</c>.</param>
/// <param name="OutputShape">Sizes of its output for one sequence, <c>[steps, values]</c> or <c>[values]</c>.</param>
/// <param name="Parameters">Number of trained values.</param>
public sealed record LayerSummary(string Name, string Type, ImmutableArray<int> OutputShape, long Parameters);

/// <summary>How a model was trained.</summary>
/// <param name="History">One entry per epoch.</param>
/// <param name="BestEpoch">The epoch whose weights the model has.</param>
/// <param name="Seed">The seed that reproduces it on the same machine with the same thread count.</param>
/// <param name="TrainingSequences">Labelled sequences trained on.</param>
/// <param name="ValidationSequences">Labelled sequences held out for validation.</param>
/// <param name="Seconds">Wall-clock seconds of training.</param>
/// <param name="OnnxMaxAbsDiff">
/// Largest difference between the trained network and its ONNX graph on real sequences, in standardised units.
/// </param>
public sealed record TrainingSummary(
    ImmutableArray<EpochMetrics> History, int BestEpoch, int Seed, int TrainingSequences, int ValidationSequences, double Seconds,
    double OnnxMaxAbsDiff)
{
    /// <summary>How each network was trained, where several are averaged; else empty. The history above is that of the first.</summary>
    public ImmutableArray<TrainingSummary> Members
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];
}

/// <summary>How windows are cut from rows.</summary>
/// <param name="InputColumnNames">Columns of a step, in their order.</param>
/// <param name="WindowLength">Rows in a window.</param>
/// <param name="Horizon">Rows ahead that the label reaches.</param>
/// <param name="Stride">Rows from one window to the next.</param>
/// <param name="TargetColumnName">The column that is predicted.</param>
/// <param name="GroupColumnName">The column whose value separates series; null for one series.</param>
/// <param name="TargetColumnNames">All columns that are predicted where there are several; null for one.</param>
/// <param name="Padding">Whether rows without a full window have windows too.</param>
/// <param name="MissingValues">What becomes of missing inputs; by <see cref="MissingValuePolicy.Mask"/> each has an indicator.</param>
/// <param name="Groups">How the rows of the groups lie in the data.</param>
/// <param name="TimeColumnName">The column that tells when a row is; null where it is not checked.</param>
/// <param name="TimeGaps">What becomes of gaps in the time.</param>
/// <param name="LargestTimeStep">The largest step that is no gap, where it is given.</param>
/// <param name="LargestNumericTimeStep">The largest step that is no gap, where it is given and the time is a number.</param>
public sealed record WindowSummary(
    ImmutableArray<string> InputColumnNames, int WindowLength, int Horizon, int Stride, string TargetColumnName, string? GroupColumnName,
    ImmutableArray<string>? TargetColumnNames = null, WindowPadding Padding = WindowPadding.None,
    MissingValuePolicy MissingValues = MissingValuePolicy.Keep, SeriesGroups Groups = SeriesGroups.Contiguous,
    string? TimeColumnName = null, TimeGaps TimeGaps = TimeGaps.Error, TimeSpan? LargestTimeStep = null,
    double? LargestNumericTimeStep = null)
{
    /// <summary>Values of each column, where some are vectors; null where all are scalars.</summary>
    public ImmutableArray<int>? InputSizes { get; init; }
}
