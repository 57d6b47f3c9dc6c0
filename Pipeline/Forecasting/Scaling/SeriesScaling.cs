namespace MlNetRnn;

/// <summary>What the location and the scale of a series are; of its known values, those that are not NaN.</summary>
public enum SeriesScaling
{
    /// <summary>The mean and the standard deviation (the root of the mean squared difference from the mean).</summary>
    Standard,

    /// <summary>
    /// The median and the interquartile range over 1.349, which is the standard deviation of normal values; outliers count little. Where
    /// half of the values are equal, and so the range is zero, the standard deviation. Fitting keeps all values (4 bytes each).
    /// </summary>
    Robust,

    /// <summary>
    /// 0 and the mean of |value|: scaled values keep their sign and their zero (Salinas et al., 2020, DeepAR).
    /// </summary>
    MeanAbsolute,
}
