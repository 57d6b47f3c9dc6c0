using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Forecasts as a long view: a row for each series and step.</summary>
internal static class ForecastTable
{
    public static IDataView Create(SeriesForecasts forecasts, SlidingWindowSettings window)
    {
        var (ends, horizon) = (forecasts.Ends, forecasts.Horizon);
        int[] series = [.. Enumerable.Range(0, ends.Count).Where(s => forecasts.Reasons[s] is null)];
        (int Series, int Step) At(long row) => (series[row / horizon], (int)(row % horizon) + 1);
        var columns = new List<MemoryTable.Column>();
        if (ends.Names.Column is { } group)
            columns.Add(new(group.Name, group.Type, row => ends.Names.Getter(() => At(row()).Series), group.Annotations));
        if (ends.Times is { } times)
            columns.Add(new(times.Column.Name, times.Column.Type, row => times.Getter(() => At(row()))));
        columns.Add(MemoryTable.Of("Step", NumberDataViewType.Int32, row => At(row).Step));
        foreach (var (name, column) in forecasts.Columns.All)
            columns.Add(Values(name, column, SingleColumn.Size(column) / horizon, window, row =>
            {
                var (number, step) = At(row);
                var width = SingleColumn.Size(column) / horizon;
                return forecasts.Values(name, number).AsMemory((step - 1) * width, width);
            }));
        return new MemoryTable((long)series.Length * horizon, columns);
    }

    // One value per step: a Single. Several: a vector, of targets or of quantiles.
    private static MemoryTable.Column Values(string name, DataViewSchema.Column column, int width, SlidingWindowSettings window,
        Func<long, ReadOnlyMemory<float>> values)
    {
        if (width == 1)
            return MemoryTable.Singles(name, row => values(row).Span[0]);
        return new(name, new VectorDataViewType(NumberDataViewType.Single, width),
            row => VectorGetter.Create(width, place => values(row()).Span.CopyTo(place)), Annotations(name, column, width, window));
    }

    private static DataViewSchema.Annotations Annotations(string name, DataViewSchema.Column column, int width, SlidingWindowSettings window)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(column.Annotations, annotation => annotation != "SlotNames"); // those name values of all steps
        if (name != ForecastOutputs.QuantilesName && window.Targets.Length == width)
            builder.AddNames(width, () => [.. window.Targets.Select(target => target.AsMemory())]);
        return builder.ToAnnotations();
    }
}
