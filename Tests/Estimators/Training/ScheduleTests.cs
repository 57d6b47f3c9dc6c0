using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Learning rates against PyTorch's documented closed forms, and that the optimizer steps with them.</summary>
[TestClass]
public class ScheduleTests
{
    private const double Rate = 0.02;
    private const int PerEpoch = 7;
    private const int Epochs = 6;
    private const int Steps = PerEpoch * Epochs;

    // StepLR: base · gamma^⌊epoch / step_size⌋
    [TestMethod]
    public void Step_equals_StepLR() => AssertRates(
        new StepSchedule { Epochs = 2, Factor = 0.3 }, step => Rate * Math.Pow(0.3, Math.Floor(step / PerEpoch / 2.0)));

    // CosineAnnealingLR: eta_min + (base - eta_min) (1 + cos(pi t / T_max)) / 2
    [TestMethod]
    public void Cosine_equals_CosineAnnealingLR() => AssertRates(
        new CosineSchedule { Minimum = 0.001 }, step => 0.001 + 0.5 * (Rate - 0.001) * (1 + Math.Cos(Math.PI * step / Steps)));

    // LinearLR: base · (start + (end - start) min(t, total_iters) / total_iters)
    [TestMethod]
    public void WarmUp_equals_LinearLR() => AssertRates(
        new WarmUpSchedule { Epochs = 1.5, InitialFactor = 0.2 }, step => Rate * (0.2 + 0.8 * Math.Min(step, 10) / 10)); // round(1.5 · 7) = 10

    // SequentialLR([LinearLR, CosineAnnealingLR], milestones=[14])
    [TestMethod]
    public void WarmUp_goes_in_front_of_another_schedule() => AssertRates(
        new WarmUpSchedule { Epochs = 2, Then = new CosineSchedule() },
        step => step < 14 ? Rate * (1 / 3.0 + 2 / 3.0 * step / 14) : Rate * (1 + Math.Cos(Math.PI * (step - 14) / (Steps - 14))) / 2);

    // SequentialLR([LinearLR, StepLR], milestones=[one epoch]): epochs are counted from the milestone
    [TestMethod]
    public void WarmUp_shifts_the_epochs_of_what_follows() => AssertRates(
        new WarmUpSchedule { Epochs = 1, InitialFactor = 0.5, Then = new StepSchedule { Epochs = 2, Factor = 0.1 } },
        step => step < PerEpoch ? Rate * (0.5 + 0.5 * step / PerEpoch) : Rate * Math.Pow(0.1, (step / PerEpoch - 1) / 2));

    [TestMethod]
    public void More_steps_than_can_be_counted_do_not_turn_negative()
    {
        int steps = 0;
        var schedule = new RecordedSchedule(position => steps = position.Steps);
        var ml = new MLContext();
        ml.Regression.Trainers.Recurrent(Networks.Tiny.Train(t => t with
        {
            Epochs = int.MaxValue, // until it stops
            EarlyStopping = new() { Patience = 1, MinimumDelta = 1e6 },
            Schedule = schedule,
        })).Fit(Examples.Random(40).View(ml)).Dispose();
        Assert.AreEqual(int.MaxValue, steps);
    }

    // OneCycleLR, cosine, two phases: up to step pct · total - 1, down to step total - 1
    [TestMethod]
    public void OneCycle_equals_OneCycleLR()
    {
        const double Peak = 0.25 * Steps - 1;
        AssertRates(new OneCycleSchedule { RisingFraction = 0.25, InitialDivisor = 20, FinalDivisor = 500 }, step => step <= Peak
            ? Cosine(Rate / 20, Rate, step / Peak)
            : Cosine(Rate, Rate / 20 / 500, (step - Peak) / (Steps - 1 - Peak)));

        static double Cosine(double start, double end, double share) => end + (start - end) / 2.0 * (Math.Cos(Math.PI * share) + 1);
    }

    [TestMethod]
    public void OneCycle_has_PyTorchs_defaults_and_begins_and_ends_where_they_say()
    {
        var schedule = new OneCycleSchedule();
        Assert.AreEqual(Rate / 25, schedule.LearningRate(Rate, new(0, 10, 100)), 1e-12);
        Assert.AreEqual(Rate, schedule.LearningRate(Rate, new(29, 10, 100)), 1e-12);
        Assert.AreEqual(Rate / 25 / 1e4, schedule.LearningRate(Rate, new(99, 10, 100)), 1e-12);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void OneCycle_gives_rates_for_the_shortest_trainings(int steps)
    {
        for (int rising = 1; rising < 100; rising++)
        {
            for (int step = 0; step < steps; step++)
            {
                double rate = new OneCycleSchedule { RisingFraction = rising / 100.0 }.LearningRate(Rate, new(step, 1, steps));
                Assert.IsTrue(rate is > 0 and <= Rate, $"{rate} at step {step} of {steps}, rising {rising} %");
            }
        }
    }

    [TestMethod]
    public void The_optimizer_steps_with_the_rate_of_the_schedule()
    {
        float[] plain = Score(t => t with { LearningRate = Rate, ReduceLearningRate = null });
        float[] scheduled = Score(t => t with { LearningRate = 4 * Rate, Schedule = new Constant(Rate) });
        float[] other = Score(t => t with { LearningRate = Rate, Schedule = new OneCycleSchedule() });
        Assert.AreSequenceEqual(plain, scheduled);
        Assert.IsGreaterThan(1e-3, Difference.Max(plain, other));
    }

    [TestMethod]
    public void History_has_the_rate_of_each_epochs_last_step()
    {
        var schedule = new WarmUpSchedule { Epochs = 1, Then = new CosineSchedule() };
        using var model = Fit(t => t with { LearningRate = Rate, Schedule = schedule });
        double[] expected = [.. Enumerable.Range(1, Epochs).Select(e => schedule.LearningRate(Rate, new(e * PerEpoch - 1, PerEpoch, Steps)))];
        Assert.AreSequenceEqual(expected, model.History.Select(h => h.LearningRate));
    }

    [TestMethod]
    public void Callbacks_are_told_the_rate_of_each_step()
    {
        var rates = new List<double>();
        var schedule = new CosineSchedule();
        using var model = Fit(t => t with { LearningRate = Rate, Schedule = schedule, Callbacks = [new ActionCallback(b => rates.Add(b.LearningRate))] });
        Assert.AreSequenceEqual(Enumerable.Range(0, Steps).Select(s => schedule.LearningRate(Rate, new(s, PerEpoch, Steps))), rates);
    }

    [TestMethod]
    public void Cancellation_and_a_schedule_leave_the_best_model()
    {
        using var cancellation = new CancellationTokenSource();
        var ended = new List<TrainingEndReason>();
        using var model = Fit(t => t with
        {
            Schedule = new OneCycleSchedule(),
            CancellationToken = cancellation.Token,
            Callbacks = [new ActionCallback(b => { if (b is { Epoch: 3, Batch: 2 }) cancellation.Cancel(); }) { Ended = e => ended.Add(e.Reason) }],
        });
        Assert.HasCount(2, model.History);
        Assert.AreSequenceEqual([TrainingEndReason.Cancelled], ended);
    }

    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(-1)]
    [DataRow(double.PositiveInfinity)]
    public void A_schedule_without_a_usable_rate_ends_training_with_the_model_so_far(double rate)
    {
        var e = Assert.ThrowsExactly<RecurrentTrainingException>(() => Fit(t => t with { Schedule = new Constant(Rate, PerEpoch * 2, rate) }));
        Assert.Contains($"gave a learning rate of {rate} for step {PerEpoch * 2}", e.Message);
        Assert.HasCount(2, e.Transformer!.History);
    }

    [TestMethod]
    public void A_schedule_that_throws_ends_training_with_the_model_so_far()
    {
        var e = Assert.ThrowsExactly<RecurrentTrainingException>(() => Fit(t => t with { Schedule = new Throwing() }));
        Assert.IsInstanceOfType<NotImplementedException>(e.InnerException);
        Assert.Contains($"Training.Schedule threw NotImplementedException for step {PerEpoch}", e.Message);
        Assert.HasCount(1, e.Transformer!.History);
    }

    private static void AssertRates(LearningRateSchedule schedule, Func<int, double> expected)
    {
        for (int step = 0; step < Steps; step++)
            Assert.AreEqual(expected(step), schedule.LearningRate(Rate, new(step, PerEpoch, Steps)), 1e-15, $"step {step}");
    }

    private static float[] Score(Func<TrainingOptions, TrainingOptions> change)
    {
        using var model = Fit(change);
        return Examples.Random(56).Score(model);
    }

    // 56 sequences in batches of 8
    private static SequenceTransformer Fit(Func<TrainingOptions, TrainingOptions> change)
    {
        var ml = new MLContext();
        var options = (Networks.Tiny with { Training = new() { Seed = 1, BatchSize = 8, EarlyStopping = null } })
            .Train(t => change(t with { Epochs = Epochs, ValidationFraction = 0 }));
        return ml.Regression.Trainers.Recurrent(options).Fit(Examples.Random(56).View(ml));
    }

    private sealed record Constant(double Value, int Until = int.MaxValue, double Then = 0) : LearningRateSchedule
    {
        public override double LearningRate(double initial, TrainingStep position) => position.Step < Until ? Value : Then;
    }

    private sealed record Throwing : LearningRateSchedule
    {
        public override double LearningRate(double initial, TrainingStep position) =>
            position.Epoch == 0 ? initial : throw new NotImplementedException("later");
    }

    private sealed record RecordedSchedule(Action<TrainingStep> Asked) : LearningRateSchedule
    {
        public override double LearningRate(double initial, TrainingStep position)
        {
            Asked(position);
            return initial;
        }
    }
}
