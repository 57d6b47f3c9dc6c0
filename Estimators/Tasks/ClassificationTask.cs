using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>What tasks with classes have in common.</summary>
internal abstract class ClassificationTask(ClassificationOptions options) : SequenceTask
{
    protected const string PredictedLabelName = "PredictedLabel"; // as ML.NET's evaluators look for them
    protected const string ScoreName = "Score";

    public override object? Options => options;

    public sealed override string? WeightColumnName => options.ExampleWeightColumnName;

    public sealed override bool IsClassification => true;

    public ClassWeights ClassWeights => options.ClassWeights;

    public sealed override int LabelSize(DataViewSchema.Column label)
    {
        Check(label.Type, label.Name, label.Type.ToString()!);
        return 1;
    }

    public sealed override EpochMetrics Metrics(
        int epoch, (double Loss, double Error) training, (double Loss, double Error)? validation, double rate, double seconds) =>
        new(epoch, training.Loss, TrainingMeanAbsoluteError: null, validation?.Loss, ValidationMeanAbsoluteError: null, rate, seconds)
        {
            TrainingAccuracy = 1 - training.Error,
            ValidationAccuracy = 1 - validation?.Error,
        };

    protected double LabelSmoothing => options.LabelSmoothing;

    protected abstract void Check(DataViewType type, string name, string typeName);
}
