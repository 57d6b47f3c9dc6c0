using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>
/// The recipe: everything that is chosen for training, by defaults or from the training part, is chosen here. The outcome is one fitted
/// chain from raw sequences or texts to the class as text, <c>PredictedLabel</c>, and the probability of each, <c>Score</c>.
/// </summary>
internal static class SequenceClassifier
{
    /// <summary>Largest number of epochs, unless the user says otherwise.</summary>
    public const int Epochs = 60;

    private const double ValidationFraction = 0.2;
    private const int LeastBatches = 4;
    private const int MostInBatch = 32;

    private const string KeyColumn = "LabelKey";

    public static TrainedClassifier Train(
        MLContext ml, ClassificationData data, SequenceClassificationSettings settings, IProgress<EpochMetrics> progress, CancellationToken cancellation)
    {
        var (before, sequences, column) = Prepare(ml, data);
        var rows = before.Transform(data.Train!);
        var options = CellChoice.Options(settings.Cell) with
        {
            HiddenSizes = [64],
            DenseSizes = [],
            Training = Training(data) with
            {
                Epochs = settings.Common.Epochs,
                Seed = settings.Common.Seed,
                Progress = progress,
                CancellationToken = cancellation,
            },
        };
        var model = LabelKeys(ml, data.Classes)
            .Append(sequences)
            .Append(ml.MulticlassClassification.Trainers.Recurrent(KeyColumn, column, options))
            .Append(ml.Transforms.Conversion.MapKeyToValue(Predictions.PredictedColumn))
            .Fit(rows);
        var trained = model.OfType<SequenceTransformer>().Single();
        return new(settings.Cell, new TransformerChain<ITransformer>([before, .. model]), trained.History, trained.Model.Manifest.Training.Seconds);
    }

    // A share of each class validates; with a handful of examples, all of them train.
    private static TrainingOptions Training(ClassificationData data)
    {
        int most = data.TrainLabels.CountBy(l => l).Max(c => c.Value);
        bool validates = most * ValidationFraction >= 1;
        return new()
        {
            BatchSize = Math.Clamp(data.TrainLabels.Length / LeastBatches, 1, MostInBatch),
            ValidationFraction = validates ? ValidationFraction : 0,
            EarlyStopping = validates ? new() { Patience = 10 } : null,
            ReduceLearningRate = validates ? new() { Patience = 4, Factor = 0.5 } : null,
        };
    }

    // What needs no fitting, the step that does, and the column that the trainer reads.
    private static (ITransformer Before, IEstimator<ITransformer> Fitted, string Column) Prepare(MLContext ml, ClassificationData data)
    {
        if (!data.IsText)
            return (new TransformerChain<ITransformer>(), new EstimatorChain<ITransformer>(), data.Column);
        var tokenizer = Tokens.Tokenizer(ml, data.Column);
        var (keys, column) = Tokens.ToKeys(ml, tokenizer.Transform(data.Train));
        return (tokenizer, keys, column);
    }

    // The classes that the data declares, in its order: one without an example keeps its place.
    private static ValueToKeyMappingEstimator LabelKeys(MLContext ml, IReadOnlyList<string> classes) => ml.Transforms.Conversion.MapValueToKey(
        KeyColumn, ClassificationData.LabelColumn, keyData: ml.Data.LoadFromEnumerable(classes.Select(c => new ClassName { Name = c }).ToArray()));

    private sealed class ClassName
    {
        public string Name { get; set; } = "";
    }
}

/// <summary>What training came to.</summary>
/// <param name="Name">The cell's name.</param>
/// <param name="Model">The fitted chain.</param>
/// <param name="History">A row per epoch.</param>
/// <param name="Seconds">Wall-clock seconds of training.</param>
internal sealed record TrainedClassifier(string Name, ITransformer Model, IReadOnlyList<EpochMetrics> History, double Seconds);
