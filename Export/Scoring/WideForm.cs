using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>A model in the form that scores many sequences faster (<see cref="ScanForm"/>), in a session of its own.</summary>
internal sealed class WideForm : IDisposable
{
    /// <summary>Fewer sequences are never scored in it.</summary>
    public const int FewestOfAll = 16;

    private WideForm(OnnxSession session, PartSizes sizes, Pool<BatchScorer> batches) => (Session, Sizes, Batches) = (session, sizes, batches);

    public OnnxSession Session { get; }

    public PartSizes Sizes { get; }

    public Pool<BatchScorer> Batches { get; }

    /// <summary>The form of a model; null where it has none, or where the device has operators of its own.</summary>
    public static WideForm? Of(SequenceModel model, SequencePredictorOptions options, long mostIdleBytes)
    {
        if (!ExecutionProviders.IsCpu(options.ExecutionProvider))
            return null;
        var file = ModelProto.Parser.ParseFrom(model.OnnxBytes);
        if (ScanForm.Of(file.Graph) is not { } scans)
            return null;
        var sizes = file.Graph.Node.Any(n => n.OpType == "GRU") ? PartSizes.OfScannedGru : PartSizes.OfScannedRnn;
        file.Graph = scans;
        var session = new OnnxSession(file.ToByteArray(), options, model.Source);
        SequenceRun CreateRun() => new(session, model.Manifest);
        return new(session, sizes, new(() => new BatchScorer(model.Manifest, sizes, CreateRun, options.ThreadsPerBatch), mostIdleBytes));
    }

    /// <summary>Ends the owner's use.</summary>
    public void Dispose()
    {
        Batches.Dispose();
        Session.Dispose();
    }
}
