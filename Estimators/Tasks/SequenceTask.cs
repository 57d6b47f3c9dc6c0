using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn;

/// <summary>What a network is trained for: its label, output columns, loss and the end of its graph. A task is one file; cells and tasks compose.</summary>
internal abstract class SequenceTask
{
    /// <summary>The task's name in the model file.</summary>
    public abstract string Name { get; }

    /// <summary>What of the task its model follows from, or null.</summary>
    public virtual object? Options => null;

    /// <summary>The column that tells how much each example counts, or null.</summary>
    public virtual string? WeightColumnName => null;

    /// <summary>Whether labels are classes: not scaled, not ordered in time, and what is wrong is counted.</summary>
    public virtual bool IsClassification => false;

    /// <summary>The names of the columns that scoring adds.</summary>
    public abstract string[] OutputNames { get; }

    /// <summary>Checks the label column's type and gives how many values it has.</summary>
    public abstract int LabelSize(DataViewSchema.Column label);

    /// <summary>Checks the label column's shape as far as an estimator's schema tells.</summary>
    public abstract void CheckLabel(SchemaShape.Column label);

    /// <summary>The classes that a label tells apart, in the order of their numbers; null where there are none.</summary>
    public virtual ClassSummary? Classes(DataViewSchema.Column label) => null;

    /// <summary>Adds what the task needs to know of the columns.</summary>
    public virtual TrainingColumns Complete(TrainingColumns columns, DataViewSchema schema, DataViewSchema.Column label, RecurrentOptions options) => columns;

    /// <summary>What is wrong with the task's own options.</summary>
    public virtual IEnumerable<string> Failures(RecurrentOptions options) => [];

    /// <summary>How the model forecasts; null for other tasks.</summary>
    public virtual ForecastSummary? Forecast(TrainingColumns columns, float[] calibration) => null;

    /// <summary>How the model reads and predicts tokens, where it is a language model; else null.</summary>
    public virtual LanguageSummary? Language => null;

    /// <summary>
    /// How far a target lies outside of the bounds that a prediction gives, below 0 inside, <c>[batch, labels]</c>; null where bounds are not
    /// to be calibrated.
    /// </summary>
    public virtual torch.Tensor? OutsideBounds(torch.Tensor prediction, torch.Tensor target) => null;

    /// <summary>The share of targets that bounds are to leave outside; null where they are not to be calibrated.</summary>
    public virtual double? ShareOutside => null;

    /// <summary>The values that the network gives for a sequence.</summary>
    public virtual int NetworkOutputs(TrainingColumns columns) => columns.LabelSize;

    /// <summary>The model's outputs of Single.</summary>
    public abstract SequenceModelOutput[] Outputs(TrainingColumns columns);

    /// <summary>The output columns in an estimator's schema.</summary>
    public abstract SchemaShape.Column[] OutputShapes(SchemaShape.Column label);

    /// <summary>Sum of the losses over labelled values: squared errors, in standardised units.</summary>
    /// <param name="prediction"><c>[batch, outputs]</c>.</param>
    /// <param name="target"><c>[batch, labels]</c>.</param>
    /// <param name="weights">How much each value counts, 0 where it is not labelled, <c>[batch, labels]</c>; null where all count 1.</param>
    public virtual torch.Tensor LossSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights) =>
        Sum((prediction - target).square(), weights);

    /// <summary>Sum of the absolute errors over labelled values, in standardised units; of classes, how many are wrong.</summary>
    /// <inheritdoc cref="LossSum"/>
    public virtual torch.Tensor ErrorSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights) =>
        Sum((prediction - target).abs(), weights);

    /// <summary>What an epoch came to, by its mean losses and errors.</summary>
    public virtual EpochMetrics Metrics(
        int epoch, (double Loss, double Error) training, (double Loss, double Error)? validation, double rate, double seconds) =>
        new(epoch, training.Loss, training.Error, validation?.Loss, validation?.Error, rate, seconds);

    /// <summary>Writes the end of the graph: from what the network gives to the model's outputs.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="ending">What the network gives, and what is needed to make outputs of it.</param>
    public virtual void EmitOutputs(OnnxGraphBuilder graph, ModelEnding ending)
    {
        string honest = graph.Node("Add", [ending.Prediction, ending.Missing]); // [B, K] + [B, 1]
        string result = ScalingEmission.EmitUnscaling(graph, honest, ending.Last, ending.Scaler, ending.Outputs[0]);
        ending.Emit(graph, 0, result);
    }

    protected static torch.Tensor Sum(torch.Tensor values, torch.Tensor? weights) => (weights is null ? values : values * weights).sum();

    protected static bool IsSingle(DataViewType type) => type is NumberDataViewType number && number == NumberDataViewType.Single;
}
