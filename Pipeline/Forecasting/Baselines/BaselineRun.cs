using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Forecasts the current row once, however many output columns are read.</summary>
internal sealed class BaselineRun
{
    private readonly DataViewRow _row;
    private readonly SingleColumn _window;
    private readonly ForecastBaseline _baseline;
    private readonly double[] _levels;
    private readonly double _width; // deviations from the forecast to a bound
    private readonly float[] _forecast;
    private readonly float[] _deviation; // empty where nothing needs it
    private readonly int _horizon;
    private long _position = long.MinValue;

    public BaselineRun(DataViewRow row, DataViewSchema.Column window, BaselineSettings settings)
    {
        (_row, _window, _baseline, _horizon) = (row, new SingleColumn(row, window), settings.CreateBaseline(), settings.Horizon);
        _levels = [.. settings.Levels.Select(NormalQuantile.Of)];
        _width = NormalQuantile.Of((1 + settings.Options.ConfidenceLevel) / 2);
        _forecast = new float[_horizon];
        _deviation = settings.HasBounds || _levels.Length > 0 ? new float[_horizon] : [];
    }

    /// <summary>The getters of all outputs, in their order.</summary>
    public Delegate[] Getters(BaselineSettings settings)
    {
        var getters = new List<Delegate> { VectorGetter.Create(_horizon, WriteForecast) };
        if (settings.HasBounds)
            getters.AddRange([VectorGetter.Create(_horizon, values => WriteBound(values, -_width)),
                VectorGetter.Create(_horizon, values => WriteBound(values, _width))]);
        if (_levels.Length > 0)
            getters.Add(VectorGetter.Create(_horizon * _levels.Length, WriteQuantiles));
        return [.. getters];
    }

    private void WriteForecast(Span<float> values)
    {
        Run();
        _forecast.CopyTo(values);
    }

    private void WriteBound(Span<float> values, double width)
    {
        Run();
        for (var h = 0; h < _horizon; h++)
            values[h] = Off(h, width);
    }

    // [horizon, levels]
    private void WriteQuantiles(Span<float> values)
    {
        Run();
        for (var i = 0; i < values.Length; i++)
            values[i] = Off(i / _levels.Length, _levels[i % _levels.Length]);
    }

    private float Off(int h, double deviations) => (float)(_forecast[h] + (deviations * _deviation[h]));

    private void Run()
    {
        if (_position == _row.Position)
            return;
        _baseline.Forecast(_window.Read(), _forecast, _deviation);
        _position = _row.Position;
    }
}
