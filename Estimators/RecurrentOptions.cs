using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>
/// A recurrent network and how it is trained: recurrent layers with dropout between them, dense ReLU layers, and a linear head.
/// Immutable: change it by <c>with</c>.
/// </summary>
public sealed record RecurrentOptions
{
    /// <summary>The recurrent cell. Default: <see cref="RecurrentCell.Lstm"/>.</summary>
    public RecurrentCell Cell
    {
        get;
        init => (field, IsCellGiven) = (value, true);
    } = RecurrentCell.Lstm;

    /// <summary>Whether each recurrent layer reads the sequence in both directions and joins the results. Default: false.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>Hidden size of each recurrent layer (per direction), first to last. Default: 64, 32.</summary>
    public ImmutableArray<int> HiddenSizes { get; init; } = [64, 32];

    /// <summary>
    /// Share of values dropped after each recurrent layer while training, 0 to below 1 (Srivastava et al., 2014). Default: 0.2.
    /// </summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>
    /// Share of the (scaled) input values dropped while training, 0 to below 1: each value of each step by itself. Default: 0.
    /// </summary>
    public double InputDropout { get; init; }

    /// <summary>
    /// Share of the hidden-to-hidden weights dropped while training, 0 to below 1: one draw per batch, the same at every step
    /// (weight-dropped LSTM: Merity, Keskar and Socher, 2018; DropConnect: Wan et al., 2013). Default: 0.
    /// </summary>
    public double RecurrentDropout { get; init; }

    /// <summary>
    /// Whether the output of each recurrent layer is normalised over its values, with a gain and a bias per value that are trained
    /// (layer normalisation: Ba, Kiros and Hinton, 2016), before dropout. Default: false.
    /// </summary>
    public bool LayerNormalization { get; init; }

    /// <summary>Sizes of the dense ReLU layers between the recurrent layers and the head; empty for none. Default: 32.</summary>
    public ImmutableArray<int> DenseSizes { get; init; } = [32];

    /// <summary>
    /// Values per step of a flat feature vector, for data that lost its shape (<c>Vector&lt;Single, 24&gt;</c> as 12 steps of 2).
    /// Null (default) takes the column's own shape: <c>[steps, features]</c>, or one feature for a one-dimensional vector.
    /// </summary>
    public int? Features { get; init; }

    /// <summary>
    /// Values that stand for a token, trained with the network (Bengio et al., 2003); used for sequences of keys alone. Default: 64.
    /// </summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>How the network is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>How inputs and target are scaled inside the model.</summary>
    public ScalingOptions Scaling { get; init; } = new();

    /// <summary>Options for the network of a model at hand, to go on training from it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cell">The model's cell, where it is none of the library's.</param>
    /// <returns>Options with the model's network and differencing; training options are the defaults.</returns>
    /// <exception cref="ArgumentException">The model's cell is another one than was given, or none of the library's.</exception>
    public static RecurrentOptions ForModel(SequenceModel model, RecurrentCell? cell = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var network = model.Manifest.Network;
        cell ??= RecurrentCell.BuiltIn.FirstOrDefault(c => c.Name == network.Cell);
        if (cell?.Name != network.Cell)
            throw new ArgumentException($"The model's cell is '{network.Cell}', {(cell is null ? "none of the library's" : $"not '{cell.Name}'")}: "
                + "give that cell.", nameof(cell));
        return new()
        {
            Cell = cell,
            Bidirectional = network.Bidirectional,
            HiddenSizes = network.HiddenSizes,
            Dropout = network.Dropout,
            InputDropout = network.InputDropout,
            RecurrentDropout = network.RecurrentDropout,
            LayerNormalization = network.LayerNormalization,
            DenseSizes = network.DenseSizes,
            EmbeddingSize = network.EmbeddingSize ?? new RecurrentOptions().EmbeddingSize,
            Scaling = new()
            {
                Difference = model.Manifest.Scaling.DifferencedFeatures is not null,
                TargetFeature = model.Manifest.Scaling.DifferencedFeatures is { Length: 1 } one ? one[0] : null,
            },
        };
    }

    /// <summary>Whether <see cref="Cell"/> was set: methods named for a cell refuse another one, also where it is the default.</summary>
    internal bool IsCellGiven { get; private init; }
}
