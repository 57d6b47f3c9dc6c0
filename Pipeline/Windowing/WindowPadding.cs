namespace MlNetRnn;

/// <summary>What becomes of rows that have too few rows before them for a full window.</summary>
public enum WindowPadding
{
    /// <summary>They are dropped.</summary>
    None,

    /// <summary>
    /// They have windows too: the steps before the beginning of the series are NaN in every value, and the mask column is 0 there.
    /// NaN rather than 0, which could be taken for a measured value: MlNetRnn's trainers read leading steps of NaN as not there.
    /// </summary>
    Start,
}
