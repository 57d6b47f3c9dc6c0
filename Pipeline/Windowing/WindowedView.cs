using Microsoft.ML;

namespace MlNetRnn;

/// <summary>A lazy view of the windows of a series; every cursor streams over one upstream cursor.</summary>
internal sealed class WindowedView(IDataView source, WindowBinding binding) : IDataView
{
    public DataViewSchema Schema => binding.OutputSchema;

    /// <summary>Rows make sense in their order only.</summary>
    public bool CanShuffle => false;

    /// <summary>Unknown without reading: it depends on the groups.</summary>
    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = LinkedCursor.ActiveColumns(Schema, columnsNeeded);
        return new WindowCursor(source.GetRowCursor([.. binding.Needed(active)]), binding, active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];
}
