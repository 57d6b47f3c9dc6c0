using System.Collections.Immutable;

namespace MlNetRnn;

/// <summary>A recurrent language model (Mikolov et al., 2010) and its training. Immutable: change it by <c>with</c>.</summary>
public sealed record LanguageModelOptions
{
    /// <summary>The recurrent cell, one of the library's own. Default: <see cref="RecurrentCell.Lstm"/>.</summary>
    public RecurrentCell Cell { get; init; } = RecurrentCell.Lstm;

    /// <summary>Values that stand for a token, trained with the network. Default: 64.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>Hidden size of each recurrent layer. Default: 128.</summary>
    public ImmutableArray<int> HiddenSizes { get; init; } = [128];

    /// <summary>
    /// Whether the values that stand for a token are also what it is predicted by (Press and Wolf, 2017; Inan, Khosravi and Socher, 2017),
    /// which saves parameters where the vocabulary is large. The last hidden size must be <see cref="EmbeddingSize"/>. Default: false.
    /// </summary>
    public bool TieEmbeddings { get; init; }

    /// <summary>Share of each recurrent layer's output that is dropped while training, at least 0 and below 1. Default: 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Share of the values that stand for tokens that is dropped while training, at least 0 and below 1. Default: 0.</summary>
    public double InputDropout { get; init; }

    /// <summary>
    /// Share of the hidden-to-hidden weights that is dropped while training (Merity, Keskar and Socher, 2018), at least 0 and below 1.
    /// Default: 0.
    /// </summary>
    public double RecurrentDropout { get; init; }

    /// <summary>Whether the output of each recurrent layer is normalised (Ba, Kiros and Hinton, 2016), before dropout. Default: false.</summary>
    public bool LayerNormalization { get; init; }

    /// <summary>
    /// Steps that gradients go back through (truncated backpropagation through time; Williams and Peng, 1990), at least 1: longer texts train
    /// in parts of so many tokens, each of which goes on from the state after the part before. Default: 64.
    /// </summary>
    public int TruncationLength { get; init; } = 64;

    /// <summary>What rows are: texts of their own (default), or one text.</summary>
    public LanguageRows Rows { get; init; }

    /// <summary>
    /// What becomes of tokens that the vocabulary does not have, which are missing keys between others: an error (default), or one symbol for
    /// all of them. Missing keys at either end of a row are padding.
    /// </summary>
    public UnknownTokens Unknown { get; init; }

    /// <summary>
    /// How the network is trained. A batch is of <see cref="TrainingOptions.BatchSize"/> texts, or parts of them: a text longer than the
    /// share of one is trained in parts side by side. Of texts those that validate are spread evenly over the rows; of a stream, the last
    /// part validates. <see cref="TrainingOptions.ShuffleBufferSize"/> and <see cref="TrainingOptions.GroupColumnName"/> are not used.
    /// Default: the defaults, with a learning rate of 0.002.
    /// </summary>
    public TrainingOptions Training { get; init; } = new() { LearningRate = 2e-3 };

    internal LanguageSummary Summary => new(Rows, Unknown, TieEmbeddings);

    internal RecurrentOptions Network => new()
    {
        Cell = Cell,
        EmbeddingSize = EmbeddingSize,
        HiddenSizes = HiddenSizes,
        Dropout = Dropout,
        InputDropout = InputDropout,
        RecurrentDropout = RecurrentDropout,
        LayerNormalization = LayerNormalization,
        DenseSizes = [],
        Training = Training,
    };

    internal IEnumerable<string> Failures()
    {
        if (Cell is not null && !RecurrentCell.BuiltIn.Contains(Cell))
            yield return $"Cell is '{Cell}', one of your own, which keeps no state from one part of a text to the next; choose one of the library's.";
        if (TieEmbeddings && !HiddenSizes.IsDefaultOrEmpty && HiddenSizes[^1] != EmbeddingSize)
        {
            yield return $"TieEmbeddings needs as many values of a token as the last layer gives: EmbeddingSize is {EmbeddingSize}, the last hidden "
                + $"size {HiddenSizes[^1]}. Make them equal.";
        }
        if (TruncationLength < 1)
            yield return $"TruncationLength is {TruncationLength}; it must be at least 1.";
        if (!Enum.IsDefined(Rows))
            yield return $"Rows is {(int)Rows}; choose one of {string.Join(", ", Enum.GetNames<LanguageRows>())}.";
        if (!Enum.IsDefined(Unknown))
            yield return $"Unknown is {(int)Unknown}; choose one of {string.Join(", ", Enum.GetNames<UnknownTokens>())}.";
        if (Training?.ShuffleBufferSize is { } size)
            yield return $"Training.ShuffleBufferSize is {size}, but a language model's tokens are held in memory, 4 bytes each; leave it out.";
        if (Training?.GroupColumnName is { } group)
            yield return $"Training.GroupColumnName is '{group}', but texts have no groups; leave it out.";
    }
}
