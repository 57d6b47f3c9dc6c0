using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Sequences of like lengths share batches; which ones meet, and when, stays random.</summary>
[TestClass]
public class LengthBatchesTests
{
    private const int BatchSize = 8;

    private static readonly MLContext Ml = new(1);

    public static IEnumerable<object?[]> Buffers => [[null], [400], [100_000]];

    [TestMethod, DynamicData(nameof(Buffers))]
    public void An_epoch_has_each_sequence_once_in_batches_of_like_lengths(int? buffer)
    {
        using var scope = torch.NewDisposeScope();
        using var data = Read(Ragged(1003), buffer);
        var random = new Random(1);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            int[][] batches = Epoch(data, random);

            Assert.AreSequenceEqual(Enumerable.Range(0, 1003), batches.SelectMany(b => b).Order());
            Assert.AreSequenceEqual([.. Enumerable.Repeat(BatchSize, 125), 3], batches.Select(b => b.Length));
            double padding = batches.Sum(b => b.Sum(i => (double)(b.Max(Length) - Length(i)))) / batches.Sum(b => b.Length * b.Max(Length));
            Assert.IsLessThan(0.15, padding, "shuffled it is 0.4");
        }
    }

    [TestMethod, DynamicData(nameof(Buffers))]
    public void Batches_come_in_random_order_and_hold_others_in_each_epoch(int? buffer)
    {
        using var scope = torch.NewDisposeScope();
        using var data = Read(Ragged(1003), buffer);
        var random = new Random(1);
        int[][] first = Epoch(data, random), second = Epoch(data, random);

        double[] longest = [.. first.Take(125).Select(b => (double)b.Max(Length))];
        int rises = Enumerable.Range(1, 124).Count(i => longest[i] > longest[i - 1]);
        Assert.IsInRange(40, 84, rises, "62 with a deviation of 3 where the order is random");
        var together = first.SelectMany(Pairs).ToHashSet();
        double again = second.SelectMany(Pairs).Average(pair => together.Contains(pair) ? 1.0 : 0);
        Assert.IsLessThan(0.2, again, "pairs that meet again");
        Assert.AreNotEqual(first[^1].Order().First(), second[^1].Order().First(), "what fills no batch is drawn anew");
    }

    [TestMethod, DynamicData(nameof(Buffers))]
    public void The_order_follows_from_the_random_numbers(int? buffer)
    {
        using var scope = torch.NewDisposeScope();
        using var one = Read(Ragged(203), buffer);
        using var other = Read(Ragged(203), buffer);
        var (a, b) = (new Random(7), new Random(7));
        for (int epoch = 0; epoch < 3; epoch++)
            Assert.AreSequenceEqual(Epoch(one, a).SelectMany(i => i), Epoch(other, b).SelectMany(i => i));
    }

    [TestMethod]
    public void Sequences_of_one_length_are_shuffled_alone()
    {
        using var scope = torch.NewDisposeScope();
        using var data = Read(Ragged(100, _ => 5), buffer: null);
        int[] expected = [.. Enumerable.Range(0, 100)];
        var (actual, random) = (new Random(3), new Random(3));
        for (int epoch = 0; epoch < 2; epoch++)
        {
            random.Shuffle(expected);
            Assert.AreSequenceEqual(expected, Epoch(data, actual).SelectMany(i => i));
        }
    }

    [TestMethod]
    [DataRow(3, 8)]      // less than a batch
    [DataRow(40, 8)]     // too few for pools: each batch is its own
    [DataRow(10_000, 512)]
    public void Little_data_is_sorted_in_small_pools(int count, int expected) =>
        Assert.AreEqual(expected, new LengthBatches(new SequenceSlots(1, 1), BatchSize).PoolSize(count));

    [TestMethod]
    public void Streamed_sequences_are_taken_from_the_buffer_alone()
    {
        using var scope = torch.NewDisposeScope();
        using var data = Read(Ragged(1003), buffer: 100);
        int[] order = [.. Epoch(data, new Random(1)).SelectMany(b => b.Order())];
        for (int i = 0; i < order.Length; i++)
            Assert.IsLessThan((i / BatchSize * BatchSize) + 100, order[i], "held before it was drawn");
    }

    // The number of a sequence is its label.
    private static int[][] Epoch(TrainingData data, Random random)
    {
        var batches = new List<int[]>();
        data.BeginTraining(random);
        for (int left = data.TrainingSequences; left > 0; left -= BatchSize)
        {
            var batch = data.Next(Math.Min(BatchSize, left));
            float[] labels = TensorData.Read(batch.Target);
            float[] lengths = [.. Enumerable.Range(0, labels.Length).Select(b => (float)(batch.Lengths is { } given ? given[b].item<long>() : batch.Input.shape[0]))];
            int[] numbers = [.. labels.Select(l => (int)Math.Round((l * data.Scaler.TargetScales[0]) + data.Scaler.TargetMeans[0]))];
            if (batch.Lengths is not null)
                Assert.AreSequenceEqual(numbers.Select(n => (float)Length(n)), lengths);
            batches.Add(numbers);
        }
        return [.. batches];
    }

    private static IEnumerable<(int, int)> Pairs(int[] batch) =>
        from a in batch
        from b in batch
        where a < b
        select (a, b);

    // 5 to 104, mixed through the data
    private static int Length(int number) => 5 + (number * 37 % 100);

    private static IDataView Ragged(int count, Func<int, int>? length = null) => Ml.Data.LoadFromEnumerable(Enumerable.Range(0, count)
        .Select(i => new Row { Features = [.. Enumerable.Range(0, (length ?? Length)(i)).Select(t => (float)t)], Label = i }).ToArray());

    private static TrainingData Read(IDataView view, int? buffer)
    {
        var options = new RecurrentOptions
        {
            Training = new() { BatchSize = BatchSize, ShuffleBufferSize = buffer, ValidationFraction = 0 },
        };
        var task = new RegressionTask();
        var columns = TrainingColumns.Find(view.Schema, "Features", "Label", task, options);
        return TrainingData.Read(new(view, null, null), task, columns, options, torch.CPU, _ => { });
    }

    private sealed class Row
    {
        [VectorType]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
