using System.Runtime.Intrinsics.X86;
using Microsoft.ML;
using MlNetRnn.Fused;
using TorchSharp;

namespace MlNetRnn.Tests;

/// <summary>Who computes recurrent layers is the user's choice, and training comes to the same either way.</summary>
[TestClass]
public class KernelOptionsTests
{
    private static readonly Examples Data = Examples.Random(60, steps: 6);

    private static readonly Dictionary<string, RecurrentOptions> Trained = new()
    {
        ["lstm"] = With("lstm"),
        ["gru"] = With("gru"),
        ["rnn"] = With("rnn"),
        ["rnn_relu"] = With("rnn_relu"),
        ["bidirectional"] = With("lstm") with { Bidirectional = true },
        ["layer normalisation"] = With("gru") with { LayerNormalization = true },
        ["dropout"] = With("lstm") with { Dropout = 0.3 },
        ["input dropout"] = With("lstm") with { InputDropout = 0.3 },
        ["recurrent dropout"] = With("gru") with { RecurrentDropout = 0.3, Bidirectional = true },
        ["threads"] = With("lstm").Train(t => t with { Threads = 3 }),
    };

    public static IEnumerable<object[]> Cases => Trained.Keys.Select(name => new object[] { name });

    [TestMethod, DynamicData(nameof(Cases))]
    public void Losses_are_the_same_by_either_kernels(string name)
    {
        RequireFused();
        var fused = Losses(Trained[name], RecurrentKernels.Fused);
        var libTorch = Losses(Trained[name], RecurrentKernels.LibTorch);
        Assert.HasCount(3, fused);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            Assert.AreEqual(libTorch[epoch].TrainingLoss, fused[epoch].TrainingLoss, 1e-4);
            Assert.AreEqual(libTorch[epoch].ValidationLoss!.Value, fused[epoch].ValidationLoss!.Value, 1e-4);
        }
        Assert.AreNotEqual(fused[0].TrainingLoss, fused[2].TrainingLoss, "training should change something");
    }

    // A learning rate that no training survives, and data that no network survives.
    [TestMethod]
    [DataRow(RecurrentKernels.Fused)]
    [DataRow(RecurrentKernels.LibTorch)]
    public void Divergence_is_reported_whoever_computes(RecurrentKernels kernels)
    {
        RequireFused();
        var options = (Networks.Tiny with { DenseSizes = [] }).Train(t => t with
        {
            Kernels = kernels,
            Optimizer = Optimizer.Sgd,
            GradientClipNorm = null,
            BatchSize = 4,
            LearningRate = 1e30,
        });
        foreach (string cell in new[] { "lstm", "gru", "rnn", "rnn_relu" })
            AssertDiverges(options with { Cell = Networks.Cell(cell) }, Data);

        var exploding = Data with { Sequences = [.. Data.Sequences.Select(s => s.Select(v => v * 3e37f).ToArray())] };
        AssertDiverges(
            options.Train(t => t with { LearningRate = 1e-3 }) with
            {
                Cell = RecurrentCell.RnnRelu,
                HiddenSizes = [20],
                Scaling = new() { StandardizeFeatures = false },
            },
            exploding);
    }

    [TestMethod]
    public void The_librarys_kernels_are_refused_to_an_own_cell_when_the_trainer_is_made()
    {
        var options = Networks.Tiny.Train(t => t with { Kernels = RecurrentKernels.Fused, Epochs = 0 }) with { Cell = new MinGruCell() };
        Fails.With<ArgumentException>(
            () => new MLContext().Regression.Trainers.Recurrent(options), "Training.Kernels is Fused", "'min-gru' is your own", "Auto", "LibTorch",
            "Training.Epochs is 0");
    }

    [TestMethod]
    public void Kernels_that_are_not_there_are_refused_by_name() => Fails.With<ArgumentException>(
        () => new MLContext().Regression.Trainers.Recurrent(Networks.Tiny.Train(t => t with { Kernels = (RecurrentKernels)7 })),
        "Training.Kernels is 7", "Auto, Fused, LibTorch");

    [TestMethod]
    public void Auto_takes_the_librarys_kernels_where_they_can_be_had()
    {
        RequireFused();
        var cuda = new torch.Device(DeviceType.CUDA);
        Assert.IsTrue(KernelChoice.UsesFused(Networks.Tiny, torch.CPU));
        Assert.IsFalse(KernelChoice.UsesFused(Networks.Tiny, cuda));
        Assert.IsFalse(KernelChoice.UsesFused(Networks.Tiny with { Cell = new MinGruCell() }, torch.CPU));
        Assert.IsFalse(KernelChoice.UsesFused(Networks.Tiny.Train(t => t with { Kernels = RecurrentKernels.LibTorch }), torch.CPU));
        Fails.With<ArgumentException>(
            () => KernelChoice.UsesFused(Networks.Tiny.Train(t => t with { Kernels = RecurrentKernels.Fused }), cuda), "training runs on cuda");
    }

    // Another one on libtorch's kernels, or ours, which leave libtorch one thread.
    [TestMethod]
    public void A_training_under_way_does_not_decide_the_threads_of_the_next()
    {
        int given = torch.get_num_threads();
        using (new LibTorchThreads(given + 1))
        {
            Assert.AreEqual(given + 1, torch.get_num_threads());
            Assert.AreEqual(given, LibTorchThreads.Given);
        }
        Assert.AreEqual(given, LibTorchThreads.Given);
    }

    private static void RequireFused()
    {
        if (!Avx2.IsSupported || !Fma.IsSupported)
            Assert.Inconclusive("This machine has no AVX2.");
    }

    private static RecurrentOptions With(string cell) => (Networks.Tiny with { Cell = Networks.Cell(cell), HiddenSizes = [12, 9] }).Train(
        t => t with { Epochs = 3, BatchSize = 16, LearningRate = 0.01, ValidationFraction = 0.2 });

    private static IReadOnlyList<EpochMetrics> Losses(RecurrentOptions options, RecurrentKernels kernels)
    {
        var ml = new MLContext();
        using var model = ml.Regression.Trainers.Recurrent(options.Train(t => t with { Kernels = kernels })).Fit(Data.View(ml));
        return model.History;
    }

    private static void AssertDiverges(RecurrentOptions options, Examples data)
    {
        var ml = new MLContext();
        Fails.With<RecurrentTrainingException>(
            () => ml.Regression.Trainers.Recurrent(options).Fit(data.View(ml)), "not a finite number in epoch", "training diverged");
    }
}
