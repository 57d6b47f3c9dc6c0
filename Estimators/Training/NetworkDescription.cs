using static System.FormattableString; // the model file says the same on every machine

namespace MlNetRnn;

/// <summary>Describes a network layer by layer, as the model file keeps it and <c>Summary</c> shows it.</summary>
internal static class NetworkDescription
{
    public static NetworkSummary Of(RecurrentNetwork network, RecurrentOptions options, TrainingColumns columns)
    {
        var parameters = network.Parameters.ToLookup(p => LayerName(p.Name), p => p.Value.numel());
        return new(
            options.Cell.Name, options.Bidirectional, options.HiddenSizes, options.Dropout, options.DenseSizes,
            parameters.Sum(layer => layer.Sum()))
        {
            InputDropout = options.InputDropout,
            RecurrentDropout = options.RecurrentDropout,
            LayerNormalization = options.LayerNormalization,
            Deltas = options.Input.Deltas,
            StackedSteps = options.Input.StackedSteps,
            Readout = options.Readout,
            AttentionSize = AttentionSize(options),
            EmbeddingSize = columns.Tokens > 0 ? options.EmbeddingSize : null,
            Layers = [.. Layers(options, columns, network.Outputs).Select(layer => layer with { Parameters = parameters[layer.Name].Sum() })],
        };
    }

    /// <summary>Values of attention's hidden layer; null with another readout.</summary>
    public static int? AttentionSize(RecurrentOptions options) => options.Readout == SequenceReadout.Attention
        ? options.AttentionSize ?? OutputSize(options, options.HiddenSizes.Length - 1)
        : null;

    // rnn.0.weight_ih_l0 → rnn.0, head.bias → head
    private static string LayerName(string parameter)
    {
        string[] parts = parameter.Split('.');
        return parts is [var layer, _] ? layer : $"{parts[0]}.{parts[1]}";
    }

    private static IEnumerable<LayerSummary> Layers(RecurrentOptions options, TrainingColumns columns, int outputs)
    {
        int features = columns.Tokens > 0 ? options.EmbeddingSize : columns.Features;
        yield return new("input", "Input", columns.Tokens > 0 ? [columns.Steps] : [columns.Steps, columns.Features], 0);
        if (columns.Tokens > 0)
            yield return new("embedding", "Embedding", [columns.Steps, features], 0);
        if (columns.Forecast is { Masked: true })
            yield return new("input.mask", "Mask of padding", [columns.Steps, ++features], 0);
        var input = new NetworkInput(options.Input, features, options.Input.Deltas ? [] : null);
        int steps = input.Steps(columns.Steps);
        if (options.Input.Deltas)
            yield return new("input.deltas", "Deltas", [columns.Steps, 2 * features], 0);
        if (options.Input.StackedSteps > 1)
            yield return new("input.stacked", Invariant($"{options.Input.StackedSteps} steps as one"), [steps, input.Size], 0);
        if (options.InputDropout > 0)
            yield return new("dropout.input", Invariant($"Dropout {options.InputDropout}"), [steps, input.Size], 0);
        for (int i = 0; i < options.HiddenSizes.Length; i++)
        {
            foreach (var layer in Recurrent(options, steps, i))
                yield return layer;
        }
        if (Readout(options) is { } readout)
            yield return readout;
        if (columns.Covariates is { AreRead: true } covariates)
        {
            yield return new("covariates", $"Beside: {string.Join(", ", covariates.Columns.Select(c => c.ColumnName))}", [covariates.Size], 0);
            int key = 0;
            foreach (var column in covariates.Columns.Where(c => c.Kind == CovariateKind.StaticKey))
                yield return new($"context.{key++}", $"Embedding of {column.ColumnName}", [ContextInput.EmbeddingSize(column.Keys)], 0);
        }
        int decoded = columns.Forecast is { Decoder: ForecastDecoder.EncoderDecoder, Horizon: var horizon } ? horizon : 0;
        bool isRecursive = columns.Forecast is { Decoder: ForecastDecoder.Recursive };
        foreach (var layer in decoded > 0 ? Decoder(options, decoded) : [])
            yield return layer;
        for (int i = 0; i < options.DenseSizes.Length; i++)
            yield return new($"dense.{i}", "Dense, ReLU", decoded > 0 ? [decoded, options.DenseSizes[i]] : [options.DenseSizes[i]], 0);
        yield return new("head", "Dense", decoded > 0 ? [decoded, outputs / decoded] : [isRecursive ? columns.Targets : outputs], 0);
        if (columns.Forecast is { LinearHighway: true } highway)
            yield return new("highway", "Linear, window to horizon", [(isRecursive ? 1 : highway.Horizon) * highway.TargetFeatures.Length], 0);
        if (isRecursive)
            yield return new("recursion", "Each step fed back", [columns.LabelSize / columns.Targets, columns.Targets], 0);
    }

    private static IEnumerable<LayerSummary> Decoder(RecurrentOptions options, int horizon)
    {
        int size = options.HiddenSizes[^1];
        for (int i = 0; i < options.Cell.StreamingStates; i++)
            yield return new($"bridge.{i}", "Dense, tanh", [size], 0);
        string dropout = options.RecurrentDropout > 0 ? Invariant($", recurrent dropout {options.RecurrentDropout}") : "";
        yield return new("decoder", $"{options.Cell.Name.ToUpperInvariant()}, decoder{dropout}", [horizon, size], 0);
        if (options.Dropout > 0)
            yield return new("dropout.decoder", Invariant($"Dropout {options.Dropout}"), [horizon, size], 0);
    }

    private static LayerSummary? Readout(RecurrentOptions options) => options.Readout switch
    {
        SequenceReadout.Mean => new("mean", "Mean over steps", [OutputSize(options, options.HiddenSizes.Length - 1)], 0),
        SequenceReadout.Max => new("max", "Max over steps", [OutputSize(options, options.HiddenSizes.Length - 1)], 0),
        SequenceReadout.Attention => new(
            "attention", Invariant($"Additive attention, {AttentionSize(options)}"), [OutputSize(options, options.HiddenSizes.Length - 1)], 0),
        _ => null,
    };

    private static int OutputSize(RecurrentOptions options, int layer) => options.HiddenSizes[layer] * (options.Bidirectional ? 2 : 1);

    // The output of every step goes to the next layer or the readout, unless that takes the final state.
    private static IEnumerable<LayerSummary> Recurrent(RecurrentOptions options, int steps, int i)
    {
        int size = OutputSize(options, i);
        bool isFinal = i == options.HiddenSizes.Length - 1 && options.Readout == SequenceReadout.Last;
        int[] shape = isFinal ? [size] : [steps, size];
        string cell = options.Cell.Name.ToUpperInvariant();
        string dropout = options.RecurrentDropout > 0 ? Invariant($", recurrent dropout {options.RecurrentDropout}") : "";
        yield return new($"rnn.{i}", (options.Bidirectional ? $"Bidirectional({cell})" : cell) + dropout, [.. shape], 0);
        if (options.LayerNormalization)
            yield return new($"norm.{i}", "LayerNormalization", [.. shape], 0);
        if (options.Dropout > 0)
            yield return new($"dropout.{i}", Invariant($"Dropout {options.Dropout}"), [.. shape], 0);
    }
}
