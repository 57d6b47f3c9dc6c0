namespace MlNetRnn;

/// <summary>What a graph that steps are folded into takes of a window.</summary>
internal enum WindowForm
{
    /// <summary>All of it, <c>[batch, steps, features]</c>.</summary>
    Sequence,

    /// <summary>Its newest step, <c>[batch, features]</c>; the steps before are in the graph's state.</summary>
    Observation,
}
