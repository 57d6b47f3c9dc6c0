namespace MlNetRnn.Scenarios;

/// <summary>
/// What did a guest of a restaurant like: the food, the service, both, or neither? The words alone do not tell. "The soup was great while the
/// waiter was rude" and its reverse have the same words, negations turn what follows them, and what was expected is not what was found.
/// </summary>
public static class GeneratedReviews
{
    private static readonly string[] s_openings = ["on monday", "last week", "honestly", "as my brother says", "this time", "to be fair"];
    private static readonly string[] s_expectations = ["we expected", "the guide promised", "our friends had found", "last year we had"];
    private static readonly string[] s_food = ["food", "soup", "pasta", "fish", "cake", "wine", "bread", "lunch"];
    private static readonly string[] s_service = ["service", "waiter", "staff", "host", "owner", "barman", "greeting", "team"];
    private static readonly string[] s_good = ["great", "good", "wonderful", "excellent", "lovely", "perfect", "pleasant", "splendid"];
    private static readonly string[] s_bad = ["awful", "bad", "terrible", "dreadful", "poor", "horrible", "dismal", "mediocre"];
    private static readonly string[] s_verbs = ["was", "seemed", "turned out", "is"];
    private static readonly string[] s_negations = ["not", "never", "hardly", "far from", "anything but", "by no means"];
    private static readonly string[] s_strengths = ["", "", "", "very", "really", "quite"];
    private static readonly string[] s_links = ["and", "while", "and then"];

    /// <summary>The classes.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["both", "food", "service", "neither"];

    /// <summary>Texts that all differ, as many of each class (within one).</summary>
    /// <param name="seed">The same seed gives the same texts, in the same order.</param>
    /// <param name="count">The number of texts.</param>
    public static LabelledText[] Generate(int seed, int count)
    {
        var random = new StableRandom(seed);
        HashSet<string> made = [];
        var texts = new LabelledText[count];
        for (int i = 0; i < count; i++)
        {
            string label = Classes[i % Classes.Count], text;
            do
                text = Review(random, likesFood: label is "both" or "food", likesService: label is "both" or "service");
            while (!made.Add(text));
            texts[i] = new() { Label = label, Text = text };
        }
        random.Shuffle<LabelledText>(texts);
        return texts;
    }

    private static string Review(StableRandom random, bool likesFood, bool likesService)
    {
        string food = Opinion(random, s_food, likesFood), service = Opinion(random, s_service, likesService), link = random.OneOf(s_links);
        string review = random.Chance(0.5) ? $"{food} {link} {service}" : $"{service} {link} {food}";
        if (random.Chance(0.4))
            review = $"{Expectation(random)}, but {review}";
        return random.Chance(0.5) ? $"{random.OneOf(s_openings)} {review}" : review;
    }

    private static string Opinion(StableRandom random, string[] nouns, bool isGood)
    {
        bool negated = random.Chance(0.5);
        string[] words =
        [
            "the", random.OneOf(nouns), random.OneOf(s_verbs), negated ? random.OneOf(s_negations) : "", random.OneOf(s_strengths),
            random.OneOf(isGood != negated ? s_good : s_bad),
        ];
        return string.Join(' ', words.Where(w => w.Length > 0));
    }

    // Says nothing of the visit.
    private static string Expectation(StableRandom random) =>
        $"{random.OneOf(s_expectations)} {random.OneOf(random.Chance(0.5) ? s_good : s_bad)} {random.OneOf(random.Chance(0.5) ? s_food : s_service)}";
}
