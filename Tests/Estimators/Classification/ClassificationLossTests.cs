using TorchSharp;

namespace MlNetRnn.Tests.Classification;

/// <summary>Losses and their gradients against numbers computed by hand, PyTorch's definitions and finite differences.</summary>
[TestClass]
public sealed class ClassificationLossTests
{
    // logits [1, 2, 0.5], class 1: log Σ e^z = 2.46436878
    private static readonly double LogSum = Math.Log(Math.E + (Math.E * Math.E) + Math.Sqrt(Math.E));

    public static IEnumerable<object[]> Smoothings => [[0.0], [0.1], [0.6]];

    [TestMethod, DynamicData(nameof(Smoothings))]
    public void Cross_entropy_of_one_example_is_that_computed_by_hand(double smoothing)
    {
        using var scope = torch.NewDisposeScope();
        var loss = Many(smoothing).LossSum(torch.tensor([1f, 2f, 0.5f], 1, 3), torch.tensor([1f], 1, 1), null);

        double expected = ((1 - smoothing) * (LogSum - 2)) + (smoothing * (LogSum - (3.5 / 3)));
        Assert.AreEqual(expected, loss.item<float>(), 1e-6);
        Assert.AreEqual(0.46436878, LogSum - 2, 1e-8);
    }

    [TestMethod, DynamicData(nameof(Smoothings))]
    public void Cross_entropy_and_its_gradient_are_PyTorchs(double smoothing)
    {
        using var scope = torch.NewDisposeScope();
        var (ours, theirs) = (Logits(20, 5), Logits(20, 5));
        var classes = torch.arange(20, dtype: torch.int64).remainder(5);

        var loss = Many(smoothing).LossSum(ours, classes.to(torch.float32).unsqueeze(1), null);
        var expected = torch.nn.functional.cross_entropy(theirs, classes, reduction: torch.nn.Reduction.Sum, label_smoothing: smoothing);
        loss.backward();
        expected.backward();

        Assert.AreEqual(expected.item<float>(), loss.item<float>(), 1e-4);
        Assert.IsLessThan(1e-6, Difference.Max(theirs.grad!, ours.grad!));
    }

    [TestMethod, DynamicData(nameof(Smoothings))]
    public void Binary_cross_entropy_and_its_gradient_are_PyTorchs(double smoothing)
    {
        using var scope = torch.NewDisposeScope();
        var (ours, theirs) = (Logits(20, 1), Logits(20, 1));
        var target = torch.arange(20, dtype: torch.float32).remainder(2).unsqueeze(1);

        var loss = Two(smoothing).LossSum(ours, target, null);
        var smoothed = (target * (1 - smoothing)) + (smoothing / 2);
        var expected = torch.nn.functional.binary_cross_entropy_with_logits(theirs, smoothed, reduction: torch.nn.Reduction.Sum);
        loss.backward();
        expected.backward();

        Assert.AreEqual(expected.item<float>(), loss.item<float>(), 1e-4);
        Assert.IsLessThan(1e-6, Difference.Max(theirs.grad!, ours.grad!));
    }

    [TestMethod]
    public void Two_classes_by_either_task_cost_the_same()
    {
        using var scope = torch.NewDisposeScope();
        foreach (double smoothing in new[] { 0, 0.2 })
        {
            var logit = torch.tensor([-1.5f, 0.3f, 2f], 3, 1);
            var target = torch.tensor([1f, 0f, 1f], 3, 1);
            var both = torch.cat([torch.zeros_like(logit), logit], 1);

            Assert.AreEqual(
                Many(smoothing).LossSum(both, target, null).item<float>(), Two(smoothing).LossSum(logit, target, null).item<float>(), 1e-5);
        }
    }

    [TestMethod]
    [DataRow(80f)]
    [DataRow(1e4f)]
    [DataRow(-1e4f)]
    public void Extreme_logits_cost_finite_amounts(float logit)
    {
        using var scope = torch.NewDisposeScope();
        var right = torch.tensor([logit > 0 ? 1f : 0f], 1, 1);
        foreach (double smoothing in new[] { 0, 0.1 })
        {
            double expected = smoothing / 2 * Math.Abs(logit);
            Assert.AreEqual(expected, Two(smoothing).LossSum(torch.tensor([logit], 1, 1), right, null).item<float>(), 1e-3 + (1e-6 * Math.Abs(logit)));
            Assert.AreEqual(
                expected, Many(smoothing).LossSum(torch.tensor([0f, logit], 1, 2), right, null).item<float>(), 1e-3 + (1e-6 * Math.Abs(logit)));
        }
    }

    [TestMethod]
    public void Gradients_are_those_of_finite_differences()
    {
        using var scope = torch.NewDisposeScope();
        double[] point = [.. Enumerable.Range(0, 12).Select(i => 2 * Math.Sin(1.3 * i))];
        CheckGradient(Many(0.15), point, [4, 3], torch.tensor([0f, 2f, 1f, 2f], 4, 1), torch.tensor([1f, 2.5f, 0f, 0.3f], 4, 1));
        CheckGradient(Two(0.15), point, [12, 1], torch.arange(12, dtype: torch.float32).remainder(2).unsqueeze(1), torch.linspace(0, 2, 12).unsqueeze(1));
    }

    [TestMethod]
    public void A_weight_of_two_is_two_copies_and_a_weight_of_nothing_none()
    {
        using var scope = torch.NewDisposeScope();
        foreach (ClassificationTask task in new ClassificationTask[] { Many(0.1), Two(0.1) })
        {
            int width = task is MulticlassTask ? 3 : 1;
            var target = torch.tensor([1f, 0f, 1f], 3, 1);
            var (weighted, copied) = (Logits(3, width), Logits(3, width));
            var loss = task.LossSum(weighted, target, torch.tensor([1f, 2f, 0f], 3, 1));
            long[] kept = [0, 1, 1];
            var expected = task.LossSum(copied[torch.tensor(kept)], target[torch.tensor(kept)], null);
            loss.backward();
            expected.backward();
            Assert.AreEqual(expected.item<float>(), loss.item<float>(), 1e-5);
            Assert.IsLessThan(1e-6, Difference.Max(copied.grad!, weighted.grad!));

            var wrong = task.ErrorSum(weighted, target, torch.tensor([1f, 2f, 0f], 3, 1)).item<float>();
            Assert.AreEqual(task.ErrorSum(copied[torch.tensor(kept)], target[torch.tensor(kept)], null).item<float>(), wrong);
        }
    }

    [TestMethod]
    public void Errors_count_the_examples_whose_class_is_not_the_likeliest()
    {
        using var scope = torch.NewDisposeScope();
        var scores = torch.tensor([1f, 3f, 2f, 5f, 5f, 0f, -1f, -2f, -3f], 3, 3); // the first of equals counts

        Assert.AreEqual(2, Many(0).ErrorSum(scores, torch.tensor([1f, 1f, 2f], 3, 1), null).item<float>());
        Assert.AreEqual(1, Many(0).ErrorSum(scores, torch.tensor([1f, 0f, 2f], 3, 1), null).item<float>());
        Assert.AreEqual(2, Two(0).ErrorSum(torch.tensor([0.1f, -0.1f, 0f], 3, 1), torch.tensor([1f, 1f, 1f], 3, 1), null).item<float>());
        Assert.AreEqual(0, Two(0).ErrorSum(torch.tensor([0f], 1, 1), torch.tensor([0f], 1, 1), null).item<float>(), "as PredictedLabel: above a half");
    }

    [TestMethod]
    public void Balanced_weights_are_scikit_learns()
    {
        // sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 1, 2], y=6 × 0, 3 × 1, 1 × 2)
        float[] weights = ClassWeights.Balanced.For(["a", "b", "c"], [6, 3, 1]);

        Scored.AreClose([0.5555556f, 1.1111112f, 3.3333333f], weights, "weights");
        Assert.AreEqual(10, (6 * weights[0]) + (3 * weights[1]) + weights[2], 1e-5, "together as much as they are");
    }

    [TestMethod]
    public void Balanced_weights_leave_out_classes_without_an_example()
    {
        float[] weights = ClassWeights.Balanced.For(["a", "b", "c"], [8, 0, 2]);

        Assert.AreEqual(0.625f, weights[0], 1e-6f);
        Assert.AreEqual(2.5f, weights[2], 1e-6f);
        Assert.IsTrue(float.IsFinite(weights[1]));
    }

    [TestMethod]
    public void Given_weights_go_by_name_and_the_others_count_one()
    {
        Assert.AreSequenceEqual([1f, 4f, 0.5f], ClassWeights.Of(("c", 0.5), ("b", 4)).For(["a", "b", "c"], [1, 1, 1]));
        Fails.With<ArgumentException>(() => ClassWeights.Of(("d", 1), ("b", 4), ("e", 2)).For(["a", "b"], [1, 1]), "'d', 'e'", "'a', 'b'");
    }

    private static MulticlassTask Many(double smoothing) => new(new() { LabelSmoothing = smoothing });

    private static BinaryTask Two(double smoothing) => new(new() { LabelSmoothing = smoothing });

    private static torch.Tensor Logits(int count, int width) =>
        torch.tensor([.. Enumerable.Range(0, count * width).Select(i => (float)(3 * Math.Sin(1 + (2.1 * i))))], [count, width], requires_grad: true);

    private static void CheckGradient(SequenceTask task, double[] point, long[] shape, torch.Tensor target, torch.Tensor weights)
    {
        const double Step = 1e-5;
        double Loss(double[] at) => task.LossSum(torch.tensor(at, shape), target, weights).item<double>();
        var logits = torch.tensor(point, shape, requires_grad: true);
        task.LossSum(logits, target, weights).backward();
        double[] gradient = logits.grad!.data<double>().ToArray();
        for (int i = 0; i < point.Length; i++)
        {
            double[] up = [.. point], down = [.. point];
            up[i] += Step;
            down[i] -= Step;
            Assert.AreEqual((Loss(up) - Loss(down)) / (2 * Step), gradient[i], 1e-6, $"{task.Name}, value {i}");
        }
    }
}
