namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>What a cell came to in a task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Model">The model; null where the library has no trainer for the task.</param>
/// <param name="Parameters">Trained values.</param>
/// <param name="Epochs">Epochs of training.</param>
/// <param name="Seconds">Seconds of training.</param>
/// <param name="Metric">What the error is.</param>
/// <param name="Error">The error on test sequences.</param>
/// <param name="IsSolved">Whether that counts as solved.</param>
internal sealed record Lesson(string Task, string Cell, SequenceModel? Model, long Parameters, int Epochs, double Seconds, string Metric, double Error, bool IsSolved)
{
    public const string Mse = "mean squared error", WrongStrings = "strings with a mistake", WrongLetters = "wrong letters", WrongSymbols = "wrong symbols";

    /// <summary>Of a model that was fitted.</summary>
    public static Lesson Of(string task, string cell, SequenceModel model, double seconds, string metric, double error, bool isSolved) =>
        new(task, cell, model, model.Manifest.Network.Parameters, model.Manifest.Training.History.Length, seconds, metric, error, isSolved);

    public string[] Row =>
    [
        Task, Cell, $"{Parameters}", $"{Epochs}", $"{Seconds:f1}",
        Metric == Mse ? $"{Error:f4}" : $"{Error:p1}", Metric, IsSolved ? "yes" : "no",
    ];
}
