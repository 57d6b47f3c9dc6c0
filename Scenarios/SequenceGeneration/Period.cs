namespace MlNetRnn.Scenarios.SequenceGeneration;

/// <summary>How many steps a series takes to come round, by its autocorrelation.</summary>
internal static class Period
{
    private const double Clear = 0.2; // autocorrelation

    /// <summary>The step of the first clear maximum after the autocorrelation has become negative; null where there is none.</summary>
    public static int? Of(ReadOnlySpan<float> values, int longest)
    {
        double mean = 0;
        foreach (float value in values)
            mean += value;
        mean /= values.Length;
        longest = Math.Min(longest, values.Length / 2);
        double whole = Covariance(values, mean, 0);
        bool negative = false;
        (int Step, double Value) best = (0, whole * Clear);
        for (int step = 1; step <= longest && whole > 0; step++)
        {
            double value = Covariance(values, mean, step);
            if (value < 0 && best.Step > 0)
                break; // behind the first hill
            negative |= value < 0;
            if (negative && value > best.Value)
                best = (step, value);
        }
        return best.Step > 0 ? best.Step : null;
    }

    private static double Covariance(ReadOnlySpan<float> values, double mean, int step)
    {
        double sum = 0;
        for (int i = step; i < values.Length; i++)
            sum += (values[i] - mean) * (values[i - step] - mean);
        return sum;
    }
}
