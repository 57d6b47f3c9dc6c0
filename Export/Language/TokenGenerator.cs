using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// Goes on with texts, token by token, as a language model predicts them. A token costs the same however long the text is: what the model
/// remembers of it goes from step to step. Needs ONNX Runtime alone. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// using var generator = TokenGenerator.Load("names.onnx");
/// foreach (string letter in generator.Generate("ma", length: 20, new() { Temperature = 0.8, Seed = 1 }))
///     Console.Write(letter);
/// </code>
/// </example>
public sealed class TokenGenerator : IDisposable
{
    private readonly StreamingPredictor _predictor;
    private readonly TokenVocabulary _vocabulary;

    /// <summary>A generator for a model at hand.</summary>
    /// <param name="model">A language model, such as <see cref="SequenceTransformer.Model"/>.</param>
    /// <param name="options">Device and others; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model is no language model, or options are wrong.</exception>
    /// <exception cref="NotSupportedException">The model cannot be run step by step; the message says why.</exception>
    /// <exception cref="FormatException">ONNX Runtime refuses the model's graph.</exception>
    public TokenGenerator(SequenceModel model, SequencePredictorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Check(model);
        _vocabulary = new TokenVocabulary(model.Manifest);
        _predictor = new StreamingPredictor(model, options);
    }

    /// <summary>The tokens that the model knows, in the order of their keys.</summary>
    public IReadOnlyList<string> Tokens => _vocabulary.Tokens;

    /// <summary>The model.</summary>
    public SequenceModel Model => _predictor.Model;

    /// <summary>Reads a language model from an <c>.onnx</c> file and makes a generator for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Device and others; null for the defaults.</param>
    /// <returns>The generator.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is cut, corrupted, of a newer format, or not one of this library's.</exception>
    /// <exception cref="ArgumentException">The model is no language model, or options are wrong.</exception>
    public static TokenGenerator Load(string path, SequencePredictorOptions? options = null) => new(SequenceModel.Load(path), options);

    /// <summary>Goes on with a text. Tokens are drawn as they are asked for.</summary>
    /// <param name="prompt">
    /// The text so far, may be empty: it is taken as characters where all tokens of the vocabulary are characters, else as words between
    /// white space.
    /// </param>
    /// <param name="length">The most tokens to give, at least 0; fewer where the text ends.</param>
    /// <param name="sampling">How tokens are drawn; null for the defaults.</param>
    /// <returns>The tokens after the prompt.</returns>
    /// <exception cref="ArgumentException">Sampling options are wrong, or the prompt has an unknown token and the model refuses those.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 0.</exception>
    public IEnumerable<string> Generate(string prompt, int length, SamplingOptions? sampling = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Generate(_vocabulary.Split(prompt), length, sampling);
    }

    /// <summary>Goes on with a text of tokens given one by one.</summary>
    /// <inheritdoc cref="Generate(string, int, SamplingOptions?)"/>
    public IEnumerable<string> Generate(IEnumerable<string> prompt, int length, SamplingOptions? sampling = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        sampling ??= SamplingOptions.Default;
        sampling.Validate();
        return Draw(_vocabulary.Keys(prompt, nameof(prompt)), length, sampling);
    }

    /// <summary>Goes on with a text and gives what comes after the prompt as one string, words with spaces between them.</summary>
    /// <inheritdoc cref="Generate(string, int, SamplingOptions?)" path="/param|/exception"/>
    /// <returns>The text after the prompt.</returns>
    public string GenerateText(string prompt, int length, SamplingOptions? sampling = null) =>
        string.Join(_vocabulary.Separator, Generate(prompt, length, sampling));

    /// <summary>Measures how well the model predicts texts.</summary>
    /// <param name="data">Rows of tokens, in the column that the model was trained on.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <returns>The metrics.</returns>
    /// <exception cref="ArgumentException">The column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">There is no token, or one is missing from the vocabulary and the model refuses those.</exception>
    public LanguageModelMetrics Evaluate(IDataView data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new LanguageEvaluation(_predictor, _vocabulary).Run(data, cancellationToken);
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _predictor.Dispose();

    internal static void Check(SequenceModel model)
    {
        if (model.Manifest.Language is null)
        {
            throw new ArgumentException($"The model is for {model.Manifest.Task}, no language model; train one by "
                + "ml.MulticlassClassification.Trainers.LanguageModel.", nameof(model));
        }
        if (model.Manifest.Inputs.Length > 0)
        {
            throw new ArgumentException($"The file takes {ModelInputs.Describe(model.Manifest)}: whole texts by a pipeline's own columns, as ml.Model.SaveAsOnnx writes it, "
                + "and no single tokens. Give what the fitted SequenceTransformer's Model.Save wrote, or ml.Model.Save's .zip by model.Generate.", nameof(model));
        }
    }

    private IEnumerable<string> Draw(int[] prompt, int length, SamplingOptions sampling)
    {
        if (length == 0)
            yield break;
        var text = _predictor.CreateSeries();
        var sampler = new TokenSampler(sampling, _predictor.OutputSize);
        float[] observation = [_vocabulary.EndKey], probabilities = new float[_predictor.OutputSize];
        text.Step(observation, probabilities); // what begins a text is what ended the one before
        foreach (int key in prompt)
        {
            observation[0] = key;
            text.Step(observation, probabilities);
        }
        for (int i = 0; i < length; i++)
        {
            if (i > 0)
                text.Step(observation, probabilities);
            int token = sampler.Draw(probabilities);
            if (token + 1 == _vocabulary.EndKey || sampling.Stop.Contains(_vocabulary.Tokens[token]))
                yield break;
            observation[0] = token + 1;
            yield return _vocabulary.Tokens[token];
        }
    }
}
