using Microsoft.ML;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests;

/// <summary>A fit with a checkpoint in a folder of its own, that is broken off and taken up again.</summary>
internal sealed class BrokenFit : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder["training.state"];

    public TemporaryFolder Folder => _folder;

    /// <summary>The data; 40 random sequences unless set.</summary>
    public Func<IDataView> Training { get; init; } = () => Examples.Random(40).View(new MLContext());

    public Func<IDataView>? Validation { get; init; }

    public SequenceModel? InitialModel { get; init; }

    public int EveryEpochs { get; init; } = 1;

    /// <summary>The trainer; of regression unless set.</summary>
    public Func<MLContext, RecurrentOptions, RecurrentEstimator> Trainer { get; init; } = (ml, o) => ml.Regression.Trainers.Recurrent(options: o);

    /// <summary>Without a checkpoint, from start to end.</summary>
    public SequenceTransformer FitUnbroken(RecurrentOptions options) =>
        Trainer(new MLContext(1), options).Fit(Training(), Validation?.Invoke(), InitialModel);

    /// <summary>With the checkpoint, from where that stands.</summary>
    public SequenceTransformer Fit(RecurrentOptions options, params TrainingCallback[] callbacks)
    {
        var kept = options.Train(t => t with { Checkpoint = new() { Path = Path, EveryEpochs = EveryEpochs }, Callbacks = [.. callbacks] });
        return Trainer(new MLContext(2), kept).Fit(Training(), Validation?.Invoke(), InitialModel);
    }

    /// <summary>Breaks off in the midst of an epoch: what that one did is lost, as when the process is killed.</summary>
    public void BreakOff(RecurrentOptions options, int epoch, int batch = 2)
    {
        var killer = new ActionCallback(b =>
        {
            if (b.Epoch == epoch && b.Batch == batch)
                throw new NotSupportedException("killed");
        });
        var e = Assert.ThrowsExactly<RecurrentTrainingException>(() => Fit(options, killer));
        e.Transformer?.Dispose();
        Assert.Contains("killed", e.Message);
    }

    /// <summary>Asserts that two models are the same, bit for bit, and come from the same history.</summary>
    public static void AssertSame(SequenceTransformer expected, SequenceTransformer actual)
    {
        Assert.AreSequenceEqual(ModelWeights.Of(expected), ModelWeights.Of(actual));
        Assert.AreSequenceEqual(expected.History.Select(h => h with { Seconds = 0 }), actual.History.Select(h => h with { Seconds = 0 }));
        var (theirs, ours) = (expected.Model.Manifest.Training, actual.Model.Manifest.Training);
        Assert.AreEqual((theirs.BestEpoch, theirs.Seed, theirs.TrainingSequences), (ours.BestEpoch, ours.Seed, ours.TrainingSequences));
    }

    public void Dispose() => _folder.Dispose();
}
