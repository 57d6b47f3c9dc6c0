namespace MlNetRnn.Fused;

/// <summary>
/// How a cell's pre-activations lie in memory. Each is a slot of the padded hidden size; those that the input feeds stand side by side,
/// and so do those that the hidden state feeds, so that each side is one matrix product.
/// </summary>
/// <param name="Slots">Values per hidden unit, 1 to 4.</param>
/// <param name="InputGates">The gate, in torch's order of weights, of each slot that the input feeds: slots 0, 1, …</param>
/// <param name="FirstHidden">The first slot that the hidden state feeds.</param>
/// <param name="HiddenGates">The gate of each slot that the hidden state feeds.</param>
/// <param name="HasCellState">Whether a second state is handed from step to step.</param>
/// <param name="CarriesHidden">Whether a step hands on part of the hidden state's gradient by itself, beside the recurrent product.</param>
internal sealed record GateLayout(int Slots, int[] InputGates, int FirstHidden, int[] HiddenGates, bool HasCellState, bool CarriesHidden)
{
    /// <summary>Gates in torch's weights.</summary>
    public int Gates => InputGates.Length;

    /// <summary>Vectors of units that a tile of products covers.</summary>
    public int BlocksPerTile => 4 / Slots;
}
