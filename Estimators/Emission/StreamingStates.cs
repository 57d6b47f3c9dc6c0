namespace MlNetRnn;

/// <summary>The states of a step graph: an input before the step and an output after it, each <c>[1, batch, size]</c>.</summary>
internal sealed class StreamingStates(OnnxGraphBuilder graph, SequenceModelManifest manifest)
{
    private readonly Dictionary<string, StreamingState> _states = [];

    /// <summary>All of them, in the order in which they were declared.</summary>
    public StreamingState[] All => [.. _states.Values];

    /// <summary>Declares a state.</summary>
    /// <returns>The graph's value before the step.</returns>
    public string Before(string name, int size)
    {
        string input = graph.Input(Free(name), 1, "batch", size);
        _states.Add(name, new StreamingState(input, "", size));
        return input;
    }

    /// <summary>Sets the value after the step.</summary>
    public void After(string name, string nextName, string value)
    {
        var state = _states[name] with { NextName = Free(nextName) };
        graph.Output(state.NextName, value, 1, "batch", state.Size);
        _states[name] = state;
    }

    /// <summary>Declares a state of a recurrent layer, by its number within the layer.</summary>
    /// <returns>The graph's value before the step.</returns>
    public string Before(int layer, int number, int size) => Before(Name(layer, number, ""), size);

    /// <summary>Sets the value after the step of a recurrent layer's state.</summary>
    public void After(int layer, int number, string value) => After(Name(layer, number, ""), Name(layer, number, "n"), value);

    // h0, c0 before the step and hn0, cn0 after it for layer 0; further states of a cell of the user's own: s0_2, sn0_2.
    private static string Name(int layer, int number, string next) => number switch
    {
        0 => $"h{next}{layer}",
        1 => $"c{next}{layer}",
        _ => $"s{next}{layer}_{number}",
    };

    // A column may have any name, also that of a state.
    private string Free(string name) =>
        name == manifest.FeatureColumnName || manifest.Outputs.Any(o => o.Name == name) ? graph.UnusedName(name) : name;
}
