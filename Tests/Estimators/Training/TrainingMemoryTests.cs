using System.Globalization;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>What training holds in memory: a series once, however many windows hold its rows; or a shuffle buffer.</summary>
[TestClass]
public class TrainingMemoryTests
{
    private const int MostMegabytes = 300; // beyond libtorch's own

    public TestContext TestContext { get; set; } = null!;

    // As windows, the values would take 5.4 GB.
    [TestMethod, TestCategory("Long")]
    [DataRow("plain")]
    [DataRow("split")]
    [DataRow("take")]
    [DataRow("copy")]
    [DataRow("groups")]
    [DataRow("interleaved")]
    public void A_million_overlapping_windows_hold_the_series_once(string made)
    {
        var (sequences, loaded, peak) = Measure(made, batches: 30);
        Assert.IsInRange(980_000, 1_000_000, sequences);
        Assert.IsLessThan(MostMegabytes, peak - loaded);
    }

    [TestMethod, TestCategory("Long")]
    public void A_whole_epoch_with_validation_and_the_model_take_no_more()
    {
        var (sequences, loaded, peak) = Measure("plain", batches: 0);
        Assert.IsInRange(980_000, 1_000_000, sequences);
        Assert.IsLessThan(MostMegabytes, peak - loaded);
    }

    // The sequences take 430 MB, the buffer 11 MB.
    [TestMethod, TestCategory("Long")]
    public void Data_larger_than_memory_trains_through_a_shuffle_buffer()
    {
        Assert.AreEqual("2 epochs", TrainUnderLimit(sequences: 80_000, buffer: 2000));
        Assert.AreEqual("out of memory", TrainUnderLimit(sequences: 80_000, buffer: 0), "in memory; else the test could not fail");
        Assert.AreEqual("2 epochs", TrainUnderLimit(sequences: 1000, buffer: 0), "the limit leaves room for training itself");
    }

    [TestMethod]
    public void Gathering_a_batch_allocates_nothing_per_sequence()
    {
        using var scope = torch.NewDisposeScope();
        var examples = Examples.Random(1000, labelSize: 2).WithLabels((i, l) => i % 3 == 0 ? [float.NaN, 1] : l);
        var ragged = examples with { Sequences = [.. examples.Sequences.Select((s, i) => s[(2 * (i % 3))..])] };
        foreach (var data in new[] { examples, ragged })
        {
            using var loader = new BatchLoader(Store(data), new Scaler(2, 1, null), new LabelWeights(2, false, null), torch.CPU);
            Assert.IsLessThan(500, Math.Abs(Allocated(loader, 1000) - Allocated(loader, 10)), "the same for 100 times as many");
        }
    }

    private static SequenceSlots Store(Examples examples)
    {
        var slots = new SequenceSlots(examples.Features, examples.Labels[0].Length);
        for (int i = 0; i < examples.Count; i++)
            slots.Fill(i, examples.Sequences[i], examples.Labels[i]);
        return slots;
    }

    private static long Allocated(BatchLoader loader, int count)
    {
        int[] indices = [.. Enumerable.Range(0, count)];
        loader.Load(indices);
        long before = GC.GetAllocatedBytesForCurrentThread();
        loader.Load(indices);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private (int Sequences, int Loaded, int Peak) Measure(string made, int batches)
    {
        var run = ScenarioProgram.RunOwn("TrainingMemory", [], "windows", made, "1000000", $"{batches}");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        TestContext.WriteLine($"{made}: sequences, MB with libtorch, after a small training, at most: {run.Output}");
        int[] numbers = [.. run.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1], numbers[^1]);
    }

    private static string TrainUnderLimit(int sequences, int buffer)
    {
        var run = ScenarioProgram.RunOwn(
            "TrainingMemory", [("DOTNET_GCHeapHardLimit", "0x4000000")], "distinct", $"{sequences}", $"{buffer}"); // 64 MB
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return run.Output.Trim();
    }
}
