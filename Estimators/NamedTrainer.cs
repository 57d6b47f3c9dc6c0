namespace MlNetRnn;

/// <summary>Gives the options of a trainer named for its cell.</summary>
internal static class NamedTrainer
{
    /// <summary>
    /// The options with the cell and direction that the method's name says. Options left at their defaults follow the name; those
    /// that were set must not contradict it.
    /// </summary>
    public static RecurrentOptions Apply(string method, RecurrentOptions? options, bool bidirectional, params RecurrentCell[] cells)
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
