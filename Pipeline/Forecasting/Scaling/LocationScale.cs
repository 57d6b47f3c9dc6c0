namespace MlNetRnn;

/// <summary>What is subtracted from the values of a series, and what they are divided by then.</summary>
/// <param name="Location">What is subtracted.</param>
/// <param name="Scale">Finite and more than 0.</param>
internal readonly record struct LocationScale(float Location, float Scale)
{
    /// <summary>That of values that nothing is known of.</summary>
    public static LocationScale None { get; } = new(0, 1);

    /// <summary>A scale that cannot be divided by is 1: that of a constant series.</summary>
    public static LocationScale Of(double location, double scale)
        => new((float)location, (float)scale is > 0 and < float.PositiveInfinity and var usable ? usable : 1);
}
