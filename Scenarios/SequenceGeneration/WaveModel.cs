using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.SequenceGeneration;

/// <summary>A model that predicts the next value of windows, trained or read.</summary>
/// <param name="Chain">Rows of values in, the next value out; null where it is from a file.</param>
/// <param name="Model">The model.</param>
/// <param name="Seconds">Seconds of training; null of a saved model.</param>
internal sealed record WaveModel(ITransformer? Chain, SequenceModel Model, double? Seconds)
{
    private const double Tolerance = 1e-4; // of the largest value

    public static WaveModel Train(MLContext ml, Series series, int window, SequenceGenerationSettings settings, CancellationToken cancellation)
    {
        var rows = series.View(ml);
        if (window >= series.Known.Length)
            throw new ArgumentException($"--window {window} is not shorter than the {series.Known.Length} values to learn from. Choose a smaller one.");
        long start = Stopwatch.GetTimestamp();
        var windowing = ml.Transforms.SlidingWindow("Window", [nameof(Series.Point.Value)], window);
        var chain = EpochProgress.Run(settings.Cell, settings.Common.Epochs, progress =>
            windowing.Append(ml.Regression.Trainers.Recurrent("Label", "Window", Options(settings, progress, cancellation))).Fit(rows));
        return new(chain, chain.LastTransformer.Model, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <exception cref="FormatException">The file cannot be read.</exception>
    public static WaveModel Load(MLContext ml, string file) => new(null, ModelFile.Load(ml, file), null);

    /// <summary>The steps after a series.</summary>
    public float[] Generate(Series series)
    {
        using var generator = new SequenceGenerator(Model);
        return generator.Generate(series.Known, series.Truth.Length);
    }

    /// <summary>Writes <c>model.zip</c>, <c>model.onnx</c> and <c>generator.onnx</c> and compares the first two, read back, with the model.</summary>
    /// <returns>The largest difference of what the files generate, or between the network and its graph as training found it.</returns>
    /// <exception cref="InvalidOperationException">A file gives something else than the model.</exception>
    public double SaveAndCompare(MLContext ml, OutputFolder folder, Series series, float[] generated)
    {
        folder.Write("model.zip", stream => ml.Model.Save(Chain, series.View(ml).Schema, stream));
        ml.Model.SaveAsOnnx(Chain!, series.View(ml).Schema, folder.File("model.onnx"));
        ml.Model.SaveGeneratorAsOnnx(Chain!, folder.File("generator.onnx"));
        double largest = generated.Max(v => Math.Abs((double)v)), difference = 0;
        foreach (string file in new[] { "model.zip", "model.onnx" })
        {
            double found = Load(ml, folder.File(file)).Generate(series).Zip(generated, (a, b) => Math.Abs((double)a - b)).Max();
            if (!(found <= Tolerance * largest))
                throw new InvalidOperationException($"{file}, read back, generates other values than the trained model, by up to {found:g3}. It is not to be trusted.");
            difference = Math.Max(difference, found);
        }
        return Math.Max(difference, Model.Manifest.Training.OnnxMaxAbsDiff);
    }

    private static RecurrentOptions Options(SequenceGenerationSettings settings, IProgress<EpochMetrics> progress, CancellationToken cancellation) =>
        SequenceGenerationOptions.Cells[settings.Cell] with
        {
            HiddenSizes = [64],
            DenseSizes = [],
            Training = new()
            {
                Epochs = settings.Common.Epochs,
                LearningRate = 3e-3,
                Schedule = new CosineSchedule(),
                EarlyStopping = new() { Patience = settings.Common.Epochs }, // the schedule ends training; the best weights are kept
                Seed = settings.Common.Seed,
                Progress = progress,
                CancellationToken = cancellation,
            },
        };
}
