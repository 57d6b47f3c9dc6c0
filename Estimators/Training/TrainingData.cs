using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// The sequences of a fit as training takes them: batch by batch, in scaled units, from memory or from views that are read anew each
/// epoch.
/// </summary>
/// <param name="trainingSequences">Those that train, at least 1.</param>
/// <param name="validationSequences">Those that validate; 0 for no validation.</param>
/// <param name="scaler">Fitted on those that train.</param>
/// <param name="weights">How much each example counts.</param>
/// <param name="sample">Some sequences, spread evenly through the data, at least 1.</param>
internal abstract class TrainingData(int trainingSequences, int validationSequences, Scaler scaler, LabelWeights weights, Sequences sample) : IDisposable
{
    private const int MostSamples = 256;

    public int TrainingSequences { get; } = trainingSequences;

    public int ValidationSequences { get; } = validationSequences;

    public Scaler Scaler { get; } = scaler;

    public LabelWeights Weights { get; } = weights;

    /// <summary>Some sequences to compare the network with its ONNX graph on.</summary>
    public Sequences Sample { get; } = sample;

    /// <summary>Reads the data of a fit.</summary>
    /// <param name="request">The views.</param>
    /// <param name="task">What is trained for.</param>
    /// <param name="columns">Their columns.</param>
    /// <param name="options">How to split where no validation data is given, how to scale, what to hold in memory.</param>
    /// <param name="device">Where batches are needed.</param>
    /// <param name="warn">Told where series cannot be told apart.</param>
    public static TrainingData Read(
        FitRequest request, SequenceTask task, TrainingColumns columns, RecurrentOptions options, torch.Device device, Action<string> warn)
    {
        string? group = null;
        if (request.Validation is null && options.Training.ValidationFraction > 0 && columns.IsOrdered)
        {
            if (RandomSampling.IsShuffled(request.Training))
                warn("The rows were shuffled (ml.Data.ShuffleRows): the last of them validate, which are not the latest, and windows that "
                    + "overlap theirs train. Leave the shuffling to training, or give Fit validation data.");
            group = GroupColumnName(request.Training.Schema, columns.GroupedBy, options.Training, warn);
        }
        options = options with { Scaling = Scaling(options.Scaling, task, columns) };
        var source = new TrainingSource(request, task, columns, options, group, device, warn);
        if (task is LanguageTask language)
            return LanguageData.Read(source, language, MostSamples);
        return options.Training.ShuffleBufferSize is { } size
            ? StreamedData.Read(source, size, Math.Min(size, MostSamples))
            : StoredData.Read(source, MostSamples);
    }

    // Classes and tokens are no numbers.
    private static ScalingOptions Scaling(ScalingOptions given, SequenceTask task, TrainingColumns columns) => given with
    {
        StandardizeTarget = given.StandardizeTarget && !task.IsClassification,
        StandardizeFeatures = given.StandardizeFeatures && columns.Tokens == 0,
    };

    /// <summary>Tells of rows that are left out.</summary>
    protected static void WarnOfEmpty(long empty, TrainingSource source)
    {
        if (empty > 0)
        {
            source.Warn($"{empty} rows have no token in '{source.Columns.FeatureColumnName}', or none but missing ones: nothing can be learnt of "
                + "them, they are left out.");
        }
    }

    /// <summary>Checks that validation data has the columns of the training data, and the same types.</summary>
    /// <exception cref="ArgumentException">It has not.</exception>
    public static void CheckSchemas(FitRequest request, TrainingColumns columns)
    {
        if (request.Validation is not { } validation)
            return;
        foreach (string name in new[] { columns.FeatureColumnName, columns.LabelColumnName, columns.WeightColumnName }.OfType<string>().Concat(columns.Covariates?.Context.ColumnNames ?? []))
        {
            var expected = request.Training.Schema[name].Type;
            if (validation.Schema.GetColumnOrNull(name) is not { } column)
            {
                string missing = TrainingColumns.Missing(name, validation.Schema.Where(c => !c.IsHidden).Select(c => c.Name)).Message;
                throw new ArgumentException($"The validation data: {missing} Make it by the steps that made the training data.");
            }
            if (!column.Type.Equals(expected))
                throw new ArgumentException($"Column '{name}' is {column.Type} in the validation data and {expected} in the training data. "
                    + "Make both by the same steps.");
        }
        if (columns.Classes is { } classes)
            CheckClasses(classes, validation.Schema[columns.LabelColumnName]);
    }

    /// <summary>
    /// Tells whether data is that of a fit before: a hash (SHA-256) of all that training sees of it. Only where training keeps a
    /// checkpoint.
    /// </summary>
    public abstract string Hash();

    /// <summary>The batches of an epoch: as many as hold all training sequences.</summary>
    public virtual int TrainingBatches(int batchSize) => (int)(((long)TrainingSequences + batchSize - 1) / batchSize);

    /// <summary>The batches of a validation.</summary>
    public virtual int ValidationBatches(int batchSize) => (int)(((long)ValidationSequences + batchSize - 1) / batchSize);

    /// <summary>Begins an epoch: all training sequences, once each, in a new random order. Nothing is read before a batch is asked for.</summary>
    /// <param name="shuffling">What the order is drawn from.</param>
    public abstract void BeginTraining(Random shuffling);

    /// <summary>Begins a validation: all validation sequences, once each, in their order.</summary>
    public abstract void BeginValidation();

    /// <summary>Loads the next sequences of what was begun. The batch is valid until the next one is loaded.</summary>
    /// <param name="count">How many; not more than are left, nor, where they are streamed, than the buffer holds.</param>
    public abstract Batch Next(int count);

    public abstract void Dispose();

    // Keys of one type may stand for other values.
    private static void CheckClasses(ClassSummary expected, DataViewSchema.Column label)
    {
        if (label.Type is not KeyDataViewType || ClassValues.Of(label).Values is not { IsEmpty: false } given || expected.Values.IsEmpty)
            return;
        int other = Enumerable.Range(0, given.Length).FirstOrDefault(i => given[i] != expected.Values[i], -1);
        if (other >= 0)
        {
            throw new ArgumentException($"Key {other + 1} of column '{label.Name}' is '{given[other]}' in the validation data and "
                + $"'{expected.Values[other]}' in the training data. Make both by the same ml.Transforms.Conversion.MapValueToKey.");
        }
    }

    /// <param name="count">Rows there are.</param>
    /// <param name="empty">Rows that were passed over.</param>
    /// <param name="input">The view.</param>
    /// <param name="columns">Its columns.</param>
    protected static void CheckNotEmpty(long count, long empty, IDataView input, TrainingColumns columns)
    {
        if (count > 0)
            return;
        if (empty > 0)
            throw new InvalidOperationException($"There is nothing to train on: all {empty} rows have no token in '{columns.FeatureColumnName}', "
                + "or none but missing ones. Check how texts become tokens, and that their keys are those of the vocabulary.");
        int? window = WindowAnnotations.GetInt(input.Schema[columns.FeatureColumnName], WindowAnnotations.WindowLength);
        throw new InvalidOperationException(window is { } length
            ? $"There is nothing to train on: the windowing step gave no window, so the window length of {length} is longer than "
                + "every group of rows. Shorten the window or give more rows."
            : $"There is nothing to train on: column '{columns.FeatureColumnName}' has no rows.");
    }

    protected static void CheckBatchSize(int batchSize, long training, long validation)
    {
        if (batchSize > training)
        {
            throw new InvalidOperationException(
                $"Training.BatchSize is {batchSize}, larger than the {training} sequences there are to "
                    + $"train on ({validation} more validate). Choose a smaller batch or give more rows.");
        }
    }

    /// <summary>Does something with the validation data that was given; the row that an error names is one of that view.</summary>
    protected static T OfValidation<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"The validation data: {e.Message}", e);
        }
    }

    private static string? GroupColumnName(DataViewSchema schema, string? windowed, TrainingOptions options, Action<string> warn)
    {
        if (options.GroupColumnName is { } given)
            return given;
        if (windowed is null || schema.GetColumnOrNull(windowed) is not null)
            return windowed;
        warn($"The series were windowed by '{windowed}', which is no longer in the data: the latest part of all rows validates, not of "
            + "each series. Keep the column, name another by Training.GroupColumnName, or give Fit validation data.");
        return null;
    }
}
