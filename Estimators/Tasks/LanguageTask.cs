using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn;

/// <summary>What of a language model's options its model follows from, beyond the network's.</summary>
internal sealed record LanguageTraining(LanguageRows Rows, UnknownTokens Unknown, bool TieEmbeddings, int TruncationLength);

/// <summary>The next token of a text: a probability for each and for the end in <c>Score</c>, the likeliest in <c>PredictedLabel</c>.</summary>
internal sealed class LanguageTask(LanguageModelOptions options) : ClassificationTask(new())
{
    public override string Name => SequenceModelManifest.LanguageTask;

    public override object? Options => new LanguageTraining(options.Rows, options.Unknown, options.TieEmbeddings, options.TruncationLength);

    /// <summary>Steps that gradients go back through.</summary>
    public int TruncationLength => options.TruncationLength;

    public override LanguageSummary? Language => options.Summary;

    public override string[] OutputNames => [PredictedLabelName, ScoreName];

    public override IEnumerable<string> Failures(RecurrentOptions network) => options.Failures();

    public override void CheckLabel(SchemaShape.Column label)
    {
        if (label.Kind == SchemaShape.Column.VectorKind.Scalar || !label.IsKey)
            throw Wrong(label.Name, label.GetTypeString());
    }

    public override ClassSummary? Classes(DataViewSchema.Column label) => LanguageSummary.Classes(ClassValues.Of(label));

    public override TrainingColumns Complete(TrainingColumns columns, DataViewSchema schema, DataViewSchema.Column label, RecurrentOptions network) =>
        columns with { Language = options.Summary, IsOrdered = false };

    public override int NetworkOutputs(TrainingColumns columns) => columns.Classes!.Count;

    public override SequenceModelOutput[] Outputs(TrainingColumns columns) => [new(ScoreName, columns.Classes!.Count, IsVector: true)];

    public override SchemaShape.Column[] OutputShapes(SchemaShape.Column label) =>
        MulticlassTask.Shapes(KeyValues());

    /// <summary>Sum of the negative logarithms of the probabilities of the tokens that came.</summary>
    /// <param name="prediction">Of each token predicted, <c>[tokens, classes]</c>.</param>
    /// <param name="target">The classes that came, int64 <c>[tokens, 1]</c>.</param>
    /// <param name="weights">Not used: all count 1.</param>
    public override torch.Tensor LossSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights) =>
        -torch.nn.functional.log_softmax(prediction, 1).gather(1, target).sum();

    public override torch.Tensor ErrorSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights) =>
        prediction.argmax(1, keepdim: true).ne(target).sum();

    public override void EmitOutputs(OnnxGraphBuilder graph, ModelEnding ending) =>
        ending.Emit(graph, 0, graph.Node("Softmax", [ending.Prediction], ("axis", 1)));

    protected override void Check(DataViewType type, string name, string typeName)
    {
        if (type is not VectorDataViewType { ItemType: KeyDataViewType })
            throw Wrong(name, typeName);
    }

    private static SchemaShape KeyValues() => new(
    [
        new SchemaShape.Column(
            AnnotationUtils.Kinds.KeyValues, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false),
    ]);

    private static ArgumentException Wrong(string name, string type) => new(
        $"Column '{name}' is {type}; ml.MulticlassClassification.Trainers.LanguageModel takes a vector of keys, the tokens of a text: make one of a "
            + "vector of text by ml.Transforms.Conversion.MapValueToKey.");
}
