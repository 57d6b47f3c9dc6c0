using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class CancellationTests
{
    [TestMethod]
    public void The_best_model_so_far_is_returned()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new RecordedProgress(epoch =>
        {
            if (epoch.Epoch == 3)
                cancellation.Cancel();
        });
        using var model = Fit(cancellation.Token, progress);
        Assert.HasCount(3, model.History);
        Assert.AreEqual(model.History.MinBy(h => h.ValidationLoss)!.Epoch, model.Model.Manifest.Training.BestEpoch);
        Assert.IsTrue(Examples.Random(40).Score(model).All(float.IsFinite));
    }

    [TestMethod]
    public void There_is_no_model_before_the_first_epoch_ended()
    {
        using var cancellation = new CancellationTokenSource();
        var examples = Examples.Random(40);
        var ml = new MLContext();
        var read = ml.Data.LoadFromEnumerable(Rows()); // the last row is read, nothing is trained
        var e = Assert.ThrowsExactly<OperationCanceledException>(() => ml.Regression.Trainers.Recurrent(Options(cancellation.Token, null) with { Features = 2 }).Fit(read));
        Assert.AreEqual(cancellation.Token, e.CancellationToken);
        Assert.Contains("before its first epoch", e.Message);

        IEnumerable<Row> Rows()
        {
            for (int i = 0; i < examples.Count; i++)
                yield return new Row { Features = examples.Sequences[i], Label = examples.Labels[i][0] };
            cancellation.Cancel();
        }
    }

    [TestMethod]
    public void Reading_stops_too()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => Fit(cancellation.Token, null));
    }

    private static SequenceTransformer Fit(CancellationToken token, IProgress<EpochMetrics>? progress)
    {
        var ml = new MLContext();
        return ml.Regression.Trainers.Recurrent(Options(token, progress)).Fit(Examples.Random(40).View(ml));
    }

    private static RecurrentOptions Options(CancellationToken token, IProgress<EpochMetrics>? progress) =>
        Networks.Tiny.Train(t => t with { Epochs = 1000, CancellationToken = token, Progress = progress, EarlyStopping = new() { Patience = 1000 } });

    private sealed class Row
    {
        [VectorType(8)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
