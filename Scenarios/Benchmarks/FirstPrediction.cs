using System.Diagnostics;
using System.Globalization;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>Time from the start of a fresh process to its first prediction, the start of .NET and reading the model included.</summary>
internal static class FirstPrediction
{
    /// <summary>The argument that makes this program such a process.</summary>
    public const string Argument = "first-prediction";

    public static InferenceRow Measure(InferenceModel model, int rounds)
    {
        double[] microseconds = [.. Enumerable.Range(0, rounds).Select(_ => InFreshProcess(model.File)).Order()];
        double median = microseconds[rounds / 2];
        return model.Row(1, "fresh process to first prediction", median, median); // nothing beside it
    }

    /// <summary>Loads the model, predicts once, and prints the microseconds since the process started.</summary>
    public static int Run(string file)
    {
        using var predictor = SequencePredictor.Load(file);
        float score = predictor.Predict(new float[predictor.SequenceSize])[0];
        var since = DateTime.Now - Process.GetCurrentProcess().StartTime;
        Console.WriteLine(since.TotalMicroseconds.ToString(CultureInfo.InvariantCulture));
        return float.IsFinite(score) ? 0 : 1;
    }

    private static double InFreshProcess(string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(FirstPrediction).Assembly.Location);
        start.ArgumentList.Add(Argument);
        start.ArgumentList.Add(file);
        using var process = Process.Start(start)!;
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(printed, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The fresh process ended with exit code {process.ExitCode} and printed: {printed}");
    }
}
