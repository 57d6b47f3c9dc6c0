using System.Diagnostics;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>Trains a cell to tell at each step what comes later. libtorch must have been loaded, as <c>Fit</c> of any trainer does.</summary>
internal static class FutureLesson
{
    private const int Hidden = 32, Held = 500, Patience = 5; // epochs without a better result
    private const double Solved = 0.01;

    [MethodImpl(MethodImplOptions.NoInlining)] // names torch types
    public static Lesson Learn(string name, RecurrentCell cell, bool bidirectional, int sequences, TrainingOptions training)
    {
        long start = Stopwatch.GetTimestamp();
        torch.set_num_threads(1); // steps are small: handing over work costs more than it saves
        int seed = training.Seed!.Value;
        using var classifier = new StepClassifier(cell, bidirectional, Hidden, training);
        int epochs = Train(classifier, FutureSymbol.Draw(sequences, seed + 1), FutureSymbol.Draw(Held, seed + 2), training);
        double error = 1 - classifier.Accuracy(FutureSymbol.Draw(Held, seed + 3));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine($"  {name}: {error:p1} wrong after {epochs} epochs.");
        return new($"symbol {FutureSymbol.Ahead} steps ahead", name, null, classifier.Parameters, epochs, seconds, Lesson.WrongSymbols, error, error < Solved);
    }

    // Until the answers are right, or get no better.
    private static int Train(StepClassifier classifier, int[][] sequences, int[][] validation, TrainingOptions training)
    {
        var random = new Random(training.Seed!.Value);
        (double Accuracy, int Epoch) best = default;
        for (int epoch = 1; ; epoch++)
        {
            random.Shuffle(sequences);
            for (int first = 0; first < sequences.Length; first += training.BatchSize)
            {
                training.CancellationToken.ThrowIfCancellationRequested();
                classifier.Train(sequences.AsSpan(first, Math.Min(training.BatchSize, sequences.Length - first)));
            }
            double accuracy = classifier.Accuracy(validation);
            if (accuracy > best.Accuracy)
                best = (accuracy, epoch);
            if (accuracy > 0.999 || epoch - best.Epoch >= Patience || epoch == training.Epochs)
                return epoch;
        }
    }
}
