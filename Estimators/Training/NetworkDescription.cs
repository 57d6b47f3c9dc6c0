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
            EmbeddingSize = columns.Tokens > 0 ? options.EmbeddingSize : null,
            Layers = [.. Layers(options, columns, network.Outputs).Select(layer => layer with { Parameters = parameters[layer.Name].Sum() })],
        };
    }

    // rnn.0.weight_ih_l0 → rnn.0, head.bias → head
    private static string LayerName(string parameter)
    {
        string[] parts = parameter.Split('.');
        return parts[0] is "head" or "embedding" ? parts[0] : $"{parts[0]}.{parts[1]}";
    }

    private static IEnumerable<LayerSummary> Layers(RecurrentOptions options, TrainingColumns columns, int outputs)
    {
        int features = columns.Tokens > 0 ? options.EmbeddingSize : columns.Features;
        yield return new("input", "Input", columns.Tokens > 0 ? [columns.Steps] : [columns.Steps, columns.Features], 0);
        if (columns.Tokens > 0)
            yield return new("embedding", "Embedding", [columns.Steps, features], 0);
        if (options.InputDropout > 0)
            yield return new("dropout.input", Invariant($"Dropout {options.InputDropout}"), [columns.Steps, features], 0);
        for (int i = 0; i < options.HiddenSizes.Length; i++)
        {
            foreach (var layer in Recurrent(options, columns.Steps, i))
                yield return layer;
        }
        for (int i = 0; i < options.DenseSizes.Length; i++)
            yield return new($"dense.{i}", "Dense, ReLU", [options.DenseSizes[i]], 0);
        yield return new("head", "Dense", [outputs], 0);
    }

    // The output of every step goes to the next layer; of the last one only the final state goes on.
    private static IEnumerable<LayerSummary> Recurrent(RecurrentOptions options, int steps, int i)
    {
        int size = options.HiddenSizes[i] * (options.Bidirectional ? 2 : 1);
        int[] shape = i < options.HiddenSizes.Length - 1 ? [steps, size] : [size];
        string cell = options.Cell.Name.ToUpperInvariant();
        string dropout = options.RecurrentDropout > 0 ? Invariant($", recurrent dropout {options.RecurrentDropout}") : "";
        yield return new($"rnn.{i}", (options.Bidirectional ? $"Bidirectional({cell})" : cell) + dropout, [.. shape], 0);
        if (options.LayerNormalization)
            yield return new($"norm.{i}", "LayerNormalization", [.. shape], 0);
        if (options.Dropout > 0)
            yield return new($"dropout.{i}", Invariant($"Dropout {options.Dropout}"), [.. shape], 0);
    }
}
