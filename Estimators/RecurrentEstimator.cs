using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace MlNetRnn;

/// <summary>
/// Trains a recurrent network on a column of sequences with libtorch, and gives a <see cref="SequenceTransformer"/> that scores
/// through ONNX Runtime.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Input column</term><description><c>Vector&lt;Single, steps, features&gt;</c>, <c>Vector&lt;Single, steps&gt;</c>, or <c>Vector&lt;Key, steps&gt;</c> (tokens); the number of steps may vary</description></item>
/// <item><term>Label column</term><description><c>Single</c>; for forecasting also <c>Vector&lt;Single, horizon&gt;</c>; a key or <c>Boolean</c> for classes. NaN, missing key: not labelled</description></item>
/// <item><term>Is normalization required?</term><description>No: the model scales by itself</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once and kept compactly, or read anew each epoch (<see cref="TrainingOptions.ShuffleBufferSize"/>)</description></item>
/// <item><term>Required package in addition to MlNetRnn</term><description>TorchSharp-cpu, or one of TorchSharp-cuda</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes</description></item>
/// </list>
/// </remarks>
public sealed class RecurrentEstimator : ITrainerEstimator<SequenceTransformer, SequenceModel>
{
    private readonly IHostEnvironment _env;
    private readonly SequenceTask _task;
    private readonly string _labelColumnName;
    private readonly string _featureColumnName;
    private readonly RecurrentOptions _options;

    internal RecurrentEstimator(
        IHostEnvironment env, SequenceTask task, string labelColumnName, string featureColumnName, RecurrentOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(labelColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(featureColumnName);
        OptionsValidation.Check(options, task);
        CheckOutputNames([.. task.OutputNames, .. options.AttentionColumnName is { } attention ? [attention] : (string[])[]], featureColumnName);
        (_env, _task, _labelColumnName, _featureColumnName, _options) = (env, task, labelColumnName, featureColumnName, options);
    }

    /// <summary>What ML.NET asks of trainers: neither normalisation nor caching is needed.</summary>
    public TrainerInfo Info { get; } = new(normalization: false, calibration: false, caching: false);

    /// <summary>Trains the network; <see cref="TrainingOptions.ValidationFraction"/> of the data validates.</summary>
    /// <param name="input">Sequences in order of time.</param>
    /// <returns>The model.</returns>
    /// <inheritdoc cref="Fit(IDataView, IDataView?, SequenceModel?)" path="/exception"/>
    public SequenceTransformer Fit(IDataView input) => Fit(input, validation: null, initialModel: null);

    /// <summary>Trains the network, validating on data of its own or going on from a model (warm start), or both.</summary>
    /// <remarks>
    /// From an initial model, the network starts with its weights and keeps its scaling, which the weights were trained in: of
    /// <see cref="RecurrentOptions.Scaling"/> only <see cref="ScalingOptions.Difference"/> counts. The optimizer starts anew; new data
    /// or a lower <see cref="TrainingOptions.LearningRate"/> are the usual reasons.
    /// </remarks>
    /// <param name="input">Sequences to train on; scaling is fitted on them alone.</param>
    /// <param name="validation">
    /// Sequences that decide about early stopping, the learning rate on a plateau and the best weights; with the same columns, of the same
    /// types and sizes. <see cref="TrainingOptions.ValidationFraction"/> is then not used. Null holds out that fraction of
    /// <paramref name="input"/>.
    /// </param>
    /// <param name="initialModel">
    /// The model to go on from: <see cref="SequenceTransformer.Model"/>, <see cref="SequenceModel.Load(string)"/> of an <c>.onnx</c> file, or
    /// <see cref="SequenceModelExtensions.GetSequenceModel"/> of a pipeline that <c>ml.Model.Load</c> gave. Null starts anew.
    /// </param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">
    /// A column is missing or has the wrong type, the initial model's network differs from the options' (the message says in which
    /// layers), or the folder of the checkpoint does not exist.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The data cannot be trained on, or changes while it is read anew each epoch, the network cannot be written as ONNX, libtorch or the
    /// device is missing, or the checkpoint belongs to another fit (the message says what differs).
    /// </exception>
    /// <exception cref="FormatException">The checkpoint is cut, corrupted, of a newer format, or another kind of file.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read.</exception>
    /// <exception cref="RecurrentTrainingException">
    /// The loss became non-finite, a callback threw, the checkpoint could not be written, an epoch after the first broke off, or the ONNX graph does not match the network; carries the model, if there is one.
    /// </exception>
    /// <exception cref="OperationCanceledException">Training was cancelled before its first epoch ended.</exception>
    public SequenceTransformer Fit(IDataView input, IDataView? validation = null, SequenceModel? initialModel = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        var request = new FitRequest(input, validation, initialModel);
        var columns = Columns(input.Schema);
        SplitPlan.GroupColumn(input.Schema, _options.Training.GroupColumnName);
        TrainingData.CheckSchemas(request, columns);
        if (initialModel is not null)
            WarmStart.Check(initialModel, columns, _options, _task);
        LibTorchLoader.EnsureLoaded();
        return Train(request, columns);
    }

    /// <summary>
    /// The network that would be trained, as a table: each layer with its type, output shape and number of parameters. Needs libtorch,
    /// no data.
    /// </summary>
    /// <param name="inputSchema">The schema of the data to train on.</param>
    /// <returns>The table, several lines.</returns>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">libtorch is missing.</exception>
    public string Summary(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var columns = Columns(inputSchema);
        LibTorchLoader.EnsureLoaded();
        return Describe(columns);
    }

    /// <summary>The columns after scoring: the input's, then the model's outputs.</summary>
    /// <param name="inputSchema">The columns of the training data.</param>
    /// <returns>The shape of the scored data.</returns>
    /// <exception cref="ArgumentException">The column of sequences or the label is missing or has a wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var feature = Find(inputSchema, _featureColumnName);
        if (feature.Kind == SchemaShape.Column.VectorKind.Scalar || !(feature.IsKey || feature.ItemType == NumberDataViewType.Single))
            throw TrainingColumns.WrongFeatureType(feature.Name, feature.GetTypeString());
        var label = Find(inputSchema, _labelColumnName);
        _task.CheckLabel(label);
        if (_task.WeightColumnName is { } weight)
            _ = Find(inputSchema, weight);
        if (_options.Training.GroupColumnName is { } group)
            _ = Find(inputSchema, group);
        var outputs = _task.OutputShapes(label);
        if (_options.AttentionColumnName is { } attention) // as long as the sequence
            outputs = [.. outputs, new(attention, feature.Kind, NumberDataViewType.Single, isKey: false)];
        return new SchemaShape(inputSchema.Where(c => outputs.All(o => o.Name != c.Name)).Concat(outputs));
    }

    // An ONNX graph has one set of names: scoring in place, as ML.NET's transforms may, cannot be exported.
    private static void CheckOutputNames(string[] names, string featureColumnName)
    {
        if (names.Distinct().Count() < names.Length)
            throw new ArgumentException($"AttentionColumnName is '{names[^1]}', as is another output of the model, which has "
                + $"{string.Join(", ", names[..^1].Select(n => $"'{n}'"))}. Choose another name.");
        if (names.Contains(featureColumnName))
            throw new ArgumentException($"The column of sequences is named '{featureColumnName}', as is the model's output; the ONNX graph needs "
                + "two names. Copy the sequences to a column of another name by ml.Transforms.CopyColumns, or name another output.");
    }

    private static SchemaShape.Column Find(SchemaShape schema, string name) => schema.TryFindColumn(name, out var column)
        ? column
        : throw TrainingColumns.Missing(name, schema.Select(c => c.Name));

    private TrainingColumns Columns(DataViewSchema schema) =>
        TrainingColumns.Find(schema, _featureColumnName, _labelColumnName, _task, _options);

    [MethodImpl(MethodImplOptions.NoInlining)] // names torch types: may only run once libtorch is loaded
    private string Describe(TrainingColumns columns)
    {
        using var network = new RecurrentNetwork(_options, columns.Features, _task.NetworkOutputs(columns), new Random(0), columns.Tokens, forecast: columns.Forecast, language: columns.Language);
        var description = NetworkDescription.Of(network, _options, columns);
        return ModelSummary.Text(_task.Name, columns.FeatureColumnName, columns.LabelColumnName, description);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SequenceTransformer Train(FitRequest request, TrainingColumns columns)
    {
        var host = _env.Register(nameof(RecurrentEstimator));
        using var channel = host.Start("Training");
        var checkpoint = TrainingCheckpoint.Open(_options.Training.Checkpoint);
        int seed = _options.Training.Seed ?? checkpoint?.Seed ?? host.Rand.Next();
        var device = TorchDevice.Choose(_options.Training.Device, _env);
        return _options.Members == 1
            ? new TrainingSession(_task, _options, columns, seed, device, checkpoint).Run(request, channel)
            : EnsembleSession.Run(_options, seed, channel, (options, memberSeed, memberCheckpoint) =>
                new TrainingSession(_task, options, columns, memberSeed, device, memberCheckpoint ?? checkpoint).Run(request, channel));
    }
}
