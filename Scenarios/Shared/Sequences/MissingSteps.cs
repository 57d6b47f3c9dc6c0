namespace MlNetRnn.Scenarios;

/// <summary>Fills the missing values (NaN) of a sequence from its own other values: networks know no missing value.</summary>
public static class MissingSteps
{
    /// <summary>
    /// Steps at the end of which every value is missing are cut off: some archives fill short sequences up with them. Other missing values
    /// lie on the straight line between their neighbours in the same dimension, or are the nearest one at either end; where a whole
    /// dimension of the sequence is missing, 0.
    /// </summary>
    /// <param name="example">The sequence, <c>[steps, features]</c>; changed in place.</param>
    /// <param name="features">Values per step.</param>
    /// <returns>The number of values filled in.</returns>
    public static int Fill(SequenceExample example, int features)
    {
        ArgumentNullException.ThrowIfNull(example);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (!example.Features.AsSpan().ContainsAny([float.NaN]))
            return 0;
        example.Features = CutEnd(example.Features, features);
        int filled = 0;
        for (int feature = 0; feature < features; feature++)
            filled += FillDimension(example.Features, feature, features);
        return filled;
    }

    private static float[] CutEnd(float[] values, int features)
    {
        int length = values.Length;
        while (length > features && values.AsSpan(length - features, features).IndexOfAnyExcept(float.NaN) < 0)
            length -= features;
        return values[..length];
    }

    private static int FillDimension(float[] values, int feature, int features)
    {
        int filled = 0;
        int? before = null; // where the last known value stands
        for (int i = feature; i < values.Length; i += features)
        {
            if (float.IsNaN(values[i]))
                continue;
            filled += Bridge(values, before, i, features, feature);
            before = i;
        }
        return filled + Bridge(values, before, null, features, feature);
    }

    // Fills between two known values, or beside one of them, or all where there is none.
    private static int Bridge(float[] values, int? before, int? after, int features, int feature)
    {
        int first = before + features ?? feature, end = after ?? values.Length, filled = 0;
        for (int i = first; i < end; i += features, filled++)
        {
            values[i] = (before, after) switch
            {
                ({ } from, { } to) => float.Lerp(values[from], values[to], (float)(i - from) / (to - from)),
                ({ } from, null) => values[from],
                (null, { } to) => values[to],
                (null, null) => 0,
            };
        }
        return filled;
    }
}
