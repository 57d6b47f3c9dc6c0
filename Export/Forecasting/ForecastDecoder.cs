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
}
