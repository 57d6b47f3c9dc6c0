namespace MlNetRnn;

/// <summary>
/// Fills missing values (NaN) of a series from what was known before them. Each input value is stored filled forward, and beside it,
/// where the window needs it, what tells whether it was missing.
/// </summary>
internal abstract class MissingValueFill(int inputs)
{
    private readonly float[] _last = Unknown(inputs); // the last known values, NaN where none was known yet

    /// <summary>Values stored per input value.</summary>
    public static int StoredPerInput(MissingValuePolicy policy)
        => policy is MissingValuePolicy.Mask or MissingValuePolicy.LinearInterpolation ? 2 : 1;

    /// <summary>The filling of a policy; null where values are stored as they are.</summary>
    public static MissingValueFill? Create(WindowShape shape) => shape.MissingValues switch
    {
        MissingValuePolicy.ForwardFill => new Forward(shape.Inputs),
        MissingValuePolicy.Mask => new Indicated(shape.Inputs),
        MissingValuePolicy.LinearInterpolation => new Interpolated(shape.Inputs),
        _ => null,
    };

    /// <summary>Stores a row, [inputs], as [<see cref="StoredPerInput"/> × inputs]; in its own place, where that is as long.</summary>
    public abstract void Store(ReadOnlySpan<float> row, Span<float> stored);

    /// <summary>Writes stored rows, [steps, stored], as the window has them, [steps, width].</summary>
    public virtual void Write(ReadOnlySpan<float> stored, Span<float> window) => stored.CopyTo(window);

    /// <summary>Begins a new series.</summary>
    public virtual void Clear() => _last.AsSpan().Fill(float.NaN);

    public virtual void Save(BinaryWriter writer)
    {
        foreach (var value in _last)
            writer.Write(value);
    }

    public virtual void Restore(BinaryReader reader)
    {
        foreach (ref var value in _last.AsSpan())
            value = reader.ReadSingle();
    }

    private static float[] Unknown(int count)
    {
        var values = new float[count];
        values.AsSpan().Fill(float.NaN);
        return values;
    }

    // The value of input i, filled forward; NaN where nothing is known yet.
    private float Fill(int i, float value)
    {
        if (!float.IsNaN(value))
            _last[i] = value;
        return _last[i];
    }

    private sealed class Forward(int inputs) : MissingValueFill(inputs)
    {
        public override void Store(ReadOnlySpan<float> row, Span<float> stored)
        {
            for (var i = 0; i < row.Length; i++)
                stored[i] = Fill(i, row[i]);
        }
    }

    // Stored: the values, 0 where nothing is known yet, then 1 for each that was observed and 0 for each that was missing.
    private sealed class Indicated(int inputs) : MissingValueFill(inputs)
    {
        public override void Store(ReadOnlySpan<float> row, Span<float> stored)
        {
            for (var i = 0; i < row.Length; i++)
            {
                var filled = Fill(i, row[i]);
                stored[i] = float.IsNaN(filled) ? 0 : filled;
                stored[row.Length + i] = float.IsNaN(row[i]) ? 0 : 1;
            }
        }
    }

    // Stored: the values filled forward, then for each how many rows ago it was observed. With its age a filled value is the left end
    // of the line through its gap, even where that end lies before the window; the right end is found while the window is written.
    private sealed class Interpolated(int inputs) : MissingValueFill(inputs)
    {
        private readonly long[] _ages = new long[inputs];

        // While a window is written, from its end: the next known value, NaN if none, and how many rows after the current one it is.
        private readonly float[] _next = new float[inputs];
        private readonly long[] _distance = new long[inputs];

        public override void Store(ReadOnlySpan<float> row, Span<float> stored)
        {
            for (var i = 0; i < row.Length; i++)
            {
                _ages[i] = float.IsNaN(row[i]) ? _ages[i] + 1 : 0;
                stored[i] = Fill(i, row[i]);
                stored[row.Length + i] = _ages[i];
            }
        }

        public override void Write(ReadOnlySpan<float> stored, Span<float> window)
        {
            var inputs = _next.Length;
            _next.AsSpan().Fill(float.NaN);
            for (var step = (window.Length / inputs) - 1; step >= 0; step--)
            {
                var values = stored.Slice(step * 2 * inputs, inputs);
                var ages = stored.Slice(((step * 2) + 1) * inputs, inputs);
                for (var i = 0; i < inputs; i++)
                    window[(step * inputs) + i] = Value(i, values[i], ages[i]);
            }
        }

        private float Value(int i, float filled, float age)
        {
            if (age == 0)
            {
                (_next[i], _distance[i]) = (filled, 0);
                return filled;
            }
            _distance[i]++;
            return float.IsNaN(_next[i]) ? filled : Between(filled, _next[i], age / ((double)age + _distance[i]));
        }

        private static float Between(float left, float right, double share) => (float)(left + (((double)right - left) * share));

        public override void Clear()
        {
            base.Clear();
            Array.Clear(_ages);
        }

        public override void Save(BinaryWriter writer)
        {
            base.Save(writer);
            foreach (var age in _ages)
                writer.Write(age);
        }

        public override void Restore(BinaryReader reader)
        {
            base.Restore(reader);
            foreach (ref var age in _ages.AsSpan())
                age = reader.ReadInt64();
        }
    }
}
