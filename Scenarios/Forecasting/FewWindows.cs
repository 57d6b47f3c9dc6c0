using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>
/// What the recipe needs to change where there are few windows: a batch is no larger than what trains, and where next to nothing would be left to
/// train on beside what validates, everything trains. Then intervals are those that the networks tell, which no errors have corrected.
/// </summary>
/// <param name="Training">Windows that train.</param>
/// <param name="HoldsOut">Whether some validate.</param>
internal sealed record FewWindows(int Training, bool HoldsOut)
{
    private const int Few = 1000; // from here on any recipe does

    /// <summary>Nothing needs to change.</summary>
    public static FewWindows None { get; } = new(int.MaxValue, HoldsOut: true);

    /// <summary>
    /// Counts windows as a fit splits them: of each series the latest share validates, and those whose labels reach into it do not train.
    /// </summary>
    /// <param name="windows">Windows of series.</param>
    /// <param name="stride">Steps from one window to the next.</param>
    /// <param name="fraction">The share that is to validate.</param>
    public static FewWindows Of(IDataView windows, int stride, double fraction)
    {
        int horizon = (windows.Schema[Columns.Label].Type as VectorDataViewType)?.Size ?? 1; // of one step a number
        var labels = horizon > 1
            ? windows.GetColumn<float[]>(Columns.Label).Select(label => label.Any(float.IsFinite))
            : windows.GetColumn<float>(Columns.Label).Select(float.IsFinite);
        var labelled = windows.GetColumn<string>(Columns.Series).Zip(labels).Where(w => w.Second);
        int[] counts = [.. labelled.Take(Few).CountBy(w => w.First).Select(group => group.Value)];
        if (counts.Sum() >= Few)
            return None;
        int reach = (horizon + stride - 1) / stride;
        int[] validating = [.. counts.Select(n => n < 2 ? 0 : Math.Clamp((int)Math.Round(n * fraction, MidpointRounding.AwayFromZero), 1, n - 1))];
        int training = counts.Zip(validating, (n, v) => Math.Max(0, v == 0 ? n : n - v - reach)).Sum();
        return validating.Sum() > 0 && training > validating.Sum() ? new(training, HoldsOut: true) : new(Math.Max(1, counts.Sum()), HoldsOut: false);
    }

    /// <summary>A network's options, as far as there are windows.</summary>
    public RecurrentOptions Fit(RecurrentOptions options) => options with
    {
        Training = options.Training with
        {
            BatchSize = Math.Min(options.Training.BatchSize, Training),
            ValidationFraction = HoldsOut ? options.Training.ValidationFraction : 0,
            EarlyStopping = HoldsOut ? options.Training.EarlyStopping : null,
        },
    };

    /// <summary>What is forecast, as far as there are windows.</summary>
    public ForecastOptions Fit(ForecastOptions options) => HoldsOut ? options : options with { ConformalCalibration = false };
}
