using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>What a model must beat, on the same test sequences.</summary>
internal static class Baselines
{
    /// <summary>All of them; none where there is no training part. In a context of their own: they are the same whatever was trained before.</summary>
    public static Predictions[] All(int seed, ClassificationData data)
    {
        var ml = new MLContext(seed);
        return data.Train is null ? [] : [MostFrequent(data), data.IsText ? WordCounts(ml, data) : Statistics(ml, data)];
    }

    /// <summary>The class that most training sequences have, for every test sequence.</summary>
    private static Predictions MostFrequent(ClassificationData data)
    {
        string most = data.TrainLabels.CountBy(l => l).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).First().Key;
        return new("majority", data.TestLabels, [.. data.TestLabels.Select(_ => most)]);
    }

    /// <summary>ML.NET's linear classifier on what can be told without the order: how often words and pairs of words stand in a text.</summary>
    private static Predictions WordCounts(MLContext ml, ClassificationData data) => Linear(
        "linear (word pairs)", ml, data.Train!, data.Test,
        ml.Transforms.Text.NormalizeText("Normal", data.Column, keepPunctuations: false)
            .Append(ml.Transforms.Text.ProduceWordBags("Features", "Normal", ngramLength: 2)));

    /// <summary>ML.NET's linear classifier on statistics of each dimension of a sequence.</summary>
    private static Predictions Statistics(MLContext ml, ClassificationData data) => Linear(
        "linear (statistics)", ml, SequenceStatistics.View(ml, data.Train!, data.Column), SequenceStatistics.View(ml, data.Test, data.Column),
        ml.Transforms.NormalizeMeanVariance("Features", nameof(SequenceStatistics.Statistics), fixZero: false));

    private static Predictions Linear(string name, MLContext ml, IDataView train, IDataView test, IEstimator<ITransformer> features)
    {
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Key", ClassificationData.LabelColumn)
            .Append(features)
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = "Key",
                L1Regularization = 0,
                NumberOfThreads = 1, // several threads give another result each time
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        return Predictions.Read(name, pipeline.Fit(train).Transform(test));
    }
}
