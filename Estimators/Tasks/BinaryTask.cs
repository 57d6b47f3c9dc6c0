using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// True or false per sequence: the logit in <c>Score</c>, the probability of true in <c>Probability</c>, whether it is above a half in
/// <c>PredictedLabel</c>.
/// </summary>
internal sealed class BinaryTask(ClassificationOptions options) : ClassificationTask(options)
{
    private const string ProbabilityName = "Probability";

    public override string Name => SequenceModelManifest.BinaryTask;

    public override string[] OutputNames => [PredictedLabelName, ScoreName, ProbabilityName];

    public override void CheckLabel(SchemaShape.Column label)
    {
        if (label.Kind != SchemaShape.Column.VectorKind.Scalar || label.ItemType is not BooleanDataViewType)
            throw Wrong(label.Name, label.GetTypeString());
    }

    public override ClassSummary? Classes(DataViewSchema.Column label) =>
        new(2, OnnxElementType.Bool, [bool.FalseString, bool.TrueString]);

    public override SequenceModelOutput[] Outputs(TrainingColumns columns) =>
        [new(ScoreName, 1, IsVector: false), new(ProbabilityName, 1, IsVector: false)];

    public override SchemaShape.Column[] OutputShapes(SchemaShape.Column label) =>
    [
        new(PredictedLabelName, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, isKey: false),
        new(ScoreName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, isKey: false),
        new(ProbabilityName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, isKey: false),
    ];

    public override torch.Tensor LossSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights)
    {
        using Scalar kept = ((float)(1 - LabelSmoothing)).ToScalar(), half = ((float)(LabelSmoothing / 2)).ToScalar(); // held while libtorch reads them
        var smoothed = LabelSmoothing > 0 ? target.mul(kept).add(half) : target;
        return Sum(torch.nn.functional.softplus(prediction) - (prediction * smoothed), weights); // -log σ of the true side
    }

    public override torch.Tensor ErrorSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights) =>
        Sum(prediction.gt(torch.zeros_like(prediction)).to(torch.float32).ne(target).to(torch.float32), weights);

    public override void EmitOutputs(OnnxGraphBuilder graph, ModelEnding ending)
    {
        ending.Emit(graph, 0, graph.Node("Add", [ending.Prediction, ending.Missing]));
        ending.Emit(graph, 1, graph.Node("Add", [graph.Node("Sigmoid", [ending.Prediction]), ending.Missing])); // behind: Sigmoid loses NaN
    }

    protected override void Check(DataViewType type, string name, string typeName)
    {
        if (type is not BooleanDataViewType)
            throw Wrong(name, typeName);
    }

    private static ArgumentException Wrong(string name, string type) => new(
        $"Label column '{name}' is {type}; ml.BinaryClassification.Trainers take a Boolean. For other classes use "
            + "ml.MulticlassClassification.Trainers.");
}
