namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>A shape to measure: two recurrent layers of <paramref name="Hidden"/> and half of it, batches, and windows <c>[Steps, Features]</c>.</summary>
internal sealed record BenchmarkCase(string Cell, int Hidden, int Batch, int Steps, int Features)
{
    public bool Bidirectional => Cell == "bilstm";

    public RecurrentCell RecurrentCell => CellOf(Cell);

    public static RecurrentCell CellOf(string name) => name switch
    {
        "lstm" or "bilstm" => RecurrentCell.Lstm,
        "gru" => RecurrentCell.Gru,
        _ => RecurrentCell.Rnn,
    };
}
