using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.TextGeneration;

/// <summary>A language model of this scenario, trained or read.</summary>
/// <param name="Chain">Tokens in, the next one out; null where it is from an ONNX file.</param>
/// <param name="Model">The model.</param>
/// <param name="Seconds">Seconds of training; null of a saved model.</param>
internal sealed record TrainedText(TransformerChain<SequenceTransformer>? Chain, SequenceModel Model, double? Seconds)
{
    private const double Tolerance = 1e-4;

    public static TrainedText Train(MLContext ml, TextCorpus corpus, TextGenerationSettings settings, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        int epochs = Recipe.Epochs(corpus.TrainingTokens, settings.Common.Epochs);
        var keys = corpus.Keys(ml);
        var samples = Samples.AfterEachEpoch(new Tokenizer(corpus.OfWords), settings);
        var model = EpochProgress.Run("language model", epochs, progress =>
            ml.MulticlassClassification.Trainers.LanguageModel(
                    TextCorpus.Column, Recipe.Options(corpus, settings, epochs, progress, samples, cancellation))
                .Fit(keys.Transform(TextCorpus.View(ml, corpus.Training))));
        return new(new(keys, model), model.Model, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <exception cref="FormatException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">It is of another kind.</exception>
    public static TrainedText Load(MLContext ml, string file)
    {
        var model = ModelFile.Load(ml, file);
        return model.Manifest.Language is not null
            ? new(null, model, null)
            : throw new ArgumentException($"'{file}' is a model for {model.Manifest.Task}, no language model; give one that this scenario wrote.");
    }

    /// <summary>Writes <c>model.zip</c> and <c>model.onnx</c> and compares them, read back, with the model.</summary>
    /// <returns>The largest difference of a probability, or between the network and its graph as training found it.</returns>
    /// <exception cref="InvalidOperationException">A file gives something else than the model.</exception>
    public double SaveAndCompare(MLContext ml, OutputFolder folder, IDataView test)
    {
        folder.Write("model.zip", stream => ml.Model.Save(Chain, test.Schema, stream));
        Model.Save(folder.File("model.onnx"));
        float[][] expected = Scores(Chain!.Transform(test));
        double zip = Largest(expected, Scores(ml.Model.Load(folder.File("model.zip"), out _).Transform(test)));
        using var onnx = SequencePredictor.Load(folder.File("model.onnx"));
        double file = Largest(expected, [.. Keys(test).Select(keys => onnx.Predict(keys))]);
        return zip <= Tolerance && file <= Tolerance
            ? Math.Max(file, Model.Manifest.Training.OnnxMaxAbsDiff)
            : throw new InvalidOperationException($"The files, read back, give other probabilities than the trained model: model.zip by up to {zip:g3}, "
                + $"model.onnx by up to {file:g3}. They are not to be trusted.");
    }

    private IEnumerable<float[]> Keys(IDataView test) =>
        new TransformerChain<ITransformer>([.. Chain!.SkipLast(1)]).Transform(test).GetColumn<uint[]>(TextCorpus.Column).Select(keys => keys.Select(k => (float)k).ToArray());

    private static float[][] Scores(IDataView scored) => [.. scored.GetColumn<float[]>("Score")];

    private static double Largest(float[][] expected, float[][] actual) =>
        expected.Zip(actual, (e, a) => e.Zip(a, (x, y) => Math.Abs((double)x - y)).Max()).Max();
}
