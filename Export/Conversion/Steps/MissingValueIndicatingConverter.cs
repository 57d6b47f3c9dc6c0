using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary><c>IndicateMissingValues</c>: whether a number is NaN.</summary>
internal sealed class MissingValueIndicatingConverter : OnnxStepConverter<MissingValueIndicatorTransformer>
{
    protected override OnnxColumn Convert(MissingValueIndicatorTransformer transformer, OnnxStepContext context) =>
        context.Output(context.Graph.Node("IsNaN", [context.Input().Value]));
}
