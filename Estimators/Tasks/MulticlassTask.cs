using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn;

/// <summary>One of several classes per sequence: a probability for each in <c>Score</c>, the likeliest in <c>PredictedLabel</c>.</summary>
internal sealed class MulticlassTask(ClassificationOptions options) : ClassificationTask(options)
{
    public override string Name => SequenceModelManifest.MulticlassTask;

    public override string[] OutputNames => [PredictedLabelName, ScoreName];

    public override void CheckLabel(SchemaShape.Column label)
    {
        if (label.Kind != SchemaShape.Column.VectorKind.Scalar || !label.IsKey)
            throw Wrong(label.Name, label.GetTypeString());
    }

    public override ClassSummary? Classes(DataViewSchema.Column label) => ClassValues.Of(label);

    public override int NetworkOutputs(TrainingColumns columns) => columns.Classes!.Count;

    public override SequenceModelOutput[] Outputs(TrainingColumns columns) => [new(ScoreName, columns.Classes!.Count, IsVector: true)];

    public override SchemaShape.Column[] OutputShapes(SchemaShape.Column label) => Shapes(KeyValues(label));

    /// <summary>The output columns of a model that tells classes apart.</summary>
    /// <param name="predicted">The annotations of the predicted class.</param>
    public static SchemaShape.Column[] Shapes(SchemaShape predicted) =>
    [
        new(PredictedLabelName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true, predicted),
        new(ScoreName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false, SlotNames()),
    ];

    public override torch.Tensor LossSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights)
    {
        var logarithms = torch.nn.functional.log_softmax(prediction, 1);                          // [B, C]
        var loss = -logarithms.gather(1, target.to(torch.int64));                                 // [B, 1]
        if (LabelSmoothing == 0)
            return Sum(loss, weights);
        using Scalar kept = ((float)(1 - LabelSmoothing)).ToScalar(), spread = ((float)LabelSmoothing).ToScalar(); // held while libtorch reads them
        return Sum(loss.mul(kept) - logarithms.mean([1], keepdim: true).mul(spread), weights);
    }

    public override torch.Tensor ErrorSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights) =>
        Sum(prediction.argmax(1, keepdim: true).to(torch.float32).ne(target).to(torch.float32), weights);

    public override void EmitOutputs(OnnxGraphBuilder graph, ModelEnding ending)
    {
        string probabilities = graph.Node("Softmax", [ending.Prediction], ("axis", 1));
        ending.Emit(graph, 0, graph.Node("Add", [probabilities, ending.Missing])); // behind: Softmax need not hand NaN on
    }

    protected override void Check(DataViewType type, string name, string typeName)
    {
        if (type is not KeyDataViewType key)
            throw Wrong(name, typeName);
        if (key.Count is < 2 or > (ulong)KeyGetters.MostKeys)
        {
            throw new ArgumentException($"Label column '{name}' is {typeName}, a key of {key.Count} values; classification needs at least 2 "
                + $"classes and takes {KeyGetters.MostKeys} at most.");
        }
    }

    private static ArgumentException Wrong(string name, string type) => new(
        $"Label column '{name}' is {type}; ml.MulticlassClassification.Trainers take a key. Make one by "
            + "ml.Transforms.Conversion.MapValueToKey.");

    private static SchemaShape KeyValues(SchemaShape.Column label) =>
        new(label.Annotations.Where(a => a.Name == AnnotationUtils.Kinds.KeyValues));

    private static SchemaShape SlotNames() => new(
    [
        new SchemaShape.Column(
            AnnotationUtils.Kinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false),
    ]);
}
