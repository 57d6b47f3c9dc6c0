using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetRnn;

/// <summary>
/// Permutation importance by feature of a step, for models of sequences, on <c>ml.MulticlassClassification</c>,
/// <c>ml.BinaryClassification</c> and <c>ml.Regression</c>.
/// </summary>
public static class SequenceImportanceExtensions
{
    private const string PredictedLabel = "PredictedLabel";
    private const string Score = "Score";

    /// <summary>
    /// How much a classifier relies on each feature of its sequences: how its metrics change when a feature's whole course is that of
    /// another sequence, while the other features, the length and all other columns stay.
    /// </summary>
    /// <remarks>
    /// <para>ML.NET's <c>PermutationFeatureImportance</c> permutes single values of vectors of a fixed size. This one permutes a feature in all
    /// steps at once, for sequences of any lengths: <c>[VectorType(0, F)]</c>, <c>[VectorType(T, F)]</c> and <c>[VectorType]</c>.</para>
    /// <para>Each sequence gets the course of another one, and each course is given once (Breiman, Random Forests, 2001; that none keeps its
    /// own is as in Fisher, Rudin and Dominici, All Models are Wrong, but Many are Useful, 2019). Where lengths differ, courses are exchanged
    /// among sequences of like length: at least 32 of them, all sequences of one length together, as sequences are exchanged within
    /// strata by Strobl et al., Conditional Variable Importance for Random Forests, 2008. A model thus meets courses of lengths that do
    /// occur, and what the length alone tells of the label counts for no feature. A course of another length is stretched or shortened by
    /// repeating or leaving out single steps, first to first and last to last, so that each value is one that was seen.</para>
    /// <para>Features that tell the same share their importance: permuting one leaves the other. Measure on data that the model was not
    /// trained on.</para>
    /// <para>The data is read once and held in memory; the model then scores it 1 + features × <paramref name="permutationCount"/>
    /// times.</para>
    /// </remarks>
    /// <param name="catalog"><c>mlContext.MulticlassClassification</c>.</param>
    /// <param name="model">The model, which makes <c>PredictedLabel</c> and, for the log-loss, <c>Score</c>: a vector of probabilities with
    /// SlotNames, or in the order of the label's keys. A chain that windows or makes the feature column itself: its part behind that.</param>
    /// <param name="data">Data with the columns that the model takes.</param>
    /// <param name="labelColumnName">What is true: a key, text or number, in the model's output. Rows without a label only give courses.</param>
    /// <param name="featureColumnName">The sequences: a vector of Single, steps × features values per row. Rows without steps are left out,
    /// and not counted where an error names a row.</param>
    /// <param name="permutationCount">How often each feature is permuted, at least 1.</param>
    /// <param name="seed">The seed of the permutations; null: drawn from the context. The same permutations serve all features.</param>
    /// <param name="features">Values per step of a flat vector (a type of one dimension); null: 1. A type of two dimensions tells it.</param>
    /// <returns>One entry per feature of a step, in their order.</returns>
    /// <exception cref="ArgumentException">An argument is out of range, a column is missing or of a wrong type, or the model changes rows or
    /// does not read the feature column.</exception>
    /// <exception cref="InvalidOperationException">A row is not whole steps, no row has a label, there are fewer than two sequences, or the
    /// model gives values that are no numbers.</exception>
    public static ImmutableArray<ClassificationFeatureImportance> SequencePermutationImportance(
        this MulticlassClassificationCatalog catalog, ITransformer model, IDataView data, string labelColumnName = "Label",
        string featureColumnName = "Features", int permutationCount = 1, int? seed = null, int? features = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Classification(catalog.GetEnvironment(), Request(model, data, featureColumnName, permutationCount, seed, features),
            labelColumnName, binary: false);
    }

    /// <param name="catalog"><c>mlContext.BinaryClassification</c>.</param>
    /// <param name="model">The model, which makes <c>PredictedLabel</c> and, for the log-loss, <c>Probability</c>. A chain that windows or makes
    /// the feature column itself: its part behind that.</param>
    /// <param name="data">Data with the columns that the model takes.</param>
    /// <param name="labelColumnName">What is true: a Boolean in the model's output.</param>
    /// <param name="featureColumnName">The sequences: a vector of Single, steps × features values per row. Rows without steps are left out,
    /// and not counted where an error names a row.</param>
    /// <param name="permutationCount">How often each feature is permuted, at least 1.</param>
    /// <param name="seed">The seed of the permutations; null: drawn from the context. The same permutations serve all features.</param>
    /// <param name="features">Values per step of a flat vector (a type of one dimension); null: 1. A type of two dimensions tells it.</param>
    /// <inheritdoc cref="SequencePermutationImportance(MulticlassClassificationCatalog, ITransformer, IDataView, string, string, int, int?, int?)"/>
    public static ImmutableArray<ClassificationFeatureImportance> SequencePermutationImportance(
        this BinaryClassificationCatalog catalog, ITransformer model, IDataView data, string labelColumnName = "Label",
        string featureColumnName = "Features", int permutationCount = 1, int? seed = null, int? features = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Classification(catalog.GetEnvironment(), Request(model, data, featureColumnName, permutationCount, seed, features),
            labelColumnName, binary: true);
    }

    /// <summary>
    /// How much a regression relies on each feature of its sequences: how its errors change when a feature's whole course is that of
    /// another sequence, while the other features, the length and all other columns stay.
    /// </summary>
    /// <param name="catalog"><c>mlContext.Regression</c>.</param>
    /// <param name="model">The model, which makes <c>Score</c>. A chain that windows or makes the feature column itself: its part behind
    /// that.</param>
    /// <param name="data">Data with the columns that the model takes.</param>
    /// <param name="labelColumnName">What is true: a Single in the model's output. Rows where it is NaN only give courses.</param>
    /// <param name="featureColumnName">The sequences: a vector of Single, steps × features values per row. Rows without steps are left out,
    /// and not counted where an error names a row; where windows are padded, the padding stays as it is.</param>
    /// <param name="permutationCount">How often each feature is permuted, at least 1.</param>
    /// <param name="seed">The seed of the permutations; null: drawn from the context. The same permutations serve all features.</param>
    /// <param name="features">Values per step of a flat vector (a type of one dimension); null: 1. A type of two dimensions tells it.</param>
    /// <inheritdoc cref="SequencePermutationImportance(MulticlassClassificationCatalog, ITransformer, IDataView, string, string, int, int?, int?)"/>
    public static ImmutableArray<RegressionFeatureImportance> SequencePermutationImportance(
        this RegressionCatalog catalog, ITransformer model, IDataView data, string labelColumnName = "Label",
        string featureColumnName = "Features", int permutationCount = 1, int? seed = null, int? features = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return [.. Request(model, data, featureColumnName, permutationCount, seed, features)
            .Measure(catalog.GetEnvironment(), Columns, scored => Errors(scored, labelColumnName))
            .Select(f => new RegressionFeatureImportance(f.Feature, f.Changes[0], f.Changes[1]))];

        IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema)
            => [SingleColumn.Find(schema, labelColumnName, "Label"), SingleColumn.Find(schema, Score, Score)];
    }

    private static SequenceImportance Request(
        ITransformer model, IDataView data, string featureColumnName, int permutationCount, int? seed, int? features)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        return new(model, data, featureColumnName, features, permutationCount, seed);
    }

    private static ImmutableArray<ClassificationFeatureImportance> Classification(
        IHostEnvironment env, SequenceImportance request, string labelColumnName, bool binary)
    {
        return [.. request.Measure(env, Columns, scored => Accuracies(scored, labelColumnName, binary))
            .Select(f => new ClassificationFeatureImportance(f.Feature, f.Changes[0], f.Changes[1], f.Changes.Length > 2 ? f.Changes[2] : null))];

        IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema)
        {
            var counts = LabelPairs.Create(schema, labelColumnName, PredictedLabel);
            return new[] { counts.Label.Column, counts.Predicted.Column, LogLoss.Find(schema, counts.Label, binary)?.Probabilities }
                .OfType<DataViewSchema.Column>();
        }
    }

    private static double[] Errors(IDataView scored, string labelColumnName)
    {
        var options = new ForecastEvaluationOptions { LabelColumnName = labelColumnName, ForecastColumnName = Score };
        var metrics = new ForecastEvaluation(scored.Schema, options).Read(scored);
        return [metrics.RootMeanSquaredError, metrics.MeanAbsoluteError];
    }

    private static double[] Accuracies(IDataView scored, string labelColumnName, bool binary)
    {
        var counts = LabelPairs.Create(scored.Schema, labelColumnName, PredictedLabel);
        var loss = LogLoss.Find(scored.Schema, counts.Label, binary);
        counts.Read(scored, loss);
        var report = counts.ToReport();
        var macro = report.Classes.Where(c => c.Support > 0).Average(c => c.Recall);
        return loss is null ? [report.Accuracy, macro] : [report.Accuracy, macro, loss.Mean];
    }
}
