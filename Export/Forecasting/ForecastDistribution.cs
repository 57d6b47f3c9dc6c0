namespace MlNetRnn;

/// <summary>What a forecasting network says of each value to come.</summary>
public enum ForecastDistribution
{
    /// <summary>One number, trained by the squared error: the mean.</summary>
    Mean,

    /// <summary>One number, trained by the absolute error: the median.</summary>
    Median,

    /// <summary>Quantiles, trained by the pinball loss (Koenker and Bassett, 1978; Wen et al., 2017); they never cross.</summary>
    Quantiles,

    /// <summary>Mean and standard deviation of a normal distribution, trained by its likelihood (Salinas et al., 2020).</summary>
    Normal,

    /// <summary>Location, scale and degrees of freedom (above 3) of Student's t distribution, trained by its likelihood: for heavy tails.</summary>
    StudentT,
}
