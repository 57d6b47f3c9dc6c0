namespace MlNetRnn;

/// <summary>How the rows of the groups of a windowed series lie in the data.</summary>
public enum SeriesGroups
{
    /// <summary>
    /// The rows of each group follow one another; a group that comes again after others is an error. Memory: that of one window and
    /// its look-ahead, and each group's value.
    /// </summary>
    Contiguous,

    /// <summary>
    /// Rows of the groups come in any order, those of each group in order of time. Memory: that of one window and its look-ahead per
    /// group. A row is handed out when the last row of its label was read, whichever columns are read; rows whose label is not
    /// complete come last, groups in the order of their first rows. The order within each group holds.
    /// </summary>
    Interleaved,
}
