using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>Scores test windows with a saved model, without ML.NET's transformer and without libtorch.</summary>
internal static class PredictionReader
{
    public static TestPredictions Read(SequenceModel model, WindowedSeries windows)
    {
        using var predictor = new SequencePredictor(model);
        var actual = TestPredictions.Column(windows.Test, WindowedSeries.LabelColumn, windows.Horizon);
        var rows = windows.Test.GetColumn<float[]>(WindowedSeries.WindowColumn).Zip(actual).Where(r => !r.Second.Any(float.IsNaN)).ToArray();
        if (rows.Length == 0)
            throw new InvalidOperationException("No test row has a known future: give more rows.");
        return new(model.Manifest.Network.Cell, [.. rows.Select(r => r.Second)], [.. rows.Select(r => predictor.Predict(r.First))]);
    }
}
