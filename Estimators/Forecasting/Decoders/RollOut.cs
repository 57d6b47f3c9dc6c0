using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// Forecasts all steps by a network that forecasts one: each forecast becomes the newest step of the window, which is then scaled anew, as
/// <see cref="RecursiveEmission"/> has it in a graph.
/// </summary>
internal static class RollOut
{
    /// <summary>What a model says of a batch as it scores: rolled out where the network forecasts one step, else the network's own values.</summary>
    /// <param name="network">The network.</param>
    /// <param name="scaler">The units of the batch.</param>
    /// <param name="batch">The batch.</param>
    /// <returns><c>[batch, outputs]</c>, in the units of the batch's labels.</returns>
    public static torch.Tensor Score(RecurrentNetwork network, Scaler scaler, in Batch batch)
    {
        if (!network.IsRolledOut)
            return network.Forward(batch, dropout: null);
        var windows = batch.Windows ?? throw new InvalidOperationException("A batch was loaded without its windows.");
        int targets = network.Outputs, steps = (int)batch.Input.shape[0], horizon = (int)batch.Target.shape[1] / targets;
        RolledWindow[] rolled = [.. Enumerable.Range(0, windows.Count).Select(b => new RolledWindow(windows[b], steps, network.FeatureOrder, horizon))];
        for (int k = 0; k < horizon; k++)
        {
            using var scope = torch.NewDisposeScope();
            float[] values = TensorData.Read(network.Forward(Input(rolled, scaler, windows, batch), null, dropout: null, context: batch.Context)); // [B, J]
            for (int b = 0; b < rolled.Length; b++)
                rolled[b].Add(scaler, values.AsSpan(b * targets, targets), windows.Beside(b));
        }
        float[] scaled = new float[rolled.Length * horizon * targets];
        for (int b = 0; b < rolled.Length; b++)
            scaler.Label(windows[b], rolled[b].Forecasts, scaled.AsSpan(b * horizon * targets, horizon * targets), windows.Beside(b));
        return torch.tensor(scaled, rolled.Length, horizon * targets).to(batch.Input.device);
    }

    // [T, B, F], NaN where padded.
    private static torch.Tensor Input(RolledWindow[] rolled, Scaler scaler, RawWindows windows, in Batch batch)
    {
        var (steps, count, features) = ((int)batch.Input.shape[0], rolled.Length, (int)batch.Input.shape[2]);
        float[] values = new float[steps * count * features];
        values.AsSpan().Fill(float.NaN);
        for (int b = 0; b < count; b++)
        {
            var window = rolled[b].Window;
            int first = steps - (window.Length / features);
            scaler.Sequence(window, values.AsSpan(((first * count) + b) * features), count * features, windows.Beside(b));
        }
        return torch.tensor(values, steps, count, features).to(batch.Input.device);
    }

    /// <summary>A window and the forecasts that were added to it.</summary>
    private sealed class RolledWindow
    {
        private readonly int _most;
        private readonly int[] _order; // of each feature, the target that it is
        private readonly float[] _values;
        private readonly float[] _forecasts;
        private int _steps;
        private int _added;

        public RolledWindow(ReadOnlySpan<float> window, int most, int[] order, int horizon)
        {
            (_most, _order, _steps) = (most, order, window.Length / order.Length);
            _values = new float[window.Length + (horizon * order.Length)];
            _forecasts = new float[horizon * order.Length];
            window.CopyTo(_values);
        }

        /// <summary>The latest steps, <c>[steps, features]</c>.</summary>
        public ReadOnlySpan<float> Window =>
            _values.AsSpan((Math.Max(0, _steps - _most) * _order.Length)..(_steps * _order.Length));

        /// <summary><c>[horizon, targets]</c>.</summary>
        public ReadOnlySpan<float> Forecasts => _forecasts;

        public void Add(Scaler scaler, ReadOnlySpan<float> scaled, ReadOnlySpan<float> beside)
        {
            var forecast = _forecasts.AsSpan(_added * scaled.Length, scaled.Length);
            scaler.Value(Window, scaled, forecast, beside);
            for (int f = 0; f < _order.Length; f++)
                _values[(_steps * _order.Length) + f] = forecast[_order[f]];
            (_steps, _added) = (_steps + 1, _added + 1);
        }
    }
}
