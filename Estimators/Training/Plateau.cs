namespace MlNetRnn;

/// <summary>Counts epochs since a loss last fell by more than a minimum.</summary>
internal sealed class Plateau(int patience, double minimumDelta = 0)
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
}
