using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>A device that is not there is reported, or passed over where the context says so.</summary>
[TestClass]
public class DeviceTests
{
    [TestInitialize]
    public void NeedNoCuda()
    {
        if (torch.cuda_is_available())
            Assert.Inconclusive("This machine has CUDA.");
    }

    [TestMethod]
    [DataRow("cuda")]
    [DataRow("cuda:0")]
    public void Asking_for_cuda_by_option_names_option_and_package(string device)
    {
        var e = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(new MLContext(), device));
        Assert.Contains($"Training.Device is '{device}'", e.Message);
        Assert.Contains("TorchSharp-cuda-linux", e.Message);
    }

    [TestMethod]
    public void Asking_for_cuda_by_the_context_names_its_setting()
    {
        var e = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(new MLContext { GpuDeviceId = 0, FallbackToCpu = false }, null));
        Assert.Contains("mlContext.GpuDeviceId is 0", e.Message);
        Assert.Contains("FallbackToCpu", e.Message);
    }

    [TestMethod]
    public void The_context_allows_falling_back() => AssertTrains(new MLContext { GpuDeviceId = 0, FallbackToCpu = true }, null);

    [TestMethod]
    public void The_option_goes_before_the_context() => AssertTrains(new MLContext { GpuDeviceId = 0, FallbackToCpu = false }, "cpu");

    [TestMethod]
    public void Nothing_asked_for_trains_on_the_cpu() => AssertTrains(new MLContext(), null);

    [TestMethod]
    public void Number_of_threads_is_set_for_training_and_put_back()
    {
        int before = torch.get_num_threads(), during = 0;
        var ml = new MLContext();
        var options = Networks.Tiny.Train(t => t with { Kernels = RecurrentKernels.LibTorch, Threads = before + 1, Progress = new RecordedProgress(_ => during = torch.get_num_threads()) });
        using var model = ml.Regression.Trainers.Recurrent(options).Fit(Examples.Random(40).View(ml));
        Assert.AreEqual(before + 1, during);
        Assert.AreEqual(before, torch.get_num_threads());
    }

    // The setting is the process's: a training that ends must not put back what another one under way had set.
    [TestMethod]
    public void Number_of_threads_is_put_back_after_trainings_side_by_side()
    {
        int before = torch.get_num_threads(), after = 0;
        using var secondTrains = new ManualResetEventSlim();
        using var firstEnded = new ManualResetEventSlim();
        var second = new Thread(() => Train(before + 2, () =>
        {
            secondTrains.Set();
            firstEnded.Wait(TimeSpan.FromMinutes(1));
        }));
        Train(before + 1, () =>
        {
            second.Start();
            secondTrains.Wait(TimeSpan.FromMinutes(1));
        });
        firstEnded.Set();
        second.Join();
        var fresh = new Thread(() => after = torch.get_num_threads()); // takes the process's setting
        fresh.Start();
        fresh.Join();
        Assert.AreEqual(before, after);

        static void Train(int threads, Action during)
        {
            var ml = new MLContext();
            var options = Networks.Tiny.Train(t => t with { Epochs = 1, Threads = threads, Progress = new RecordedProgress(_ => during()) });
            ml.Regression.Trainers.Recurrent(options).Fit(Examples.Random(40).View(ml)).Dispose();
        }
    }

    private static void AssertTrains(MLContext ml, string? device)
    {
        using var model = Fit(ml, device);
        Assert.HasCount(2, model.History);
    }

    private static SequenceTransformer Fit(MLContext ml, string? device) =>
        ml.Regression.Trainers.Recurrent(Networks.Tiny.Train(t => t with { Device = device })).Fit(Examples.Random(40).View(ml));
}
