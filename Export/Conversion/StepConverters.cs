using System.Collections.Immutable;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Finds the converter of a step by its type: the user's before the library's, the nearest type first.</summary>
internal sealed class StepConverters(ImmutableArray<OnnxStepConverter> given)
{
    private static readonly ImmutableArray<OnnxStepConverter> BuiltIn =
    [
        new NormalizingConverter(),
        new ConcatenatingConverter(),
        new CopyingConverter(),
        new TypeConverter(),
        new MissingValueReplacingConverter(),
        new MissingValueIndicatingConverter(),
        new ValueToKeyConverter(),
        new KeyToValueConverter(),
        new KeyToVectorConverter(),
    ];

    private const string Names = "SlidingWindow, one MlNetRnn trainer, NormalizeMeanVariance, NormalizeMinMax, NormalizeRobustScaling, "
        + "NormalizeLogMeanVariance, NormalizeBinning, NormalizeSupervisedBinning, Concatenate, CopyColumns, SelectColumns, DropColumns, "
        + "ConvertType, ReplaceMissingValues, IndicateMissingValues, MapValueToKey, MapKeyToValue, MapKeyToVector and OneHotEncoding";

    /// <exception cref="NotSupportedException">There is none; the message names the step.</exception>
    public OnnxStepConverter Find(ChainStep step, DataViewSchema.Column column) =>
        Find(given, step.Transformer) ?? Find(BuiltIn, step.Transformer) ?? throw new NotSupportedException(
            $"In the pipeline, {step.Name} makes '{column.Name}', which the exported columns depend on, and cannot be written as ONNX: "
                + $"there is no converter for {step.Transformer.GetType().FullName}. Do this step outside of the exported pipeline, or give "
                + $"a converter of it by OnnxExportOptions.Converters. Convertible are: {Names}.");

    private static OnnxStepConverter? Find(ImmutableArray<OnnxStepConverter> converters, ITransformer transformer)
    {
        for (var type = transformer.GetType(); type is not null; type = type.BaseType)
        {
            if (converters.FirstOrDefault(c => c.TransformerType == type) is { } found)
                return found;
        }
        return converters.FirstOrDefault(c => c.TransformerType.IsInstanceOfType(transformer)); // an interface
    }
}
