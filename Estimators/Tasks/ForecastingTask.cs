using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The next steps of a series at once (direct forecasting): one output per step of the horizon and target, in one vector column.
/// </summary>
internal sealed class ForecastingTask(string outputColumnName) : SequenceTask
{
    public override string Name => "forecasting";

    public override string[] OutputNames => [outputColumnName];

    public override int LabelSize(DataViewSchema.Column label) => label.Type switch
    {
        VectorDataViewType { Size: > 0, Dimensions.Length: <= 2 } vector when IsSingle(vector.ItemType) => vector.Size,
        var type when IsSingle(type) => 1,
        var type => throw Wrong(label.Name, type.ToString()!),
    };

    public override void CheckLabel(SchemaShape.Column label)
    {
        if (label.Kind == SchemaShape.Column.VectorKind.VariableVector || !IsSingle(label.ItemType) || label.IsKey)
            throw Wrong(label.Name, label.GetTypeString());
    }

    public override SequenceModelOutput[] Outputs(TrainingColumns columns) =>
        [new(outputColumnName, columns.LabelSize, IsVector: true, columns.Targets)];

    public override SchemaShape.Column[] OutputShapes(SchemaShape.Column label) =>
        [new(outputColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false)];

    private static ArgumentException Wrong(string name, string type) => new(
        $"Label column '{name}' is {type}; ForecastByRecurrent takes a Vector<Single, horizon> or Vector<Single, horizon, targets> of known "
            + "size, or a Single. "
        + "ml.Transforms.SlidingWindow makes one.");
}
