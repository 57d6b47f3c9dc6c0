namespace MlNetRnn;

/// <summary>The static values of one series: those of its first row, which no later row may change.</summary>
internal sealed class StaticValues(int width)
{
    private readonly float[] _values = new float[width];
    private bool _known;

    public ReadOnlySpan<float> Values => _values;

    /// <summary>Begins a new series.</summary>
    public void Clear() => _known = false;

    /// <summary>Takes in a row's values; the index of the first that differs from the series' own, or -1.</summary>
    public int Accept(ReadOnlySpan<float> values)
    {
        if (!_known)
        {
            values.CopyTo(_values);
            _known = true;
        }
        for (var i = 0; i < width; i++)
            if (!values[i].Equals(_values[i])) // NaN equals NaN here
                return i;
        return -1;
    }
}
