using Microsoft.ML;
using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class OpticalDigitsTests
{
    private static readonly IReadOnlyList<SequenceExample> s_digits = OpticalDigits.Read(new MLContext(1));

    [TestMethod]
    public void The_images_are_shipped()
    {
        Assert.HasCount(1797, s_digits);
        Assert.AreSequenceEqual([0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0], s_digits[0].Features[..16]); // the first two rows of a zero
        Assert.AreSequenceEqual(["0", "1", "2", "3"], s_digits.Take(4).Select(d => d.Label));
        Assert.AreEqual(10, s_digits.DistinctBy(d => d.Label).Count());
        Assert.IsTrue(s_digits.All(d => d.Features.Length == 64 && d.Features.All(v => v is >= 0 and <= 16)));
    }

    [TestMethod]
    public void A_stratified_split_takes_a_fifth_of_each_digit_and_all_images_once()
    {
        var (train, test) = StratifiedSplit.Split(s_digits, d => d.Label, 0.2, seed: 1);

        foreach (var digit in s_digits.GroupBy(d => d.Label))
            Assert.AreEqual(0.2 * digit.Count(), test.Count(d => d.Label == digit.Key), 0.5);
        Assert.AreEqual(s_digits.Count, train.Union(test).Count());
        Assert.AreEqual(s_digits.Count, train.Count + test.Count);
        Assert.AreSequenceEqual(s_digits.Where(test.Contains), test); // in order
    }

    [TestMethod]
    public void The_seed_decides_the_split()
    {
        var test = StratifiedSplit.Split(s_digits, d => d.Label, 0.2, seed: 1).Test;

        Assert.AreSequenceEqual(test, StratifiedSplit.Split(s_digits, d => d.Label, 0.2, seed: 1).Test);
        // Chance alone would leave a fifth in common.
        Assert.AreEqual(0.2, test.Intersect(StratifiedSplit.Split(s_digits, d => d.Label, 0.2, seed: 2).Test).Count() / (double)test.Count, 0.1);
    }

    [TestMethod]
    public void A_single_example_of_a_class_stays_in_training()
    {
        var (train, test) = StratifiedSplit.Split(["a", "b", "b"], label => label, 0.9, seed: 1);

        Assert.AreSequenceEqual(["a", "b"], train);
        Assert.AreSequenceEqual(["b"], test);
    }
}
