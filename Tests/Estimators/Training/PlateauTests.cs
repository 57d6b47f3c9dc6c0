namespace MlNetRnn.Tests;

[TestClass]
public class PlateauTests
{
    [TestMethod]
    public void Is_reached_after_patience_epochs_without_a_lower_loss() =>
        Assert.AreSequenceEqual([5, 8], Reached(new(3), 5, 4, 4, 4.5, 4, 9, 9, 9, 3, 3));

    [TestMethod]
    public void A_lower_loss_starts_the_count_anew() =>
        Assert.AreSequenceEqual([7], Reached(new(2), 5, 6, 4, 5, 3, 3, 3));

    [TestMethod]
    public void Patience_of_one_is_reached_by_every_epoch_without_a_lower_loss() =>
        Assert.AreSequenceEqual([2, 3], Reached(new(1), 1, 1, 2, 0));

    [TestMethod]
    public void A_fall_smaller_than_the_minimum_does_not_count() =>
        Assert.AreSequenceEqual([3], Reached(new(2, minimumDelta: 0.5), 5, 4.6, 4.5));

    [TestMethod]
    public void A_fall_smaller_than_the_minimum_does_not_move_the_mark() =>
        Assert.AreSequenceEqual([], Reached(new(2, minimumDelta: 0.5), 5, 4.6, 4.4, 4.1));

    private static int[] Reached(Plateau plateau, params double[] losses) =>
        [.. losses.Select((loss, i) => (Reached: plateau.IsReached(loss), Epoch: i + 1)).Where(e => e.Reached).Select(e => e.Epoch)];
}
