using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>Texts: generated reviews, or files of the user.</summary>
internal static class TextData
{
    private const int GeneratedTraining = 2400;
    private const int GeneratedTest = 600;

    public static ClassificationData Load(MLContext ml, SequenceClassificationSettings settings)
    {
        var data = settings.TextTest is null ? Generated(ml, settings.Common.Seed) : Files(ml, settings.TextTrain, settings.TextTest);
        data.PrintSummary($"texts of {ClassificationData.Range([.. Words(ml, data.Train), .. Words(ml, data.Test)], "word")}");
        return data;
    }

    // The texts all differ, so the parts share none.
    private static ClassificationData Generated(MLContext ml, int seed)
    {
        var texts = GeneratedReviews.Generate(seed, GeneratedTraining + GeneratedTest);
        return Of("Generated reviews", ml.Data.LoadFromEnumerable(texts[..GeneratedTraining]), ml.Data.LoadFromEnumerable(texts[GeneratedTraining..]));
    }

    private static ClassificationData Files(MLContext ml, string? train, string test) => Of(
        Path.GetFileNameWithoutExtension(train ?? test), train is null ? null : LabelledTextFile.Load(ml, train), LabelledTextFile.Load(ml, test));

    private static ClassificationData Of(string title, IDataView? train, IDataView test)
    {
        IEnumerable<string> labels = train?.GetColumn<string>(ClassificationData.LabelColumn) ?? [];
        return new(title, nameof(LabelledText.Text), [.. labels.Distinct().Order(StringComparer.Ordinal)], train, test);
    }

    private static IEnumerable<int> Words(MLContext ml, IDataView? texts) => texts is null
        ? []
        : Tokens.Tokenizer(ml, nameof(LabelledText.Text)).Transform(texts).GetColumn<string[]>(Tokens.Column).Select(words => words.Length);
}
