namespace MlNetRnn.Scenarios.TextGeneration;

/// <summary>The network and its training, by how much there is to learn from: what is small is learnt by heart sooner, and needs more dropout.</summary>
internal static class Recipe
{
    public const int MostEpochs = 30;

    private const int FewestEpochs = 4;
    private const double TokensInAll = 9e6; // that are trained on, in all epochs: a few minutes
    private const double Few = 1e6, Many = 5e6;
    private const int MostTexts = 64, PartLength = 64, StreamSteps = 150; // of a batch, tokens of a part, steps of an epoch

    /// <summary>Epochs for so many tokens, at most those asked for.</summary>
    public static int Epochs(long tokens, int most) => (int)Math.Min(most, Math.Max(TokensInAll / Math.Max(1, tokens), FewestEpochs));

    // A short stream in as many pieces as usual would leave few steps for an epoch.
    private static int BatchSize(TextCorpus corpus) => corpus.IsStream ? (int)Math.Clamp(corpus.TrainingTokens / (StreamSteps * PartLength), 4, MostTexts) : MostTexts;

    /// <param name="corpus">What is learnt.</param>
    /// <param name="settings">Seed and hidden units.</param>
    /// <param name="epochs">Epochs.</param>
    /// <param name="progress">Told of epochs.</param>
    /// <param name="samples">Shows samples after each.</param>
    /// <param name="cancellation">Stops.</param>
    public static LanguageModelOptions Options(
        TextCorpus corpus, TextGenerationSettings settings, int epochs, IProgress<EpochMetrics> progress, TrainingCallback samples, CancellationToken cancellation)
    {
        double dropout = corpus.TrainingTokens < Few ? 0.45 : corpus.TrainingTokens < Many ? 0.2 : 0.1;
        int hidden = settings.Hidden ?? (corpus.OfWords ? 256 : 384);
        return new()
        {
            Cell = RecurrentCell.Lstm,
            EmbeddingSize = corpus.OfWords ? hidden : 32,
            HiddenSizes = [hidden],
            TieEmbeddings = corpus.OfWords,
            InputDropout = dropout / 4,
            Dropout = dropout,
            RecurrentDropout = dropout * 2 / 3,
            TruncationLength = PartLength,
            Rows = corpus.IsStream ? LanguageRows.Stream : LanguageRows.Documents,
            Unknown = UnknownTokens.Map,
            Training = new()
            {
                Epochs = epochs,
                BatchSize = BatchSize(corpus),
                LearningRate = 4e-3,
                Optimizer = Optimizer.AdamW,
                WeightDecay = 0.1,
                Schedule = new WarmUpSchedule { Epochs = Math.Min(1, epochs / 4.0), Then = new CosineSchedule() },
                ValidationFraction = 0.05,
                EarlyStopping = new() { Patience = 6 },
                Seed = settings.Common.Seed,
                Progress = progress,
                Callbacks = [samples],
                CancellationToken = cancellation,
            },
        };
    }
}
