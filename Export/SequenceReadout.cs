namespace MlNetRnn;

/// <summary>How a network comes from the outputs of its last recurrent layer, one per step, to one value vector per sequence.</summary>
public enum SequenceReadout
{
    /// <summary>The final state: of the last step that each direction reads.</summary>
    Last,

    /// <summary>The mean over the steps (average pooling).</summary>
    Mean,

    /// <summary>The largest of each value over the steps (max pooling).</summary>
    Max,

    /// <summary>
    /// The mean over the steps weighted by additive attention (Bahdanau, Cho and Bengio, 2015; as a readout: Yang et al., 2016): the weights
    /// are the softmax over the steps of <c>v · tanh(W h + b)</c>, of which <c>W</c>, <c>b</c> and <c>v</c> are trained.
    /// </summary>
    Attention,
}
