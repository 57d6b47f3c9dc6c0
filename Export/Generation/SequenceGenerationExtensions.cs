using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary>Rolls regression and forecasting models out: they go on with series by their own forecasts.</summary>
public static class SequenceGenerationExtensions
{
    private const int VerifiedSteps = 8, VerifiedSeeds = 3;
    private const double Tolerance = 1e-4; // of the largest value

    /// <summary>
    /// Goes on with a series of one feature by the model's own forecasts, one step at a time. For many series make a
    /// <see cref="SequenceGenerator"/> once: it keeps the model open.
    /// </summary>
    /// <param name="model">A fitted or loaded pipeline with such a model, or its <see cref="SequenceTransformer"/>.</param>
    /// <param name="seedSequence">The series so far, oldest step first, in units of the window's column: the last window of it is read.</param>
    /// <param name="length">Steps to generate, at least 0.</param>
    /// <returns>The steps after the seed.</returns>
    /// <exception cref="ArgumentException">
    /// The model does not forecast what it reads, or the seed is shorter than the window, has other features, or a value that is no finite number.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 0.</exception>
    /// <exception cref="InvalidOperationException">Forecasts of forecasts grew beyond all numbers.</exception>
    public static float[] Generate(this ITransformer model, ReadOnlySpan<float> seedSequence, int length)
    {
        using var generator = new SequenceGenerator(Found(model));
        return generator.Generate(seedSequence, length);
    }

    /// <summary>Goes on with a series of several features by the model's own forecasts, one step at a time.</summary>
    /// <param name="model">A fitted or loaded pipeline with such a model, or its <see cref="SequenceTransformer"/>.</param>
    /// <param name="seedSequence">
    /// The series so far, <c>[steps, features]</c>, oldest step first, in units of the window's column: the last window of it is read.
    /// </param>
    /// <param name="length">Steps to generate, at least 0.</param>
    /// <returns>The steps after the seed, <c>[length, features]</c>.</returns>
    /// <exception cref="ArgumentException">
    /// The model does not forecast what it reads, or the seed is shorter than the window, has other features, or a value that is no finite number.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 0.</exception>
    /// <exception cref="InvalidOperationException">Forecasts of forecasts grew beyond all numbers.</exception>
    public static float[,] Generate(this ITransformer model, float[,] seedSequence, int length)
    {
        using var generator = new SequenceGenerator(Found(model));
        return generator.Generate(seedSequence, length);
    }

    /// <summary>
    /// Writes a model's roll-out as one ONNX file that any runtime runs: inputs <c>Seed</c>, Single <c>[batch, steps, features]</c>, and
    /// <c>Length</c>, Int64 without dimensions (0 and less give no step); output <c>Generated</c>, Single <c>[batch, length, features]</c>. The model runs in
    /// a <c>Loop</c>. Before the file is there, it is compared with <see cref="SequenceGenerator"/>.
    /// </summary>
    /// <param name="catalog"><c>mlContext.Model</c>.</param>
    /// <param name="model">A fitted or loaded pipeline with a model whose targets are its inputs, or its <see cref="SequenceTransformer"/>.</param>
    /// <param name="path">The file; one already there stays whole until the new one is complete and verified.</param>
    /// <exception cref="ArgumentException">The model does not forecast what it reads.</exception>
    /// <exception cref="InvalidOperationException">The file gives something else than the model does step by step.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveGeneratorAsOnnx(this ModelOperationsCatalog catalog, ITransformer model, string path)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var found = Found(model);
        byte[] bytes = GeneratorGraph.Of(found).ToByteArray();
        Verify(found, bytes);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    // A seed in the units of the raw column would be taken for one in those of the window.
    private static SequenceModel Found(ITransformer model)
    {
        var found = model.GetSequenceModel();
        var steps = PipelineSteps.Of(model);
        string feature = found.Manifest.FeatureColumnName;
        string[] read = [feature, .. steps.OfType<SlidingWindowTransformer>().Where(w => w.OutputColumnName == feature).SelectMany(w => w.InputColumnNames)];
        if (steps.OfType<NormalizingTransformer>().SelectMany(n => n.ColumnPairs).Select(c => c.outputColumnName).FirstOrDefault(read.Contains) is { } name)
        {
            throw new ArgumentException($"The pipeline normalises '{name}' before the model reads it, and a model goes on in the units that it reads: call Generate "
                + "on the pipeline's step that is the SequenceTransformer, with a seed that is normalised alike, or train without the normaliser, as models scale "
                + "by themselves.", nameof(model));
        }
        return found;
    }

    // Seeds around the training data's means, in its units.
    private static void Verify(SequenceModel model, byte[] file)
    {
        var manifest = model.Manifest;
        using var generator = new SequenceGenerator(model);
        using var session = new InferenceSession(file);
        int steps = manifest.Steps == 0 ? VerifiedSteps : manifest.Steps;
        var random = new Random(1);
        float[][,] seeds = [.. Enumerable.Range(0, VerifiedSeeds).Select(_ => Seed(manifest, steps, random))];
        float[] expected = [.. seeds.SelectMany(seed => generator.Generate(seed, VerifiedSteps).Cast<float>())], actual = Run(session, seeds);
        double largest = expected.Max(v => Math.Abs((double)v)), difference = expected.Zip(actual, (e, a) => Math.Abs((double)e - a)).Max();
        if (!(difference <= Tolerance * Math.Max(1e-30, largest)))
        {
            throw new InvalidOperationException($"The file's roll-out differs from the model's own by {difference:g3}, where values are up to {largest:g3}: it was not "
                + "written.");
        }
    }

    private static float[,] Seed(SequenceModelManifest manifest, int steps, Random random)
    {
        var seed = new float[steps, manifest.Features];
        for (int step = 0; step < steps; step++)
        {
            for (int f = 0; f < manifest.Features; f++)
                seed[step, f] = manifest.Scaling.FeatureMeans[f] + (manifest.Scaling.FeatureScales[f] * ((2 * random.NextSingle()) - 1));
        }
        return seed;
    }

    private static float[] Run(InferenceSession session, float[][,] seeds)
    {
        float[] values = [.. seeds.SelectMany(seed => seed.Cast<float>())];
        using var input = OrtValue.CreateTensorValueFromMemory(values, [seeds.Length, seeds[0].GetLength(0), seeds[0].GetLength(1)]);
        using var length = OrtValue.CreateTensorValueFromMemory(new long[] { VerifiedSteps }, []);
        using var options = new RunOptions();
        using var outputs = session.Run(options, [GeneratorGraph.Seed, GeneratorGraph.Length], [input, length], [GeneratorGraph.Generated]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
