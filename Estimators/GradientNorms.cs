using System.Runtime.CompilerServices;
using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// How far back in time a network learns: the size of the loss's gradient at each step of its input. In a network whose gradients vanish it
/// falls exponentially with the distance from the last step, in one whose gradients explode it grows (Bengio, Simard and Frasconi, 1994;
/// Pascanu, Mikolov and Bengio, 2013).
/// </summary>
public static class GradientNorms
{
    /// <summary>Differentiates the squared error of a model by its input. Needs libtorch.</summary>
    /// <remarks>
    /// The model's own weights are put into a network as training has it; loss and input are in its standardised units. One that was trained for
    /// an epoch at a learning rate near 0 shows how training begins.
    /// </remarks>
    /// <param name="model">A regression model of windows of fixed length.</param>
    /// <param name="data">Sequences and labels, in the columns that the model was trained on.</param>
    /// <param name="rows">The first rows that have a label, at most so many, over which norms are averaged; at least 1.</param>
    /// <returns>
    /// The mean Euclidean norm of the gradient at each step, by its distance from the last one: element 0 is the last step, as many as steps.
    /// </returns>
    /// <exception cref="ArgumentException">The model is for another task or of variable length, its cell is none of the library's, or a column is missing.</exception>
    /// <exception cref="InvalidOperationException">No row has a label, or libtorch is missing.</exception>
    public static double[] ByDistance(SequenceModel model, IDataView data, int rows = 256)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        var manifest = model.Manifest;
        if (manifest.Task != new RegressionTask().Name || manifest.VariableLength || manifest.Network.Members > 1)
        {
            throw new ArgumentException($"The model is for {manifest.Task}, {(manifest.VariableLength ? "of variable length, " : "")}of {manifest.Network.Members} network(s); "
                + "gradients are measured of one network for regression of windows of fixed length.", nameof(model));
        }
        var options = RecurrentOptions.ForModel(model);
        LibTorchLoader.EnsureLoaded();
        return Measure(model, options, Read(manifest, data, rows));
    }

    private static Sequences Read(SequenceModelManifest manifest, IDataView data, int rows)
    {
        var sequences = Sequences.Read(
            data, manifest.FeatureColumnName, manifest.Features, manifest.LabelColumnName, labelSize: 1, CancellationToken.None);
        int[] labelled = [.. Enumerable.Range(0, sequences.Count).Where(i => ValidationSplit.IsLabelled(sequences.Label(i))).Take(rows)];
        return labelled.Length > 0
            ? sequences.Pick(labelled)
            : throw new InvalidOperationException($"No row has a label in '{manifest.LabelColumnName}': there is no loss to differentiate. Give rows with labels.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // names torch types: may only run once libtorch is loaded
    private static double[] Measure(SequenceModel model, RecurrentOptions options, Sequences sequences)
    {
        using var scope = torch.NewDisposeScope();
        int features = model.Manifest.Features;
        using var network = new RecurrentNetwork(options, features, outputs: 1, new Random(0), deltaGains: [.. model.Manifest.Scaling.DeltaGains ?? []]);
        network.ReadOnnx(model.ReadWeights());
        using var loader = new BatchLoader(sequences, Scaler.Of(model, features), new LabelWeights(1, withExampleWeights: false, classes: null), torch.CPU);
        var batch = loader.Load([.. Enumerable.Range(0, sequences.Count)]);
        var input = batch.Input.clone().requires_grad_();                                              // [T, B, F]
        var prediction = network.Forward(input, lengths: null, dropout: null);                         // [B, 1]
        (prediction - batch.Target).square().sum().backward();                                         // of each sequence its own loss
        var norms = input.grad!.to(torch.float64).norm(2).mean([1]);                                   // [T, B, F] → [T, B] → [T]; small Singles squared are 0
        return [.. norms.data<double>().Reverse()];
    }
}
