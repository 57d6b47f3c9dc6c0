namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>What a cell came to in a task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Model">The model.</param>
/// <param name="Seconds">Seconds of training.</param>
/// <param name="Metric">What the error is.</param>
/// <param name="Error">The error on test sequences.</param>
/// <param name="IsSolved">Whether that counts as solved.</param>
internal sealed record Lesson(string Task, string Cell, SequenceModel Model, double Seconds, string Metric, double Error, bool IsSolved)
{
    public const string Mse = "mean squared error", WrongStrings = "strings with a mistake", WrongLetters = "wrong letters";

    public string[] Row =>
    [
        Task, Cell, $"{Model.Manifest.Network.Parameters}", $"{Model.Manifest.Training.History.Length}", $"{Seconds:f1}",
        Metric == Mse ? $"{Error:f4}" : $"{Error:p1}", Metric, IsSolved ? "yes" : "no",
    ];
}
