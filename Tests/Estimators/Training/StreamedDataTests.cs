using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Data that is read anew each epoch gives what data in memory gives, in another order.</summary>
[TestClass]
public class StreamedDataTests
{
    private static readonly MLContext Ml = new(1);

    public static IEnumerable<object[]> Cases =>
        from groups in new[] { "none", "contiguous", "interleaved" }
        from padding in new[] { WindowPadding.None, WindowPadding.Start }
        from difference in new[] { false, true }
        select new object[] { groups, padding, difference };

    [TestMethod, DynamicData(nameof(Cases))]
    public void Split_scaling_and_sequences_are_those_of_memory(string groups, WindowPadding padding, bool difference)
    {
        for (int seed = 0; seed < 6; seed++)
        {
            var view = RandomWindows(seed, groups, padding);
            double fraction = seed % 3 == 0 ? 0 : 0.2;
            var options = Options(4 + 20 * seed, t => t with { ValidationFraction = fraction }) with
            {
                Scaling = new() { Difference = difference, TargetFeature = difference ? 1 : null },
            };
            using var scope = torch.NewDisposeScope();
            using var stored = Read(view, options.Train(t => t with { ShuffleBufferSize = null }));
            using var streamed = Read(view, options);

            Assert.AreEqual((stored.TrainingSequences, stored.ValidationSequences), (streamed.TrainingSequences, streamed.ValidationSequences));
            AssertEqual(stored.Scaler, streamed.Scaler, groups == "interleaved" ? 1e-6 : 0);
            var random = new Random(1);
            for (int epoch = 0; epoch < 2; epoch++)
            {
                Assert.AreSequenceEqual(Sorted(Epoch(stored, random, 3)), Sorted(Epoch(streamed, random, 3)), EqualWithin(1e-4f), $"seed {seed}");
                Assert.AreSequenceEqual(Validation(stored, 4), Validation(streamed, 4), EqualWithin(1e-4f), $"seed {seed}");
            }
        }
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(5, 5)]
    [DataRow(5, 3)]
    [DataRow(30, 4)]
    [DataRow(1000, 7)]
    public void Each_sequence_trains_once_and_none_before_the_buffer_reaches_it(int buffer, int batch)
    {
        using var scope = torch.NewDisposeScope();
        using var data = Read(Numbered(100), Options(buffer, t => t with { ValidationFraction = 0, BatchSize = batch }));
        var random = new Random(3);
        var orders = Enumerable.Range(0, 3).Select(_ => Numbers(Epoch(data, random, batch))).ToArray();
        foreach (int[] order in orders)
        {
            Assert.AreSequenceEqual(Enumerable.Range(0, 100), order.Order());
            for (int i = 0; i < order.Length; i++)
                Assert.IsLessThan(i / batch * batch + buffer, order[i], "held before it was drawn");
        }
        bool shuffles = buffer > 1;
        Assert.AreEqual(shuffles, !orders[0].SequenceEqual(Enumerable.Range(0, 100)));
        Assert.AreEqual(shuffles, !orders[0].SequenceEqual(orders[1]));
    }

    [TestMethod]
    public void A_buffer_of_a_batch_keeps_the_order_from_batch_to_batch()
    {
        using var scope = torch.NewDisposeScope();
        using var data = Read(Numbered(20), Options(5, t => t with { ValidationFraction = 0, BatchSize = 5 }));
        int[] order = Numbers(Epoch(data, new Random(1), 5));
        Assert.AreSequenceEqual(Enumerable.Range(0, 20).Select(i => i / 5), order.Select(i => i / 5));
    }

    [TestMethod]
    public void A_buffer_of_all_sequences_shuffles_wholly()
    {
        using var scope = torch.NewDisposeScope();
        using var data = Read(Numbered(40), Options(40, t => t with { ValidationFraction = 0 }));
        var random = new Random(1);
        double sum = 0;
        for (int epoch = 0; epoch < 200; epoch++)
            sum += Array.IndexOf(Numbers(Epoch(data, random, 8)), 0);
        Assert.AreEqual(19.5, sum / 200, 3, "the first row is anywhere: standard error 0.8");
    }

    [TestMethod]
    public void The_order_follows_from_the_random_numbers()
    {
        using var scope = torch.NewDisposeScope();
        using var data = Read(Numbered(50), Options(10));
        Assert.AreSequenceEqual(Numbers(Epoch(data, new Random(5), 4)), Numbers(Epoch(data, new Random(5), 4)));
    }

    [TestMethod]
    public void An_epoch_left_in_the_middle_does_not_disturb_the_next()
    {
        using var scope = torch.NewDisposeScope();
        using var data = Read(Numbered(50), Options(10, t => t with { ValidationFraction = 0 }));
        data.BeginTraining(new Random(1));
        data.Next(8);
        Assert.AreSequenceEqual(Enumerable.Range(0, 50), Numbers(Epoch(data, new Random(1), 8)).Order());
    }

    [TestMethod]
    [DataRow(0.0, false, null, 1, 1)]
    [DataRow(0.2, false, null, 2, 1)]
    [DataRow(0.2, true, null, 3, 1)]    // a row without a label lies before those that validate
    [DataRow(0.2, false, "Group", 2, 2)] // each group has its own time of validation
    public void Data_is_read_as_often_as_is_documented(double fraction, bool gap, string? group, int before, int perEpoch)
    {
        int read = 0;
        var rows = Lazily(i => (i, gap && i == 7 ? float.NaN : i), 50, () => read++);
        using var scope = torch.NewDisposeScope();
        using var data = Read(rows, Options(10, t => t with { ValidationFraction = fraction, GroupColumnName = group }));
        Assert.AreEqual(before, read);
        Epoch(data, new Random(1), 4);
        if (fraction > 0)
            Validation(data, 4);
        Assert.AreEqual(before + perEpoch, read);
    }

    [TestMethod]
    public void Values_of_rows_that_do_not_validate_are_not_computed_for_validation()
    {
        int computed = 0;
        var counted = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 50).Select(i => new CountedRow(() => computed++) { Label = i }));
        using var scope = torch.NewDisposeScope();
        using var data = Read(counted, Options(10, t => t with { ValidationFraction = 0.2 }));
        computed = 0;
        Validation(data, 4);
        Assert.AreEqual(10, computed);
    }

    [TestMethod]
    public void The_sample_is_spread_evenly_and_no_larger_than_the_buffer()
    {
        using var scope = torch.NewDisposeScope();
        foreach (int count in new[] { 5, 16, 17, 100, 1000 })
        {
            using var data = Read(Numbered(count), Options(16, t => t with { BatchSize = 2, ValidationFraction = 0 }));
            int[] numbers = [.. Enumerable.Range(0, data.Sample.Count).Select(i => (int)data.Sample[i][0])];
            Assert.IsInRange(Math.Min(count, 9), 16, numbers.Length);
            Assert.AreEqual(0, numbers[0]);
            int[] steps = [.. numbers.Zip(numbers.Skip(1), (a, b) => b - a).Distinct()];
            Assert.HasCount(1, steps);
            Assert.IsGreaterThan(count, numbers[^1] + steps[0] + 1);
            Assert.AreSequenceEqual(numbers.Select(n => (float)n), data.Sample.Labels.ToArray());
        }
    }

    private static TrainingData Read(IDataView view, RecurrentOptions options)
    {
        var task = new ForecastingTask(new() { OutputColumnName = "Forecast" });
        var columns = TrainingColumns.Find(view.Schema, "Features", "Label", task, options);
        return TrainingData.Read(new(view, Validation: null, InitialModel: null), task, columns, options, torch.CPU, _ => { });
    }

    private static RecurrentOptions Options(int buffer, Func<TrainingOptions, TrainingOptions>? change = null) => (Networks.Tiny with
    {
        Scaling = new() { StandardizeFeatures = false, StandardizeTarget = false },
    }).Train(t => (change ?? (same => same))(t with { ShuffleBufferSize = buffer, BatchSize = 4 }));

    // Rows numbered by the only value of their only step and by their label.
    private static IDataView Numbered(int count) => Lazily(i => (i, i), count, () => { });

    private static IDataView Lazily(Func<int, (float Feature, float Label)> values, int count, Action begun)
    {
        return Ml.Data.LoadFromEnumerable(new Lazily<Row>(Rows));

        IEnumerable<Row> Rows()
        {
            begun();
            for (int i = 0; i < count; i++)
                yield return new Row { Features = [values(i).Feature], Label = values(i).Label };
        }
    }

    private static IDataView RandomWindows(int seed, string groups, WindowPadding padding)
    {
        var series = new RandomSeries(seed, 120, groups == "none" ? 1 : 3, "text", interleaved: groups == "interleaved", missing: 0.3); // of the target
        return Ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = ["Int32", "Shorts"],
            TargetColumns = ["Single"],
            GroupColumn = groups == "none" ? null : "Group",
            Groups = groups == "interleaved" ? SeriesGroups.Interleaved : SeriesGroups.Contiguous,
            WindowLength = 4,
            Horizon = 2,
            Stride = 1 + seed % 2,
            Padding = padding,
            OutputColumn = "Features",
        }).Fit(series.View).Transform(series.View);
    }

    // Each sequence of an epoch with its label and mask, as it lies in the batch.
    private static List<float[]> Epoch(TrainingData data, Random random, int batch)
    {
        data.BeginTraining(random);
        return All(data, data.TrainingSequences, batch);
    }

    private static List<float[]> Validation(TrainingData data, int batch)
    {
        data.BeginValidation();
        return All(data, data.ValidationSequences, batch);
    }

    private static List<float[]> All(TrainingData data, int count, int batchSize)
    {
        var all = new List<float[]>();
        for (int left = count; left > 0; left -= batchSize)
        {
            using var scope = torch.NewDisposeScope();
            int size = Math.Min(batchSize, left);
            var batch = data.Next(size);
            for (int b = 0; b < size; b++)
                all.Add([.. Column(batch, b)]);
        }
        return all;
    }

    private static IEnumerable<float> Column(Batch batch, int b)
    {
        var input = batch.Input.select(1, b); // [T, F]
        if (batch.Lengths is { } lengths)
            input = input.narrow(0, 0, lengths[b].item<long>());
        float[] mask = batch.Weights is { } given ? TensorData.Read(given[b]) : [.. Enumerable.Repeat(1f, (int)batch.Target.shape[1])];
        return [.. TensorData.Read(input), .. TensorData.Read(batch.Target[b]), .. mask];
    }

    private static int[] Numbers(List<float[]> sequences) => [.. sequences.Select(s => (int)s[0])];

    private static List<float[]> Sorted(List<float[]> sequences)
    {
        sequences.Sort((a, b) => Enumerable.Range(0, Math.Min(a.Length, b.Length)).Select(i => MathF.Round(a[i], 3).CompareTo(MathF.Round(b[i], 3)))
            .FirstOrDefault(c => c != 0, a.Length.CompareTo(b.Length)));
        return sequences;
    }

    private static EqualityComparer<float[]> EqualWithin(float tolerance) => EqualityComparer<float[]>.Create(
        (a, b) => a!.Length == b!.Length && a.Zip(b).All(p => Math.Abs(p.First - p.Second) <= tolerance), _ => 0);

    private static void AssertEqual(Scaler expected, Scaler actual, double tolerance)
    {
        foreach (var (a, b) in new[]
        {
            (expected.FeatureMeans, actual.FeatureMeans), (expected.FeatureScales, actual.FeatureScales),
            (expected.TargetMeans, actual.TargetMeans), (expected.TargetScales, actual.TargetScales),
        })
            Assert.IsLessThanOrEqualTo(tolerance, Difference.Max(a, b));
    }

    private sealed class Row
    {
        [VectorType(1, 1)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }

        public bool Group => Label < 25;
    }

    private sealed class CountedRow(Action read)
    {
        [VectorType(1, 1)]
        public float[] Features
        {
            get
            {
                read();
                return [1];
            }
        }

        public float Label { get; set; }
    }
}
