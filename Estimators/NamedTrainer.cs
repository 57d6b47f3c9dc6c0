namespace MlNetRnn;

/// <summary>Gives the options of a trainer named for its cell.</summary>
internal static class NamedTrainer
{
    public static RecurrentOptions Rnn(RecurrentOptions? options) =>
        Apply(nameof(Rnn), options, bidirectional: false, RecurrentCell.Rnn, RecurrentCell.RnnRelu);

    public static RecurrentOptions Lstm(RecurrentOptions? options) => Apply(nameof(Lstm), options, bidirectional: false, RecurrentCell.Lstm);

    public static RecurrentOptions Gru(RecurrentOptions? options) => Apply(nameof(Gru), options, bidirectional: false, RecurrentCell.Gru);

    public static RecurrentOptions BiLstm(RecurrentOptions? options) => Apply(nameof(BiLstm), options, bidirectional: true, RecurrentCell.Lstm);

    /// <summary>
    /// The options with the cell and direction that the method's name says. Options left at their defaults follow the name; those
    /// that were set must not contradict it.
    /// </summary>
    private static RecurrentOptions Apply(string method, RecurrentOptions? options, bool bidirectional, params RecurrentCell[] cells)
    {
        options ??= new();
        if (options.Bidirectional && !bidirectional)
            throw new ArgumentException($"{method} was called with Bidirectional; call "
                + $"{(method == "Lstm" ? "BiLstm, or " : "")}Recurrent(options), which takes both directions.", nameof(options));
        if (options.IsCellGiven && !cells.Append(null!).Contains(options.Cell)) // null is told with all other problems
        {
            throw new ArgumentException(
                $"{method} was called with the cell '{options.Cell}'; "
                    + "leave Cell out, or call Recurrent(options), which takes any cell.", nameof(options));
        }
        return options with { Cell = options.IsCellGiven ? options.Cell : cells[0], Bidirectional = bidirectional };
    }
}
