using TorchSharp;

namespace MlNetRnn;

/// <summary>
/// Moves the bounds of intervals by what the validation part asks for, each step of the horizon by itself (Romano, Patterson and Candès, 2019).
/// </summary>
internal static class ConformalCalibration
{
    private const int BatchSize = 512;

    /// <summary>Bounds as they are; empty where there is none.</summary>
    /// <exception cref="InvalidOperationException">There is nothing to calibrate bounds on.</exception>
    public static float[] None(SequenceTask task, TrainingColumns columns, TrainingData data)
    {
        if (task.ShareOutside is null)
            return [];
        return data.ValidationSequences > 0
            ? new float[columns.LabelSize]
            : throw new InvalidOperationException("ForecastOptions.ConformalCalibration takes the errors on the validation part, and there is "
                + "none. Set Training.ValidationFraction, give Fit validation data, or turn the calibration off.");
    }

    /// <summary>What the bounds are to be moved outward by, <c>[labels]</c>, in the network's units.</summary>
    public static float[] Fit(RecurrentNetwork network, SequenceTask task, TrainingData data, double share, int labels, int? mostAtOnce)
    {
        var outside = new List<float>[labels];
        for (int k = 0; k < labels; k++)
            outside[k] = [];
        using var guard = torch.no_grad();
        int size = Math.Min(BatchSize, mostAtOnce ?? BatchSize);
        data.BeginValidation();
        for (int left = data.ValidationSequences; left > 0; left -= size)
        {
            using var scope = torch.NewDisposeScope();
            var batch = data.Next(Math.Min(size, left));
            var prediction = network.Forward(batch, dropout: null);
            Add(outside, TensorData.Read(task.OutsideBounds(prediction, batch.Target)!), batch.Weights is { } w ? TensorData.Read(w) : null);
        }
        return [.. outside.Select(distances => Quantile(distances, 1 - share))];
    }

    private static void Add(List<float>[] outside, float[] distances, float[]? weights)
    {
        for (int i = 0; i < distances.Length; i++)
        {
            if (weights is null || weights[i] > 0)
                outside[i % outside.Length].Add(distances[i]);
        }
    }

    // With one more value to come, that lies among these n with the same chance in each place. A step that is labelled nowhere stays as it is.
    private static float Quantile(List<float> values, double level)
    {
        if (values.Count == 0)
            return 0;
        values.Sort();
        int rank = (int)Math.Ceiling((values.Count + 1) * level);
        return values[Math.Clamp(rank, 1, values.Count) - 1];
    }
}
