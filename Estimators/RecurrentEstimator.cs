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
/// <item><term>Input column</term><description><c>Vector&lt;Single, steps, features&gt;</c>, or <c>Vector&lt;Single, steps&gt;</c></description></item>
/// <item><term>Label column</term><description><c>Single</c>; for forecasting also <c>Vector&lt;Single, horizon&gt;</c>. NaN: not labelled</description></item>
/// <item><term>Is normalization required?</term><description>No: the model scales by itself</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once and kept compactly</description></item>
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
        OptionsValidation.Check(options);
        (_env, _task, _labelColumnName, _featureColumnName, _options) = (env, task, labelColumnName, featureColumnName, options);
    }

    /// <summary>What ML.NET asks of trainers: neither normalisation nor caching is needed.</summary>
    public TrainerInfo Info { get; } = new(normalization: false, calibration: false, caching: false);

    /// <summary>Trains the network.</summary>
    /// <param name="input">Sequences in order of time.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The data cannot be trained on, or libtorch or the device is missing.</exception>
    /// <exception cref="RecurrentTrainingException">The loss became non-finite, or the ONNX graph does not match the network; carries the model.</exception>
    public SequenceTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = TrainingColumns.Find(input.Schema, _featureColumnName, _labelColumnName, _task, _options);
        LibTorchLoader.EnsureLoaded();
        return Train(input, columns);
    }

    /// <summary>The columns after scoring: the input's, then the model's outputs.</summary>
    /// <param name="inputSchema">The columns of the training data.</param>
    /// <returns>The shape of the scored data.</returns>
    /// <exception cref="ArgumentException">The column of sequences or the label is missing or has a wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var feature = Find(inputSchema, _featureColumnName);
        if (feature.Kind == SchemaShape.Column.VectorKind.Scalar || feature.ItemType != NumberDataViewType.Single || feature.IsKey)
            throw TrainingColumns.WrongFeatureType(feature.Name, feature.GetTypeString());
        _task.CheckLabel(Find(inputSchema, _labelColumnName));
        var outputs = _task.OutputShapes();
        return new SchemaShape(inputSchema.Where(c => outputs.All(o => o.Name != c.Name)).Concat(outputs));
    }

    private static SchemaShape.Column Find(SchemaShape schema, string name) => schema.TryFindColumn(name, out var column)
        ? column
        : throw TrainingColumns.Missing(name, schema.Select(c => c.Name));

    [MethodImpl(MethodImplOptions.NoInlining)] // names torch types: may only run once libtorch is loaded
    private SequenceTransformer Train(IDataView input, TrainingColumns columns)
    {
        var host = _env.Register(nameof(RecurrentEstimator));
        using var channel = host.Start("Training");
        int seed = _options.Training.Seed ?? host.Rand.Next();
        var session = new TrainingSession(_task, _options, columns, seed, TorchDevice.Choose(_options.Training.Device, _env));
        return session.Run(input, message => channel.Info(message));
    }
}
