namespace MlNetRnn;

/// <summary>How a forecasting network comes from a window to the steps of the horizon.</summary>
public enum ForecastDecoder
{
    /// <summary>All steps at once, by one layer (direct multi-step forecasting).</summary>
    Direct,

    /// <summary>
    /// Step by step, by a layer of its own that begins from what was read of the window and reads at each step the value before (encoder and
    /// decoder: Sutskever, Vinyals and Le, 2014): the true one while it is trained (teacher forcing: Williams and Zipser, 1989), its own
    /// forecast where it validates and scores.
    /// </summary>
    EncoderDecoder,

    /// <summary>
    /// One step, whose forecast becomes the newest step of the window, as often as there are steps (recursive or iterated forecasting: Taieb et
    /// al., 2012). The network is trained on the first step of labels. Every value of a step must be a target, as nothing else is known of the
    /// steps to come; the forecast is a <see cref="ForecastDistribution.Mean"/> or <see cref="ForecastDistribution.Median"/>, and bounds come of
    /// the errors of whole forecasts on the validation part.
    /// </summary>
    Recursive,
}
