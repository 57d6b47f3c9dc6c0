namespace MlNetRnn.Fused;

/// <summary>The sizes of a layer and how its values lie in memory: rows are whole vectors, never a power of two apart.</summary>
internal sealed class LayerSizes
{
    private const int Line = 16; // values in a cache line

    public LayerSizes(GateLayout layout, int lanes, int inputs, int hidden, int directions)
    {
        (Layout, Lanes, Inputs, Hidden, Directions) = (layout, lanes, inputs, hidden, directions);
        Blocks = (hidden + lanes - 1) / lanes;
        PaddedHidden = Blocks * lanes;
        PaddedInputs = (inputs + lanes - 1) / lanes * lanes;
        InputRow = Spread(PaddedInputs);
        StateRow = Spread(PaddedHidden);
        SlotsRow = Spread(layout.Slots * PaddedHidden);
    }

    public GateLayout Layout { get; }

    /// <summary>Values in a vector.</summary>
    public int Lanes { get; }

    public int Inputs { get; }

    public int Hidden { get; }

    public int Directions { get; }

    /// <summary>Vectors of hidden units.</summary>
    public int Blocks { get; }

    public int PaddedHidden { get; }

    public int PaddedInputs { get; }

    /// <summary>Values from one row of inputs to the next.</summary>
    public int InputRow { get; }

    /// <summary>Values from one row of states to the next.</summary>
    public int StateRow { get; }

    /// <summary>Values from one row of slots to the next.</summary>
    public int SlotsRow { get; }

    /// <summary>The number of columns of slots that the input feeds, from 0, and the hidden state, from <see cref="FirstHiddenColumn"/>.</summary>
    public int FedColumns => Layout.Gates * PaddedHidden;

    /// <summary>The first column that the hidden state feeds.</summary>
    public int FirstHiddenColumn => Layout.FirstHidden * PaddedHidden;

    // Rows that are a multiple of 256 bytes apart would take turns in few lines of the cache when read down a column.
    private static int Spread(int size) => size % (4 * Line) == 0 ? size + Line : size;
}
