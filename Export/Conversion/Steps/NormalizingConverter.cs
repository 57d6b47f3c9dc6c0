using System.Collections.Immutable;
using Microsoft.ML.Transforms;
using static Microsoft.ML.Transforms.NormalizingTransformer;

namespace MlNetRnn;

/// <summary>
/// <c>NormalizeMeanVariance</c>, <c>NormalizeMinMax</c>, <c>NormalizeRobustScaling</c>, <c>NormalizeLogMeanVariance</c>, <c>NormalizeBinning</c>
/// and <c>NormalizeSupervisedBinning</c>, in the arithmetic and order of ML.NET's own.
/// </summary>
internal sealed class NormalizingConverter : OnnxStepConverter<NormalizingTransformer>
{
    protected override OnnxColumn Convert(NormalizingTransformer transformer, OnnxStepContext context) =>
        transformer.GetNormalizerModelParameters(context.PairIndex(transformer)) switch
        {
            AffineNormalizerModelParameters<float> p => AffineNormalizer.Emit(context, [p.Offset], [p.Scale]),
            AffineNormalizerModelParameters<double> p => AffineNormalizer.Emit(context, [p.Offset], [p.Scale]),
            AffineNormalizerModelParameters<ImmutableArray<float>> p => AffineNormalizer.Emit(context, Wide(p.Offset), Wide(p.Scale)),
            AffineNormalizerModelParameters<ImmutableArray<double>> p => AffineNormalizer.Emit(context, [.. p.Offset], [.. p.Scale]),
            CdfNormalizerModelParameters<float> p => CdfNormalizer.Emit(context, [p.Mean], [p.StandardDeviation], p.UseLog),
            CdfNormalizerModelParameters<double> p => CdfNormalizer.Emit(context, [p.Mean], [p.StandardDeviation], p.UseLog),
            CdfNormalizerModelParameters<ImmutableArray<float>> p =>
                CdfNormalizer.Emit(context, Wide(p.Mean), Wide(p.StandardDeviation), p.UseLog),
            CdfNormalizerModelParameters<ImmutableArray<double>> p =>
                CdfNormalizer.Emit(context, [.. p.Mean], [.. p.StandardDeviation], p.UseLog),
            BinNormalizerModelParameters<float> p => BinNormalizer.Emit(context, [Wide(p.UpperBounds)], [p.Density], [p.Offset]),
            BinNormalizerModelParameters<double> p => BinNormalizer.Emit(context, [[.. p.UpperBounds]], [p.Density], [p.Offset]),
            BinNormalizerModelParameters<ImmutableArray<float>> p =>
                BinNormalizer.Emit(context, [.. p.UpperBounds.Select(Wide)], Wide(p.Density), Wide(p.Offset)),
            BinNormalizerModelParameters<ImmutableArray<double>> p =>
                BinNormalizer.Emit(context, [.. p.UpperBounds.Select(b => b.ToArray())], [.. p.Density], [.. p.Offset]),
            var p => throw context.NotSupported($"its parameters are {p.GetType().Name}, which this version of MlNetRnn does not know."),
        };

    // Every Single is a Double, and comes back as it was when it is written for a column of Single.
    private static double[] Wide(ImmutableArray<float> values) => [.. values.Select(v => (double)v)];
}
