using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>A missing value anywhere in a sequence makes its prediction missing, and no other.</summary>
[TestClass]
public sealed class MissingValueTests
{
    private static readonly MLContext Ml = new(1);

    public static IEnumerable<object[]> Cases() =>
        from cell in new[] { "rnn", "rnn_relu", "lstm", "gru" }
        from bidirectional in new[] { false, true }
        from difference in new[] { false, true }
        select new object[] { cell, bidirectional, difference };

    [TestMethod, DynamicData(nameof(Cases))]
    public void It_is_passed_on(string cell, bool bidirectional, bool difference)
    {
        var options = Networks.Tiny with
        {
            Cell = Networks.Cell(cell),
            Bidirectional = bidirectional,
            Scaling = new() { Difference = difference, TargetFeature = 0 },
        };
        var examples = Examples.Random(30, steps: 5, features: 2);
        using var model = Ml.Regression.Trainers.Recurrent(options).Fit(examples.View(Ml));
        float[] complete = examples.Score(model);

        for (int position = 0; position < 10; position++)
        {
            float missing = position % 2 == 0 ? float.NaN : float.PositiveInfinity;
            float[][] sequences = [.. examples.Sequences.Select(s => s.ToArray())];
            sequences[7][position] = missing;

            float[] scores = (examples with { Sequences = sequences }).Score(model);

            Assert.IsTrue(float.IsNaN(scores[7]), $"{missing} at {position} gives {scores[7]}");
            scores[7] = complete[7];
            Assert.AreSequenceEqual(complete, scores, "other rows changed");
        }
    }
}
