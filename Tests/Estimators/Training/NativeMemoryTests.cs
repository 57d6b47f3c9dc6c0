using System.Globalization;
using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Training holds no more native memory from epoch to epoch, and none after it ended.</summary>
[TestClass]
[DoNotParallelize] // counts the process's tensors
public class NativeMemoryTests
{
    private const int Linears = 2; // of the network: a dense layer and the head

    private static readonly Examples Data = Examples.Random(64);

    public TestContext TestContext { get; set; } = null!;

    [TestInitialize]
    public void CollectOthersTensors() => NativeTensors.Collect();

    [TestMethod]
    public void Tensors_and_memory_do_not_grow_from_epoch_to_epoch()
    {
        var tensors = new Dictionary<int, long>();
        var memory = new Dictionary<int, long>();
        var progress = new RecordedProgress(epoch =>
        {
            tensors[epoch.Epoch] = torch.Tensor.TotalCount;
            if (epoch.Epoch is not (50 or 200))
                return;
            NativeTensors.Collect();
            memory[epoch.Epoch] = ResidentBytes();
        });
        Fit(200, progress).Dispose();
        Assert.AreEqual(tensors[5], tensors[200]);
        TestContext.WriteLine($"{tensors[200]} tensors; {(memory[200] - memory[50]) / 1024} kB more after epoch 50");
        Assert.IsLessThan(10_000_000, memory[200] - memory[50]);
    }

    [TestMethod]
    [DataRow("rnn")]
    [DataRow("lstm")]
    [DataRow("gru")]
    public void No_tensor_outlives_Fit(string cell)
    {
        long before = torch.Tensor.TotalCount;
        Fit(3, null, cell).Dispose();
        long after = torch.Tensor.TotalCount;
        Assert.AreEqual(before + Linears * CountedPerLinear(), after);
    }

    [TestMethod]
    public void No_tensor_outlives_a_Fit_that_failed()
    {
        long before = torch.Tensor.TotalCount;
        var e = Assert.ThrowsExactly<RecurrentTrainingException>(() => Fit(3, new RecordedProgress(_ => throw new NotSupportedException())));
        e.Transformer!.Dispose();
        long after = torch.Tensor.TotalCount;
        Assert.AreEqual(before + Linears * CountedPerLinear(), after);
    }

    // What is counted is not held: 200 layers of 4 MB each would show.
    [TestMethod]
    public void Disposed_linear_layers_hold_no_memory()
    {
        long before = ResidentBytes();
        for (int i = 0; i < 200; i++)
            torch.nn.Linear(1000, 1000).Dispose();
        Assert.IsLessThan(100_000_000, ResidentBytes() - before);
    }

    [TestMethod]
    public void Memory_does_not_grow_from_Fit_to_Fit()
    {
        for (int i = 0; i < 5; i++)
            Fit(1, null).Dispose();
        NativeTensors.Collect();
        long before = ResidentBytes();
        for (int i = 0; i < 30; i++)
            Fit(1, null).Dispose();
        NativeTensors.Collect();
        long growth = ResidentBytes() - before;
        TestContext.WriteLine($"{growth / 1024} kB more after 30 fits");
        Assert.IsLessThan(20_000_000, growth);
    }

    // TorchSharp's Parameter takes the handle out of the tensor that it is made from, and that tensor is counted for ever: a disposed
    // Linear leaves its weight and bias in the count although nothing is held.
    private static long CountedPerLinear()
    {
        long before = torch.Tensor.TotalCount;
        torch.nn.Linear(2, 2).Dispose();
        return torch.Tensor.TotalCount - before;
    }

    private static SequenceTransformer Fit(int epochs, IProgress<EpochMetrics>? progress, string cell = "lstm")
    {
        var ml = new MLContext();
        var options = (Networks.Tiny with { Cell = Networks.Cell(cell), Dropout = 0.1, InputDropout = 0.1, RecurrentDropout = 0.1, HiddenSizes = [4, 3] })
            .Train(t => t with { Epochs = epochs, Progress = progress, BatchSize = 24 }); // batches of 24, 24 and 10
        return ml.Regression.Trainers.Recurrent(options).Fit(Data.View(ml));
    }

    private static long ResidentBytes()
    {
        if (!OperatingSystem.IsLinux())
            return Environment.WorkingSet;
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
