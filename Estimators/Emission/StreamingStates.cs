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

    // A column may have any name, also that of a state.
    private string Free(string name) =>
        name == manifest.FeatureColumnName || manifest.Outputs.Any(o => o.Name == name) ? graph.UnusedName(name) : name;
}
