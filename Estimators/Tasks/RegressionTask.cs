using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>One number per sequence, in the column <c>Score</c>.</summary>
internal sealed class RegressionTask : SequenceTask
{
    private const string ScoreColumnName = "Score"; // where ml.Regression.Evaluate looks

    public override string Name => "regression";

    public override string[] OutputNames => [ScoreColumnName];

    public override int LabelSize(DataViewSchema.Column label) => IsSingle(label.Type)
        ? 1
        : throw Wrong(label.Name, label.Type.ToString()!, label.Type is VectorDataViewType);

    public override void CheckLabel(SchemaShape.Column label)
    {
        if (label.Kind != SchemaShape.Column.VectorKind.Scalar || !IsSingle(label.ItemType) || label.IsKey)
            throw Wrong(label.Name, label.GetTypeString(), label.Kind != SchemaShape.Column.VectorKind.Scalar);
    }

    public override SequenceModelOutput[] Outputs(TrainingColumns columns) => [new(ScoreColumnName, 1, IsVector: false)];

    public override SchemaShape.Column[] OutputShapes(SchemaShape.Column label) =>
        [new(ScoreColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, isKey: false)];

    private static ArgumentException Wrong(string name, string type, bool isVector) => new(
        $"Label column '{name}' is {type}; ml.Regression.Trainers take a Single. " + (isVector
            ? "For several steps ahead use ml.Forecasting.ForecastByRecurrent."
            : "Convert it by ml.Transforms.Conversion.ConvertType."));
}
