using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>Scores test windows with a saved model, without ML.NET's transformer and without libtorch.</summary>
internal static class PredictionReader
{
    public static TestPredictions Read(SequenceModel model, WindowedSeries windows)
    {
        using var predictor = new SequencePredictor(model);
        var actual = TestPredictions.Column(windows.Test, WindowedSeries.LabelColumn, windows.Horizon);
        float[][] predicted = [.. windows.Test.GetColumn<float[]>(WindowedSeries.WindowColumn).Select(w => predictor.Predict(w))];
        return TestPredictions.Labelled(model.Manifest.Network.Cell, actual, predicted);
    }
}
