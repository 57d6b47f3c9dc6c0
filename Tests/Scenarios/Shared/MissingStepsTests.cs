using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class MissingStepsTests
{
    private const float Missing = float.NaN;

    [TestMethod]
    public void Missing_values_lie_on_the_line_between_their_neighbours_in_the_dimension()
    {
        float[] steps = [1, 10, Missing, Missing, 3, Missing, Missing, 16, 8, 20];

        AssertFilled([1, 10, 2, 12, 3, 14, 5.5f, 16, 8, 20], steps, features: 2, filled: 4);
    }

    [TestMethod]
    public void At_either_end_they_are_the_nearest_known()
    {
        AssertFilled([4, 4, 4, 6, 6], [Missing, Missing, 4, 6, 6], features: 1, filled: 2);
        AssertFilled([4, 1, 4, 2, 4, 3], [Missing, 1, 4, 2, Missing, 3], features: 2, filled: 2);
    }

    [TestMethod]
    public void Steps_at_the_end_that_are_missing_altogether_are_cut_off()
    {
        AssertFilled([1, 2], [1, 2, Missing, Missing], features: 1, filled: 0);
        AssertFilled([1, 2, 3, 2], [1, 2, 3, Missing, Missing, Missing], features: 2, filled: 1);
    }

    [TestMethod]
    public void A_dimension_without_any_value_is_0_and_a_sequence_keeps_a_step()
    {
        AssertFilled([1, 0, 2, 0], [1, Missing, 2, Missing], features: 2, filled: 2);
        AssertFilled([0, 0], [Missing, Missing, Missing, Missing], features: 2, filled: 2);
    }

    [TestMethod]
    public void A_whole_sequence_stays_the_same_array()
    {
        var example = new SequenceExample { Features = [1, 2] };
        float[] before = example.Features;

        Assert.AreEqual(0, MissingSteps.Fill(example, 1));
        Assert.AreSame(before, example.Features);
    }

    private static void AssertFilled(float[] expected, float[] steps, int features, int filled)
    {
        var example = new SequenceExample { Features = steps };

        Assert.AreEqual(filled, MissingSteps.Fill(example, features));
        Assert.AreSequenceEqual(expected, example.Features);
    }
}
