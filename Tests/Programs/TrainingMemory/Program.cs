using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MlNetRnn;
using MlNetRnn.Tests.Programs;

// windows CASE COUNT BATCHES: trains on overlapping windows and prints their number and the peak of memory in MB: once libtorch is loaded,
// after a small training, and at the end. Stops after a number of batches; 0: trains an epoch.
// distinct COUNT BUFFER: trains on sequences that share nothing, through a shuffle buffer or in memory (0), and prints the epochs, or
// "out of memory".
return args switch
{
    ["windows", var made, var count, var batches] => MeasureWindows(made, Number(count), Number(batches)),
    ["distinct", var count, var buffer] => TrainDistinct(Number(count), Number(buffer)),
    _ => throw new ArgumentException($"Arguments not understood: {string.Join(' ', args)}"),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int MeasureWindows(string made, int count, int batches)
{
    var ml = new MLContext(seed: 1);
    var data = GeneratedData.Windows(ml, made, count);
    Trainer(ml, new() { Threads = 1 }).Summary(data.Schema);
    long loaded = Peak();
    Trainer(ml, new() { Epochs = 1, Seed = 1, Threads = 1, BatchSize = 1024, ValidationFraction = 0.5 })
        .Fit(GeneratedData.Windows(ml, "plain", 3000)).Dispose();
    long before = Peak();
    var watch = new Watch(batches);
    var training = new TrainingOptions { Epochs = 1, BatchSize = 1024, Seed = 1, Threads = 1, Callbacks = [watch] };
    try
    {
        Trainer(ml, training).Fit(data).Dispose();
    }
    catch (RecurrentTrainingException) when (watch.HasStopped)
    {
    }
    Console.WriteLine($"{watch.Sequences} {loaded} {before} {Peak()}");
    return 0;
}

static int TrainDistinct(int count, int buffer)
{
    var ml = new MLContext(seed: 1);
    var training = new TrainingOptions { Epochs = 2, BatchSize = 500, Seed = 1, Threads = 1, ShuffleBufferSize = buffer == 0 ? null : buffer };
    try
    {
        using var model = Trainer(ml, training).Fit(GeneratedData.Distinct(ml, count));
        Console.WriteLine($"{model.History.Count} epochs");
    }
    catch (OutOfMemoryException)
    {
        Console.WriteLine("out of memory");
    }
    return 0;
}

static RecurrentEstimator Trainer(MLContext ml, TrainingOptions training) => ml.Regression.Trainers.Rnn("Label", "Window", new()
{
    HiddenSizes = [2],
    DenseSizes = [],
    Dropout = 0,
    Training = training,
});

static long Peak()
{
    using var process = Process.GetCurrentProcess();
    return process.PeakWorkingSet64 / 1_000_000;
}

internal sealed class Watch(int batches) : TrainingCallback
{
    public bool HasStopped { get; private set; }

    public int Sequences { get; private set; }

    public override void OnTrainingStart(TrainingStartContext context) => Sequences = context.TrainingSequences + context.ValidationSequences;

    public override void OnBatchEnd(BatchEndContext context)
    {
        if (context.Batch != batches)
            return;
        HasStopped = true;
        context.Stop();
    }
}
