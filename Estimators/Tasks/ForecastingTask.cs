using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn;

/// <summary>The next steps of a series: a value, quantiles, or a distribution for each step of the horizon and target.</summary>
internal sealed class ForecastingTask : SequenceTask
{
    private readonly ForecastOptions _forecast;
    private readonly ForecastLevels _levels;

    public ForecastingTask(ForecastOptions forecast)
    {
        _forecast = forecast;
        _levels = ForecastLevels.Of(forecast);
        Output = ForecastOutput.Create(forecast.Distribution, _levels.All);
    }

    /// <summary>What the network's values say.</summary>
    public ForecastOutput Output { get; }

    public override string Name => "forecasting";

    public override object? Options => _forecast;

    public override string[] OutputNames => [.. ForecastModelColumns.Names(_forecast)];

    public override IEnumerable<string> Failures(RecurrentOptions options) => ForecastValidation.Failures(_forecast, options);

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

    public override TrainingColumns Complete(TrainingColumns columns, DataViewSchema schema, DataViewSchema.Column label, RecurrentOptions options) =>
        ForecastModelColumns.Complete(columns, schema, label, options, _forecast, Output);

    public override ForecastSummary? Forecast(TrainingColumns columns, float[] calibration) =>
        ForecastModelColumns.Summary(columns, _forecast, calibration);

    public override int NetworkOutputs(TrainingColumns columns) => columns.LabelSize * Output.Parameters;

    public override SequenceModelOutput[] Outputs(TrainingColumns columns) => ForecastModelColumns.Outputs(columns, _forecast);

    public override SchemaShape.Column[] OutputShapes(SchemaShape.Column label) =>
        [.. OutputNames.Select(name => new SchemaShape.Column(name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false))];

    public override torch.Tensor LossSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights) =>
        Sum(Output.Loss(Parameters(prediction), Predicted(prediction, target)), weights is null ? null : Predicted(prediction, weights));

    public override torch.Tensor ErrorSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? weights) =>
        Sum(
            (ForecastOutput.Point(Parameters(prediction)) - Predicted(prediction, target)).abs(),
            weights is null ? null : Predicted(prediction, weights));

    public override double? ShareOutside =>
        _forecast is { HasBounds: true, ConformalCalibration: true } ? 1 - _forecast.ConfidenceLevel : null;

    public override torch.Tensor? OutsideBounds(torch.Tensor prediction, torch.Tensor target)
    {
        var (lower, upper) = Bounds(Parameters(prediction));
        return torch.maximum(lower - target, target - upper);
    }

    public override void EmitOutputs(OnnxGraphBuilder graph, ModelEnding ending)
    {
        if (Output.Parameters == 1 && ending is { Window: null, Outputs.Length: 1 })
            base.EmitOutputs(graph, ending);
        else
            new ForecastEmission(graph, ending, Output, _levels).EmitOutputs();
    }

    // Of labels, [B, K], what is predicted: the first step where a network that is rolled out trains.
    private torch.Tensor Predicted(torch.Tensor prediction, torch.Tensor labels) =>
        prediction.shape[1] / Output.Parameters is var values && values < labels.shape[1] ? labels.narrow(1, 0, values) : labels;

    // [B, K·P] → [B, K, P]
    private torch.Tensor Parameters(torch.Tensor prediction) => prediction.view(prediction.shape[0], -1, Output.Parameters);

    private (torch.Tensor Lower, torch.Tensor Upper) Bounds(torch.Tensor parameters)
    {
        if (Output.Levels.Length == 0)
            return (ForecastOutput.Point(parameters), ForecastOutput.Point(parameters));
        var quantiles = Output.Quantiles(parameters);                                             // [B, K, L]
        return (quantiles.select(2, _levels.Lower), quantiles.select(2, _levels.Upper));
    }

    private static ArgumentException Wrong(string name, string type) => new(
        $"Label column '{name}' is {type}; ForecastByRecurrent takes a Vector<Single, horizon> or Vector<Single, horizon, targets> of known "
            + "size, or a Single. "
        + "ml.Transforms.SlidingWindow makes one.");
}
