namespace MlNetRnn.Tests;

/// <summary>Options of networks small enough to train in a moment.</summary>
internal static class Networks
{
    /// <summary>A few weights, two epochs, nothing that stops early.</summary>
    public static RecurrentOptions Tiny { get; } = new()
    {
        HiddenSizes = [4],
        DenseSizes = [3],
        Dropout = 0,
        Training = new() { Epochs = 2, BatchSize = 8, Seed = 1, EarlyStopping = null, ReduceLearningRate = null },
    };

    /// <summary>Changes how it is trained.</summary>
    public static RecurrentOptions Train(this RecurrentOptions options, Func<TrainingOptions, TrainingOptions> change) =>
        options with { Training = change(options.Training) };

    public static RecurrentCell Cell(string name) => name switch
    {
        "rnn" or "rnn_tanh" => RecurrentCell.Rnn,
        "rnn_relu" => RecurrentCell.RnnRelu,
        "lstm" => RecurrentCell.Lstm,
        "gru" => RecurrentCell.Gru,
        _ => throw new ArgumentException($"no cell '{name}'", nameof(name)),
    };
}
