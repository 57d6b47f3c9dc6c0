using Microsoft.ML;
using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class GeneratedReviewsTests
{
    private static readonly LabelledText[] s_reviews = GeneratedReviews.Generate(1, 3000);

    [TestMethod]
    public void The_seed_decides_the_texts()
    {
        Assert.AreSequenceEqual(Texts(s_reviews), Texts(GeneratedReviews.Generate(1, 3000)));
        Assert.AreNotEqual(s_reviews[0].Text, GeneratedReviews.Generate(2, 3000)[0].Text);
    }

    [TestMethod]
    public void The_texts_differ_and_every_class_has_as_many()
    {
        Assert.AreEqual(s_reviews.Length, s_reviews.Select(r => r.Text).Distinct().Count());
        Assert.AreSequenceEqual(["both", "food", "neither", "service"], s_reviews.Select(r => r.Label).Distinct().Order());
        Assert.IsTrue(s_reviews.CountBy(r => r.Label).All(c => c.Value == 750));
    }

    [TestMethod]
    public void The_words_alone_do_not_tell_the_class()
    {
        var ml = new MLContext(1);
        var data = ml.Data.LoadFromEnumerable(s_reviews);
        var split = (Train: ml.Data.TakeRows(data, 2400), Test: ml.Data.SkipRows(data, 2400));
        var words = ml.Transforms.Conversion.MapValueToKey("Key", "Label")
            .Append(ml.Transforms.Text.ProduceWordBags("Features", "Text", ngramLength: 1))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Key"));

        double accuracy = ml.MulticlassClassification.Evaluate(words.Fit(split.Train).Transform(split.Test), "Key").MicroAccuracy;

        Assert.IsLessThan(0.5, accuracy);
    }

    private static IEnumerable<string> Texts(LabelledText[] reviews) => reviews.Select(r => $"{r.Label}: {r.Text}");
}
