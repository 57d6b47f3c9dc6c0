using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>What a model must beat, on the same test rows.</summary>
internal static class Baselines
{
    /// <summary>Tomorrow is as today: the window's last value.</summary>
    public static TestPredictions Persistence(WindowedSeries windows) =>
        TestPredictions.Read("persistence", windows.Test, windows.Series.Column, windows.Horizon);

    /// <summary>ML.NET's linear regression on the same windows: they slot into any trainer. One model per step of the horizon.</summary>
    public static TestPredictions Linear(MLContext ml, WindowedSeries windows)
    {
        float[][][] steps = [.. Enumerable.Range(0, windows.Horizon).Select(step => LinearStep(ml, windows, step))];
        var actual = TestPredictions.Column(windows.Test, WindowedSeries.LabelColumn, windows.Horizon);
        float[][] predicted = [.. actual.Select((_, row) => steps.Select(s => s[row][0]).ToArray())];
        return TestPredictions.Labelled("linear (SDCA)", actual, predicted);
    }

    private static float[][] LinearStep(MLContext ml, WindowedSeries windows, int step)
    {
        var pipeline = StepLabel(ml, windows.Horizon, step)
            .Append(ml.Transforms.NormalizeMeanVariance("Features", WindowedSeries.WindowColumn, fixZero: false))
            .Append(ml.Regression.Trainers.Sdca(new Microsoft.ML.Trainers.SdcaRegressionTrainer.Options
            {
                LabelColumnName = nameof(StepOutput.StepLabel),
                FeatureColumnName = "Features",
                NumberOfThreads = 1, // several threads give another result each time
            }));
        return TestPredictions.Column(pipeline.Fit(windows.Train).Transform(windows.Test), "Score", horizon: 1);
    }

    private static IEstimator<ITransformer> StepLabel(MLContext ml, int horizon, int step) => horizon == 1
        ? ml.Transforms.CopyColumns(nameof(StepOutput.StepLabel), WindowedSeries.LabelColumn)
        : ml.Transforms.CustomMapping<StepInput, StepOutput>((input, output) => output.StepLabel = input.Label[step], contractName: null);

    private sealed class StepInput
    {
        [VectorType]
        public float[] Label { get; set; } = [];
    }

    private sealed class StepOutput
    {
        public float StepLabel { get; set; }
    }
}
