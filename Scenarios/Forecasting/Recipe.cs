using System.Collections.Immutable;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>
/// How networks are made for given series: everything follows from the frequency, the horizon, and how many values there are. Nothing is set for a
/// data set.
/// </summary>
/// <param name="Window">Steps that a network reads.</param>
/// <param name="Stride">Steps from one training window to the next in a series.</param>
/// <param name="Padded">Whether series shorter than the window are read, too.</param>
/// <param name="Epochs">Passes over the training windows.</param>
/// <param name="BatchSize">Windows of a batch.</param>
/// <param name="HiddenSize">Values of the recurrent and of the dense layer.</param>
/// <param name="StackedSteps">Steps that are read as one.</param>
internal sealed record Recipe(int Window, int Stride, bool Padded, int Epochs, int BatchSize, int HiddenSize, int StackedSteps)
{
    /// <summary>The most passes, over few windows.</summary>
    public const int MostEpochs = 60;

    private const int FewestEpochs = 20;
    private const double WindowsToTrainOn = 1_600_000; // over all epochs
    private const int MostWindows = 80_000;            // of an epoch
    private const double LongHorizon = 96;
    private const int FewSeries = 20, MostTimes = 30;
    private const int LongWindow = 100;                // from here on a season, or more, is read as one step
    private const int MostSteps = 50;                  // that are read one after another of a long window
    private const int MostOfAWeek = 2016;              // steps, of 5 minutes: of shorter ones, days are read
    private const int MostDays = 365;
    private const int LargeHiddenSize = 128, SmallHiddenSize = 64;
    private const int ManyWindows = 20_000;            // from here on the networks are large

    /// <summary>The levels of quantiles, those of GluonTS's weighted quantile loss.</summary>
    public static ImmutableArray<double> Quantiles { get; } = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>
    /// The networks of the ensemble, besides their seeds: they differ in what they measure a window from, since where a series is going and what its
    /// level is tell different things; and, of short windows, in whether they predict the change from the last season, which is much of a seasonal
    /// series and misleads where there are no seasons.
    /// </summary>
    public static ImmutableArray<(WindowNormalization Normalization, bool FromLastSeason)> Networks { get; } =
    [
        (WindowNormalization.LastValue, false), (WindowNormalization.Standard, true), (WindowNormalization.LastValue, true), (WindowNormalization.Standard, false),
    ];

    /// <param name="frequency">How often there is a value.</param>
    /// <param name="horizon">Steps ahead.</param>
    /// <param name="lengths">Values of each series that trains.</param>
    /// <param name="mostEpochs">The user's limit.</param>
    public static Recipe For(Frequency frequency, int horizon, IReadOnlyList<int> lengths, int mostEpochs)
    {
        int window = WindowOf(frequency, horizon), longest = lengths.Max(), shortest = lengths.Min();
        window = Math.Clamp(longest - (2 * horizon), Math.Min(window, Math.Max(2, frequency.Season)), window);
        bool padded = shortest < window + (2 * horizon); // else it would have few windows, or none
        double windows = lengths.Sum(length => (double)Math.Max(0, length - (padded ? 1 : window) - horizon + 1));
        double costs = Math.Max(1, horizon / LongHorizon); // of a window; those of neighbours overlap as much
        int stride = Coprime((int)Math.Ceiling(windows * costs / MostWindows), frequency.Season);
        double each = Math.Max(1, windows / stride);
        int epochs = (int)Math.Clamp(WindowsToTrainOn / (each * costs), FewestEpochs, MostEpochs);
        return new(
            window, stride, padded, Math.Min(epochs, mostEpochs), BatchSize: each > ManyWindows ? 256 : each > 1000 ? 64 : 16,
            HiddenSize: each > ManyWindows ? LargeHiddenSize : SmallHiddenSize,
            StackedSteps: Stacked(window, frequency.Season));
    }

    /// <summary>What is predicted.</summary>
    /// <param name="network">What of the ensemble.</param>
    /// <param name="season">Steps of a season; 1 for none.</param>
    public ForecastOptions Forecast((WindowNormalization Normalization, bool FromLastSeason) network, int season) => new()
    {
        Distribution = ForecastDistribution.Quantiles,
        Quantiles = Quantiles,
        QuantilesColumnName = Columns.Quantiles,
        ConfidenceLowerBoundColumn = Columns.LowerBound,
        ConfidenceUpperBoundColumn = Columns.UpperBound,
        Normalization = network.Normalization,
        // A long window is read season by season, which tells the last one, too.
        SeasonLength = network.FromLastSeason && season > 1 && StackedSteps == 1 && Window >= season ? season : 0,
        LinearHighway = true,
    };

    /// <summary>A network and its training.</summary>
    public RecurrentOptions Network(int seed, IProgress<EpochMetrics>? progress, CancellationToken cancellation) => new()
    {
        Cell = RecurrentCell.Gru,
        HiddenSizes = [HiddenSize],
        DenseSizes = [HiddenSize],
        Dropout = 0.1,
        Input = new() { StackedSteps = StackedSteps },
        Training = new TrainingOptions
        {
            Epochs = Epochs,
            BatchSize = BatchSize,
            LearningRate = 0.002,
            GradientClipNorm = 1,
            ValidationFraction = HiddenSize == LargeHiddenSize ? 0.05 : 0.15, // of few windows more, for intervals to be calibrated on
            Schedule = new OneCycleSchedule(),
            ReduceLearningRate = null,
            EarlyStopping = new() { Patience = Math.Max(5, Epochs / 2) }, // the best weights are kept; while the rate is high, losses rise and fall
            Seed = seed,
            Progress = progress,
            CancellationToken = cancellation,
        },
    };

    /// <summary>The windows that training takes of rows of series.</summary>
    public SlidingWindowOptions Windows(int horizon) => new()
    {
        InputColumns = [Columns.Value],
        GroupColumn = Columns.Series,
        WindowLength = Window,
        Horizon = horizon,
        Stride = Stride,
        Padding = Padded ? WindowPadding.Start : WindowPadding.None,
    };

    /// <summary>
    /// Short series among few are there several times, so that each of them counts as much as the longest: of a hundred values beside thousands,
    /// nothing would be learnt.
    /// </summary>
    public static IEnumerable<TimeSeries> Balanced(IReadOnlyCollection<TimeSeries> series)
    {
        int longest = series.Max(s => s.Values.Length);
        foreach (var one in series)
        {
            int times = series.Count > FewSeries ? 1 : Math.Clamp(longest / Math.Max(1, one.Values.Length), 1, MostTimes);
            yield return one;
            for (int again = 2; again <= times; again++)
                yield return one with { Id = $"{one.Id} ({again})" };
        }
    }

    // Some horizons, so that the seasons around the one to come are in it, and whole seasons; but no more than tells something of what is to come.
    private static int WindowOf(Frequency frequency, int horizon)
    {
        int season = frequency.Season, steps = Math.Max((int)(3.5 * horizon), 3 * season);
        if (frequency.IsWithinDay)
            return 7 * season <= MostOfAWeek ? Math.Clamp(Whole(steps), 7 * season, 14 * season) : 3 * season;
        return frequency.Name switch
        {
            "monthly" or "quarterly" => Math.Max(3 * season, Whole(2 * horizon)),
            "yearly" => Math.Max(2, 3 * horizon / 2),
            _ => Math.Min(3 * horizon, MostDays),
        };

        int Whole(int count) => (count + season - 1) / season * season;
    }

    // Time goes by the steps that are read one after another, and what is far back fades over many.
    private static int Stacked(int window, int season)
    {
        if (window <= LongWindow)
            return 1;
        int stacked = season;
        while (window > MostSteps * stacked)
            stacked += season;
        return stacked;
    }

    // So that windows begin at every step of a season, not always at the same.
    private static int Coprime(int stride, int season)
    {
        stride = Math.Max(1, stride);
        while (season > 1 && Gcd(stride, season) > 1)
            stride++;
        return stride;
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
