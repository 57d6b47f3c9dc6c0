using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.StockPrice;

/// <summary>Predictions for the labelled test rows, <c>[rows][horizon]</c>, and their errors.</summary>
internal sealed record TestPredictions(string Name, float[][] Actual, float[][] Predicted)
{
    /// <summary>Errors over all rows and steps: ML.NET's regression metrics, and MAPE.</summary>
    public IReadOnlyDictionary<string, double> Metrics(MLContext ml)
    {
        var pairs = Actual.Zip(Predicted).SelectMany(row => row.First.Zip(row.Second, (a, p) => new Pair { Label = a, Score = p })).ToArray();
        var metrics = ml.Regression.Evaluate(ml.Data.LoadFromEnumerable(pairs));
        return new Dictionary<string, double>
        {
            ["mae"] = metrics.MeanAbsoluteError,
            ["rmse"] = metrics.RootMeanSquaredError,
            ["mape"] = ErrorMetrics.Mape([.. pairs.Select(p => (double)p.Label)], [.. pairs.Select(p => (double)p.Score)]).Percent,
            ["r2"] = metrics.RSquared,
        };
    }

    /// <summary>Reads the labelled rows of scored data.</summary>
    public static TestPredictions Read(string name, IDataView scored, string scoreColumn, int horizon)
    {
        return Labelled(name, Column(scored, WindowedSeries.LabelColumn, horizon), Column(scored, scoreColumn, horizon));
    }

    /// <summary>The rows whose whole future is known, of predictions for all rows.</summary>
    public static TestPredictions Labelled(string name, float[][] actual, float[][] predicted)
    {
        int[] labelled = [.. Enumerable.Range(0, actual.Length).Where(i => !actual[i].Any(float.IsNaN))];
        if (labelled.Length == 0)
            throw new InvalidOperationException("No test row has a known future: give more rows, or a smaller --horizon.");
        return new(name, [.. labelled.Select(i => actual[i])], [.. labelled.Select(i => predicted[i])]);
    }

    /// <summary>A column's rows as arrays; a single value is repeated over the horizon.</summary>
    public static float[][] Column(IDataView data, string name, int horizon) => data.Schema[name].Type is VectorDataViewType
        ? [.. data.GetColumn<float[]>(name)]
        : [.. data.GetColumn<float>(name).Select(v => Enumerable.Repeat(v, horizon).ToArray())];

    private sealed class Pair
    {
        public float Label { get; set; }

        public float Score { get; set; }
    }
}
