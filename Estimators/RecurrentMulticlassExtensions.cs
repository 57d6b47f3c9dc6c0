using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Recurrent trainers in <c>mlContext.MulticlassClassification.Trainers</c>: a class per sequence, in the columns <c>PredictedLabel</c> and <c>Score</c> (a probability per class).</summary>
public static class RecurrentMulticlassExtensions
{
    /// <summary>Elman's recurrent network; the tanh cell unless <see cref="RecurrentOptions.Cell"/> is <see cref="RecurrentCell.RnnRelu"/>.</summary>
    /// <inheritdoc cref="Recurrent(MulticlassClassificationCatalog.MulticlassClassificationTrainers, string, string, RecurrentOptions?, ClassificationOptions?)"/>
    public static RecurrentEstimator Rnn(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", RecurrentOptions? options = null, ClassificationOptions? classification = null) =>
        catalog.Recurrent(labelColumnName, featureColumnName, NamedTrainer.Rnn(options), classification);

    /// <summary>Long short-term memory.</summary>
    /// <inheritdoc cref="Recurrent(MulticlassClassificationCatalog.MulticlassClassificationTrainers, string, string, RecurrentOptions?, ClassificationOptions?)"/>
    public static RecurrentEstimator Lstm(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", RecurrentOptions? options = null, ClassificationOptions? classification = null) =>
        catalog.Recurrent(labelColumnName, featureColumnName, NamedTrainer.Lstm(options), classification);

    /// <summary>Gated recurrent unit.</summary>
    /// <inheritdoc cref="Recurrent(MulticlassClassificationCatalog.MulticlassClassificationTrainers, string, string, RecurrentOptions?, ClassificationOptions?)"/>
    public static RecurrentEstimator Gru(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", RecurrentOptions? options = null, ClassificationOptions? classification = null) =>
        catalog.Recurrent(labelColumnName, featureColumnName, NamedTrainer.Gru(options), classification);

    /// <summary>Bidirectional long short-term memory.</summary>
    /// <inheritdoc cref="Recurrent(MulticlassClassificationCatalog.MulticlassClassificationTrainers, string, string, RecurrentOptions?, ClassificationOptions?)"/>
    public static RecurrentEstimator BiLstm(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", RecurrentOptions? options = null, ClassificationOptions? classification = null) =>
        catalog.Recurrent(labelColumnName, featureColumnName, NamedTrainer.BiLstm(options), classification);

    /// <summary>A recurrent network of the cell and direction that the options name.</summary>
    /// <remarks>
    /// A share of each class validates (<see cref="TrainingOptions.ValidationFraction"/>), spread evenly over the rows; of windows of a series,
    /// and where <see cref="TrainingOptions.GroupColumnName"/> is given, the latest part. The loss is cross-entropy.
    /// </remarks>
    /// <param name="catalog"><c>mlContext.MulticlassClassification.Trainers</c>.</param>
    /// <param name="labelColumnName">The class, a key; rows where it is missing are not trained on. There are as many classes as the key has values.</param>
    /// <param name="featureColumnName">
    /// The column of sequences: <c>Vector&lt;Single, steps, features&gt;</c>, <c>Vector&lt;Single, steps&gt;</c>, or a vector of keys (tokens,
    /// for which values are trained); the number of steps may vary. Missing keys at either end are padding, between they stand for an
    /// unknown token. A sequence without a step has no class: its scores are NaN and its predicted key is the missing one.
    /// </param>
    /// <param name="options">The network and its training; null for the defaults.</param>
    /// <param name="classification">Weights of classes and examples, label smoothing; null for the defaults.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the message lists all that is wrong.</exception>
    public static RecurrentEstimator Recurrent(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName = "Label",
        string featureColumnName = "Features", RecurrentOptions? options = null, ClassificationOptions? classification = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        classification ??= new();
        classification.Validate();
        return new(catalog.GetEnvironment(), new MulticlassTask(classification), labelColumnName, featureColumnName, options ?? new());
    }

    /// <summary>A recurrent network on the columns <c>Label</c> and <c>Features</c>.</summary>
    /// <param name="catalog"><c>mlContext.MulticlassClassification.Trainers</c>.</param>
    /// <param name="options">The network and its training.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the message lists all that is wrong.</exception>
    public static RecurrentEstimator Recurrent(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, RecurrentOptions options) =>
        catalog.Recurrent("Label", "Features", options);
}
