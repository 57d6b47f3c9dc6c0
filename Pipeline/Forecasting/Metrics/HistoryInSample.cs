using System.Runtime.InteropServices;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>The in-sample part of each series from a view of the rows that were trained on.</summary>
internal sealed class HistoryInSample
{
    private readonly Dictionary<string, List<float>> _values = []; // of series that were not met yet
    private readonly Dictionary<string, InSample> _inSample = [];
    private readonly ForecastBaseline _naive2;
    private readonly int _seasonLength;

    /// <summary>Reads the view once.</summary>
    /// <exception cref="ArgumentException">A column is missing or has a wrong type; the text lists all problems.</exception>
    /// <exception cref="InvalidOperationException">A value is infinite.</exception>
    public HistoryInSample(ForecastEvaluationOptions options)
    {
        _seasonLength = options.SeasonLength;
        _naive2 = ForecastBaseline.Create(BaselineKind.Naive2, _seasonLength);
        var view = options.History!;
        var problems = new Problems();
        var value = SingleColumn.Find(view.Schema, options.HistoryValueColumnName!, "History value", problems);
        var group = ForecastColumns.FindGroup(view.Schema, options.GroupColumnName, "History", problems);
        problems.AddIf(value is { } found && SingleColumn.Size(found) != 1, $"History value column '{value?.Name}' is {value?.Type}, expected "
            + "a Single: one value per row.");
        problems.ThrowIfAny("Evaluate");
        Read(view, value!.Value, group);
    }

    /// <summary>The in-sample part of a series, the same each time.</summary>
    /// <exception cref="InvalidOperationException">The history has no row of the series.</exception>
    public InSample Of(string series, int horizon)
    {
        if (_inSample.TryGetValue(series, out var inSample))
            return inSample;
        if (!_values.Remove(series, out var values))
            throw new InvalidOperationException($"Series '{series}' has no row in History, which has {_values.Count + _inSample.Count} series: "
                + $"{string.Join(", ", _values.Keys.Concat(_inSample.Keys).Take(10).Select(name => $"'{name}'"))}. Give the rows of all series, "
                + "under the same names.");
        _inSample.Add(series, inSample = new InSample { IsOfSeries = true });
        inSample.Set(CollectionsMarshal.AsSpan(values), _seasonLength, horizon, _naive2);
        return inSample;
    }

    private void Read(IDataView view, DataViewSchema.Column value, DataViewSchema.Column? group)
    {
        using var cursor = view.GetRowCursor(group is { } column ? [value, column] : [value]);
        var (read, numbers) = (new SingleColumn(cursor, value), GroupNumbers.Create(group).Adding(cursor));
        var name = group is { } named ? SeriesName.Of(cursor, named) : static () => "";
        var lists = new List<List<float>>();
        while (cursor.MoveNext())
        {
            var number = numbers();
            if (number == lists.Count)
                lists.Add(ListOf(name()));
            var next = read.Read()[0];
            if (float.IsInfinity(next))
                throw new InvalidOperationException($"Row {cursor.Position + 1} of History: '{value.Name}' is {next}, expected a number, or NaN "
                    + "where it is not known. Correct the data, for example with a filter.");
            lists[number].Add(next);
        }
    }

    private List<float> ListOf(string name)
    {
        if (!_values.TryGetValue(name, out var list))
            _values.Add(name, list = []);
        return list;
    }
}
