namespace MlNetRnn;

/// <summary>Counts epochs since a loss last fell by more than a minimum.</summary>
internal sealed class Plateau(int patience, double minimumDelta = 0) : IStateful
{
    private double _best = double.PositiveInfinity;
    private int _waited;

    /// <summary>Takes the loss of an epoch; true once it has not fallen for the patience, counted anew from then on.</summary>
    public bool IsReached(double loss)
    {
        if (loss < _best - minimumDelta)
        {
            _best = loss;
            _waited = 0;
            return false;
        }
        if (++_waited < patience)
            return false;
        _waited = 0;
        return true;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_best);
        writer.Write(_waited);
    }

    public void Read(BinaryReader reader) => (_best, _waited) = (reader.ReadDouble(), reader.ReadInt32());
}
