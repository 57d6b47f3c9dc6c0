using System.Globalization;
using Microsoft.ML;
using MlNetRnn;

// Trains with a checkpoint and saves the model; "-" for no checkpoint. Says each epoch that has ended.
//   KilledTraining CHECKPOINT MODEL
var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 600).Select(i => new Row { Value = MathF.Sin(0.2f * i) + 0.1f * MathF.Sin(7.7f * i) }));
var windows = ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 12).Fit(rows).Transform(rows);
using var model = ml.Regression.Trainers.Recurrent("Label", "Window", new RecurrentOptions
{
    Cell = RecurrentCell.Gru,
    Bidirectional = true,
    HiddenSizes = [12, 8],
    DenseSizes = [8],
    Dropout = 0.2,
    InputDropout = 0.1,
    RecurrentDropout = 0.1,
    LayerNormalization = true,
    Training = new()
    {
        Epochs = 60,
        BatchSize = 32,
        Seed = 1,
        Threads = 1,
        Optimizer = Optimizer.AdamW,
        EarlyStopping = new() { Patience = 60 },
        Schedule = new WarmUpSchedule { Epochs = 2, Then = new CosineSchedule() },
        Checkpoint = args[0] == "-" ? null : new() { Path = args[0] },
        Callbacks = [new Speaker()],
    },
}).Fit(windows);
AtomicFile.Write(args[1], stream => ml.Model.Save(model, windows.Schema, stream));

internal sealed class Row
{
    public float Value { get; set; }
}

/// <summary>Says where training stands, at once.</summary>
internal sealed class Speaker : TrainingCallback
{
    public override void OnTrainingStart(TrainingStartContext context) => Say($"after {context.CompletedEpochs}");

    public override void OnEpochEnd(EpochEndContext context) => Say($"epoch {context.Metrics.Epoch}");

    private static void Say(FormattableString text)
    {
        Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }
}
