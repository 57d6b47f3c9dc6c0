using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetRnn.Tests;

[TestClass]
public class ProgressTests
{
    [TestMethod]
    public void Each_epoch_is_reported_as_it_ends_on_the_training_thread()
    {
        int thread = Environment.CurrentManagedThreadId;
        var threads = new List<int>();
        var progress = new RecordedProgress(_ => threads.Add(Environment.CurrentManagedThreadId));
        var ml = new MLContext();
        using var model = Fit(ml, progress);
        Assert.AreSequenceEqual([1, 2, 3, 4], progress.Epochs.Select(e => e.Epoch));
        Assert.AreSequenceEqual(model.History, progress.Epochs);
        Assert.IsTrue(threads.All(t => t == thread));
    }

    [TestMethod]
    public void Each_epoch_is_a_line_in_the_contexts_log()
    {
        var ml = new MLContext();
        var lines = new List<string>();
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Info)
                lines.Add(e.RawMessage);
        };
        using var model = Fit(ml, null);
        string[] epochs = [.. lines.Where(l => l.StartsWith("Epoch ", StringComparison.Ordinal))];
        Assert.HasCount(4, epochs);
        for (int i = 0; i < 4; i++)
        {
            Assert.StartsWith($"Epoch {i + 1}: loss {model.History[i].TrainingLoss:g5}, validation loss {model.History[i].ValidationLoss:g5}", epochs[i]);
        }
        Assert.IsTrue(lines.Any(l => l.StartsWith("Training on 36 sequences of 4 steps x 2 features, validating on 4", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void What_the_handler_throws_reaches_the_caller_with_the_model_so_far()
    {
        var thrown = new NotSupportedException("enough");
        var progress = new RecordedProgress(e =>
        {
            if (e.Epoch == 2)
                throw thrown;
        });
        var e = Assert.ThrowsExactly<RecurrentTrainingException>(() => Fit(new MLContext(), progress));
        Assert.AreSame(thrown, e.InnerException);
        Assert.StartsWith("Training.Progress threw NotSupportedException after epoch 2: enough", e.Message);
        Assert.HasCount(2, e.Transformer!.History);
    }

    private static SequenceTransformer Fit(MLContext ml, IProgress<EpochMetrics>? progress) => ml.Regression.Trainers
        .Recurrent(Networks.Tiny.Train(t => t with { Epochs = 4, Progress = progress })).Fit(Examples.Random(40).View(ml));
}
