using System.Security.Cryptography;
using System.Text;

namespace MlNetRnn;

/// <summary>The file form of an engine's histories.</summary>
internal static class EngineCheckpoint
{
    public static Checkpoint Form { get; } = new(
        "MLRNNENG", format: 1, "a checkpoint of a sequence engine", "SequenceEngine.Checkpoint",
        "was written by an engine of another model: the model, its windowing or the type of its group column differs, so that the "
            + "histories do not fit. Load the model that it was written with, or start without it.");

    /// <summary>
    /// What model the histories belong to: its ONNX graphs, its windowing, the values of a step and the type of its groups. Two trainings
    /// never give the same graph, so that the steps before the windowing need no part in it.
    /// </summary>
    public static byte[] IdentityOf(WindowedPipeline pipeline, WindowBinding binding)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var step in pipeline.After)
        {
            if (step is SequenceTransformer model)
                hash.AppendData(SHA256.HashData(model.Model.OnnxBytes));
        }
        hash.AppendData(pipeline.Window.Settings.ToJson());
        hash.AppendData(Encoding.UTF8.GetBytes($"{binding.Shape.Inputs} {binding.Group?.Type.RawType.Name}"));
        return hash.GetHashAndReset();
    }
}
