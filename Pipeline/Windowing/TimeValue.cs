namespace MlNetRnn;

/// <summary>
/// A moment as a whole number and the part after the point, so that ticks, 64-bit integers and floating-point numbers all compare and
/// subtract without rounding.
/// </summary>
/// <param name="Whole">The largest whole number that is not larger: ticks of 100 ns, or the unit of the column.</param>
/// <param name="Fraction">The rest, from 0 up to 1.</param>
internal readonly record struct TimeValue(Int128 Whole, double Fraction = 0)
{
    /// <param name="number">A finite number.</param>
    public static TimeValue From(double number) => new((Int128)Math.Floor(number), number - Math.Floor(number));

    public static double operator -(TimeValue a, TimeValue b) => (double)(a.Whole - b.Whole) + (a.Fraction - b.Fraction);

    public void Save(BinaryWriter writer)
    {
        writer.Write((ulong)(Whole >>> 64));
        writer.Write((ulong)Whole);
        writer.Write(Fraction);
    }

    public static TimeValue Restore(BinaryReader reader)
        => new(new Int128(reader.ReadUInt64(), reader.ReadUInt64()), reader.ReadDouble());
}
