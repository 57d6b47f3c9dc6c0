namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>The cells by their names on the command line.</summary>
internal static class CellChoice
{
    public static string[] Names { get; } = ["rnn", "lstm", "gru", "bilstm", "bigru"];

    public static RecurrentOptions Options(string name) => name switch
    {
        "rnn" => new() { Cell = RecurrentCell.Rnn },
        "lstm" => new() { Cell = RecurrentCell.Lstm },
        "gru" => new() { Cell = RecurrentCell.Gru },
        "bilstm" => new() { Cell = RecurrentCell.Lstm, Bidirectional = true },
        "bigru" => new() { Cell = RecurrentCell.Gru, Bidirectional = true },
        _ => throw new ArgumentException($"There is no cell '{name}'; choose one of {string.Join(", ", Names)}.", nameof(name)),
    };
}
