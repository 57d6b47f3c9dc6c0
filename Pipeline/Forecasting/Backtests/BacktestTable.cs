using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The forecasts of a method as a long view: a row for each origin and step.</summary>
internal static class BacktestTable
{
    public static IDataView Create(BacktestSeries series, List<(int Fold, int Series, long Origin)> origins, BacktestMethod method, int horizon)
    {
        (int Fold, int Series, long Origin) At(long row) => origins[(int)(row / horizon)];
        int Step(long row) => (int)(row % horizon);
        float[] Forecast(long row) => method.Forecasts[(int)(row / horizon)];
        (float[] Lower, float[] Upper) Bounds(long row) => method.Bounds[(int)(row / horizon)];
        var columns = new List<MemoryTable.Column> { MemoryTable.Of("Fold", NumberDataViewType.Int32, row => At(row).Fold + 1) };
        if (series.Names.Column is { } group)
            columns.Add(new(group.Name, group.Type, row => series.Names.Getter(() => At(row()).Series), group.Annotations));
        columns.Add(MemoryTable.Of("OriginRow", NumberDataViewType.Int64, row => At(row).Origin));
        if (series.Times is { } times)
        {
            var time = times.Column;
            columns.Add(new("Origin", time.Type, row => times.RowGetter(() => (At(row()).Series, At(row()).Origin - 1))));
            columns.Add(new(time.Name, time.Type, row => times.RowGetter(() => (At(row()).Series, At(row()).Origin + Step(row())))));
        }
        columns.Add(MemoryTable.Of("Step", NumberDataViewType.Int32, row => Step(row) + 1));
        columns.Add(MemoryTable.Singles("Actual", row => series.Values(At(row).Series)[(int)At(row).Origin + Step(row)]));
        columns.Add(MemoryTable.Singles("Forecast", row => Forecast(row)[Step(row)]));
        if (method.Bounds.Exists(bounds => bounds.Lower.Length > 0))
        {
            columns.Add(MemoryTable.Singles("LowerBound", row => Bounds(row).Lower[Step(row)]));
            columns.Add(MemoryTable.Singles("UpperBound", row => Bounds(row).Upper[Step(row)]));
        }
        return new MemoryTable((long)origins.Count * horizon, columns);
    }
}
