using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>A trained model: the windowing and the ensemble, as it is saved.</summary>
/// <param name="Chain">Rows of series in, forecasts out.</param>
/// <param name="Network">The ensemble.</param>
/// <param name="Window">Steps that it reads.</param>
/// <param name="History">How the first network was trained; empty of a saved model.</param>
/// <param name="Seconds">Seconds of training; null of a saved model.</param>
internal sealed record Trained(ITransformer Chain, SequenceTransformer Network, int Window, IReadOnlyList<EpochMetrics> History, double? Seconds)
{
    /// <summary>What networks are trained by.</summary>
    public const string LossLabel = "Pinball loss (sizes of windows)", ErrorLabel = "Mean absolute error (sizes of windows)";

    private const double Tolerance = 1e-4;

    /// <summary>Trains on series, or on windows of them where validation windows are given.</summary>
    public static Trained Train(
        MLContext ml, Recipe recipe, int horizon, int season, IEnumerable<TimeSeries> series, IEnumerable<TimeSeries>? validation, CommonValues common,
        CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        int networks = Recipe.Networks.Length;
        Console.WriteLine($"Training {networks} GRU networks on windows of {recipe.Window} steps{(recipe.Padded ? ", shorter series padded" : "")}, every "
            + $"{recipe.Stride} steps, {recipe.Epochs} epochs each:");
        var rows = Rows.Values(ml, series);
        var windows = ml.Transforms.SlidingWindow(recipe.Windows(horizon)).Fit(rows);
        var validationWindows = validation is null ? null : windows.Transform(Rows.Values(ml, validation));
        var (network, history) = EpochProgress.Run("networks", recipe.Epochs, progress =>
        {
            var ensemble = new EnsembleForecaster(ml, recipe, season, common.Seed, progress, cancellation);
            return (ensemble.Fit(windows.Transform(rows), validationWindows), ensemble.History);
        }, networks: networks);
        var every = ml.Transforms.SlidingWindow(recipe.Windows(horizon) with { Stride = 1 }).Fit(rows); // any row may be an origin
        var chain = new TransformerChain<SequenceTransformer>(every, network);
        return new(chain, network, recipe.Window, history, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Reads a model that this scenario saved.</summary>
    /// <exception cref="FormatException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">It is of another kind, or forecasts another number of steps.</exception>
    public static Trained Load(MLContext ml, string file, int horizon)
    {
        if (Path.GetExtension(file) != ".zip")
            throw new ArgumentException($"--model {file}: give the model.zip that this scenario wrote, which holds bounds and quantiles with their windows.");
        var chain = ModelFile.LoadZip(ml, file, out _);
        if ((chain as TransformerChain<ITransformer>)?.LastTransformer is not SequenceTransformer { Model.Manifest: { Forecast: { } forecast } manifest } network
            || forecast.QuantilesColumnName != Columns.Quantiles)
        {
            throw new ArgumentException($"'{file}' is no model of this scenario: it does not forecast quantiles.");
        }
        return forecast.Horizon == horizon
            ? new(chain, network, manifest.Steps, [], null)
            : throw new ArgumentException($"'{file}' forecasts {forecast.Horizon} steps; this data has {horizon} to forecast. Choose --horizon {forecast.Horizon}, or train anew.");
    }

    /// <summary>Writes <c>model.zip</c> and <c>model.onnx</c> and compares them, read back, with the model.</summary>
    /// <returns>The largest difference of the ONNX file in sizes of the forecasts, or between a network and its graph as training found it.</returns>
    /// <exception cref="InvalidOperationException">A file gives something else than the model.</exception>
    public double SaveAndCompare(MLContext ml, OutputFolder folder, DataViewSchema schema, IDataView origins)
    {
        folder.Write("model.zip", stream => ml.Model.Save(Chain, schema, stream));
        ml.Model.SaveAsOnnx(Chain, schema, folder.File("model.onnx"));
        var loaded = ((TransformerChain<ITransformer>)ml.Model.Load(folder.File("model.zip"), out _)).LastTransformer;
        using var onnx = SequencePredictor.Load(folder.File("model.onnx"));
        float[][] expected = [.. Network.Transform(origins).GetColumn<float[]>(Columns.Forecast)];
        double zip = Largest(expected, loaded.Transform(origins).GetColumn<float[]>(Columns.Forecast));
        double file = Largest(expected, origins.GetColumn<float[]>(Columns.Window).Select(window => onnx.Predict(window)));
        return zip <= Tolerance && file <= Tolerance
            ? Math.Max(file, Network.Model.Manifest.Training.OnnxMaxAbsDiff)
            : throw new InvalidOperationException($"The files, read back, give other forecasts than the trained model: model.zip by up to {zip:g3}, model.onnx by up "
                + $"to {file:g3} of their size. They are not to be trusted.");
    }

    private static double Largest(float[][] expected, IEnumerable<float[]> actual)
    {
        double largest = 0;
        foreach (var (ours, theirs) in expected.Zip(actual))
        {
            double size = Math.Max(1e-30, ours.Max(Math.Abs));
            for (int k = 0; k < ours.Length; k++)
                largest = Math.Max(largest, Math.Abs(ours[k] - theirs[k]) / size);
        }
        return largest;
    }
}
