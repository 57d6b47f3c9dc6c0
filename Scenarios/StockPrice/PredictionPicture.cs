namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>Draws the test period: actual, predicted, and persistence faint.</summary>
internal static class PredictionPicture
{
    public static void Save(string path, WindowedSeries windows, PriceModel model, TestPredictions persistence)
    {
        int step = windows.Horizon - 1, count = model.Test.Actual.Length;
        double[] x = [.. Enumerable.Range(0, count).Select(i => (double)(windows.Rows - count + i))]; // the label's row: the last one ends the series
        double[] At(float[][] rows) => [.. rows.Select(r => (double)r[step])];
        PredictionPlot.Save(
            path,
            $"{windows.Series.Title}: test period, {(windows.Horizon == 1 ? "next step" : $"{windows.Horizon} steps ahead")}",
            windows.Series.Step,
            windows.Series.Unit,
            x,
            At(model.Test.Actual),
            [(model.Name.ToUpperInvariant(), At(model.Test.Predicted), false), ("Persistence", At(persistence.Predicted), true)]);
    }
}
