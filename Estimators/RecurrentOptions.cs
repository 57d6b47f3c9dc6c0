using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>
/// A recurrent network and how it is trained: recurrent layers with dropout between them, a readout, dense ReLU layers, and a linear head.
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

    /// <summary>
    /// How the network comes from the last recurrent layer's outputs, one per step, to one vector per sequence, after normalisation and
    /// dropout; padding never counts. Default: <see cref="SequenceReadout.Last"/>.
    /// </summary>
    public SequenceReadout Readout { get; init; }

    /// <summary>
    /// Values of the hidden layer of <see cref="SequenceReadout.Attention"/>; not used by other readouts. Null (default): as many as it
    /// reads of a step, which is the last hidden size, twice that where it is bidirectional.
    /// </summary>
    public int? AttentionSize { get; init; }

    /// <summary>
    /// A column that scoring adds behind the others: how much each step counts in <see cref="SequenceReadout.Attention"/>, in sum 1. It is a
    /// <c>Vector&lt;Single, steps&gt;</c>, 0 at padding, or a <c>Vector&lt;Single&gt;</c> as long as its sequence where the number of steps
    /// varies; NaN where there is no prediction. Null (default): no such column.
    /// </summary>
    public string? AttentionColumnName { get; init; }

    /// <summary>Sizes of the dense ReLU layers between the readout and the head; empty for none. Default: 32.</summary>
    public ImmutableArray<int> DenseSizes { get; init; } = [32];

    /// <summary>
    /// Values per step of a flat feature vector, for data that lost its shape (<c>Vector&lt;Single, 24&gt;</c> as 12 steps of 2).
    /// Null (default) takes the column's own shape: <c>[steps, features]</c>, or one feature for a one-dimensional vector.
    /// </summary>
    public int? Features { get; init; }

    /// <summary>What the first recurrent layer reads of sequences of numbers.</summary>
    public InputOptions Input { get; init; } = new();

    /// <summary>
    /// Values that stand for a token, trained with the network (Bengio et al., 2003); used for sequences of keys alone. Default: 64.
    /// </summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>
    /// Networks that are trained, one after the other and each from a seed of its own; the model's prediction is the mean of theirs, of
    /// classes the mean probability (of two classes the mean logit), in one ONNX graph. Where examples have no order of time each network
    /// is validated on another part of them, so that <c>ValidationFraction = 1.0 / Members</c> is a cross-validation (Krogh and Vedelsby,
    /// 1995) and their validation losses estimate those of unseen data (<see cref="TrainingSummary.Members"/>). Default: 1.
    /// </summary>
    public int Members { get; init; } = 1;

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
            Readout = network.Readout,
            AttentionSize = network.AttentionSize,
            AttentionColumnName = model.Manifest.AttentionColumnName,
            DenseSizes = network.DenseSizes,
            Input = new() { Deltas = network.Deltas, StackedSteps = network.StackedSteps },
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
