using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Recurrent trainers in <c>mlContext.Regression.Trainers</c>: one number per sequence, in the column <c>Score</c>.</summary>
public static class RecurrentTrainerExtensions
{
    /// <summary>
    /// Elman's recurrent network; the tanh cell unless <see cref="RecurrentOptions.Cell"/> is <see cref="RecurrentCell.RnnRelu"/>.
    /// </summary>
    /// <inheritdoc cref="Recurrent(RegressionCatalog.RegressionTrainers, string, string, RecurrentOptions?)"/>
    public static RecurrentEstimator Rnn(
        this RegressionCatalog.RegressionTrainers catalog, string labelColumnName = "Label", string featureColumnName = "Features",
        RecurrentOptions? options = null) =>
        catalog.Recurrent(labelColumnName, featureColumnName, NamedTrainer.Rnn(options));

    /// <summary>Long short-term memory.</summary>
    /// <inheritdoc cref="Recurrent(RegressionCatalog.RegressionTrainers, string, string, RecurrentOptions?)"/>
    public static RecurrentEstimator Lstm(
        this RegressionCatalog.RegressionTrainers catalog, string labelColumnName = "Label", string featureColumnName = "Features",
        RecurrentOptions? options = null) =>
        catalog.Recurrent(labelColumnName, featureColumnName, NamedTrainer.Lstm(options));

    /// <summary>Gated recurrent unit.</summary>
    /// <inheritdoc cref="Recurrent(RegressionCatalog.RegressionTrainers, string, string, RecurrentOptions?)"/>
    public static RecurrentEstimator Gru(
        this RegressionCatalog.RegressionTrainers catalog, string labelColumnName = "Label", string featureColumnName = "Features",
        RecurrentOptions? options = null) =>
        catalog.Recurrent(labelColumnName, featureColumnName, NamedTrainer.Gru(options));

    /// <summary>Bidirectional long short-term memory.</summary>
    /// <inheritdoc cref="Recurrent(RegressionCatalog.RegressionTrainers, string, string, RecurrentOptions?)"/>
    public static RecurrentEstimator BiLstm(
        this RegressionCatalog.RegressionTrainers catalog, string labelColumnName = "Label", string featureColumnName = "Features",
        RecurrentOptions? options = null) =>
        catalog.Recurrent(labelColumnName, featureColumnName, NamedTrainer.BiLstm(options));

    /// <summary>A recurrent network of the cell and direction that the options name.</summary>
    /// <remarks>
    /// Test on later rows than were trained on (<c>ml.Data.ChronologicalSplit</c>). <c>ml.Regression.CrossValidate</c> with this trainer
    /// on windowed data shows how much results vary from fold to fold, but its folds are shuffled: windows that overlap share values
    /// across folds, so that its metrics flatter.
    /// </remarks>
    /// <param name="catalog"><c>mlContext.Regression.Trainers</c>.</param>
    /// <param name="labelColumnName">The column to predict, a <c>Single</c>; rows where it is NaN are not trained on.</param>
    /// <param name="featureColumnName">
    /// The column of sequences, <c>Vector&lt;Single, steps, features&gt;</c>, as <c>SlidingWindow</c> makes it.
    /// </param>
    /// <param name="options">The network and its training; null for the defaults.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the message lists all that is wrong.</exception>
    public static RecurrentEstimator Recurrent(
        this RegressionCatalog.RegressionTrainers catalog, string labelColumnName = "Label", string featureColumnName = "Features",
        RecurrentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(catalog.GetEnvironment(), new RegressionTask(), labelColumnName, featureColumnName, options ?? new());
    }

    /// <summary>A recurrent network on the columns <c>Label</c> and <c>Features</c>.</summary>
    /// <param name="catalog"><c>mlContext.Regression.Trainers</c>.</param>
    /// <param name="options">The network and its training.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">Options are not usable; the message lists all that is wrong.</exception>
    public static RecurrentEstimator Recurrent(this RegressionCatalog.RegressionTrainers catalog, RecurrentOptions options) =>
        catalog.Recurrent("Label", "Features", options);
}
