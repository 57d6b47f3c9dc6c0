namespace MlNetRnn;

/// <summary>Checks that results are not written over what is still to be read.</summary>
internal static class MemoryOverlap
{
    /// <param name="destination">Takes the results.</param>
    /// <param name="source">What is read while they are written.</param>
    /// <param name="what">What that is: <c>the sequences</c>.</param>
    /// <exception cref="ArgumentException">They overlap.</exception>
    public static void Refuse(ReadOnlySpan<float> destination, ReadOnlySpan<float> source, string what)
    {
        if (destination.Overlaps(source))
        {
            throw new ArgumentException(
                $"The destination overlaps {what}, which are read while results are written. Give memory of its own.", nameof(destination));
        }
    }
}
