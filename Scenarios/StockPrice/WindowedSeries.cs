using Microsoft.ML;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>A series cut into windows and split by time.</summary>
internal sealed class WindowedSeries
{
    public const string WindowColumn = "Window";
    public const string LabelColumn = "Label";
    private const double TestFraction = 0.2;

    public WindowedSeries(MLContext ml, Series series, int window, int horizon)
    {
        Series = series;
        Window = window;
        Horizon = horizon;
        Transformer = ml.Transforms.SlidingWindow(WindowColumn, [series.Column], window, horizon, LabelColumn).Fit(series.Data);
        var windows = Transformer.Transform(series.Data);
        var split = ml.Data.ChronologicalSplit(windows, TestFraction);
        (Train, Test) = (split.TrainSet, split.TestSet);
        Rows = (int)Count(series.Data, series.Column);
    }

    public Series Series { get; }

    public int Window { get; }

    public int Horizon { get; }

    public SlidingWindowTransformer Transformer { get; }

    public IDataView Train { get; }

    public IDataView Test { get; }

    /// <summary>Rows of the series.</summary>
    public int Rows { get; }

    private static long Count(IDataView data, string column)
    {
        using var cursor = data.GetRowCursor([data.Schema[column]]);
        long rows = 0;
        while (cursor.MoveNext())
            rows++;
        return rows;
    }
}
