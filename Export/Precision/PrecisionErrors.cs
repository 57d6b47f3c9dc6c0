namespace MlNetRnn;

/// <summary>Sums of how predictions differ from those in Float32, and from labels.</summary>
internal sealed class PrecisionErrors
{
    private double _differences; // squared
    private double _squared;
    private double _absolute;
    private long _values;

    public double LargestDifference { get; private set; }

    public double RootMeanSquareDifference => Math.Sqrt(_differences / Math.Max(1, _values));

    /// <summary>Labels that the errors are over.</summary>
    public long Labelled { get; private set; }

    public double? RootMeanSquaredError => Labelled == 0 ? null : Math.Sqrt(_squared / Labelled);

    public double? MeanAbsoluteError => Labelled == 0 ? null : _absolute / Labelled;

    /// <param name="predictions">Any number.</param>
    /// <param name="exact">The same in Float32. Where it is NaN, a value is missing in the sequence.</param>
    /// <param name="labels">The same number, NaN where not known; null where there are none.</param>
    public void Add(float[] predictions, float[] exact, float[]? labels)
    {
        for (int i = 0; i < predictions.Length; i++)
        {
            if (float.IsNaN(predictions[i]) && float.IsNaN(exact[i]))
                continue;
            AddDifference(Math.Abs((double)predictions[i] - exact[i]));
            if (labels is not null && !float.IsNaN(labels[i]) && !float.IsNaN(exact[i]))
                AddError((double)predictions[i] - labels[i]);
        }
    }

    private void AddDifference(double difference)
    {
        double size = double.IsNaN(difference) ? double.PositiveInfinity : difference;
        LargestDifference = Math.Max(LargestDifference, size);
        _differences += size * size;
        _values++;
    }

    private void AddError(double error)
    {
        _squared += error * error;
        _absolute += Math.Abs(error);
        Labelled++;
    }
}
