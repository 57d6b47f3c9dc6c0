using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The times of many series: of each the last time and the few before it that tell the step, and the times after it, by that step or
/// as they were given. About 1 kB per series.
/// </summary>
internal abstract class SeriesTimes
{
    /// <summary>Times of a column, a scalar of DateTime, DateTimeOffset, TimeSpan or numbers.</summary>
    /// <param name="column">The column.</param>
    /// <param name="tail">How many of the last times of each series are kept, for <see cref="RowGetter"/>.</param>
    public static SeriesTimes Create(DataViewSchema.Column column, int tail = 0) => column.Type switch
    {
        DateTimeDataViewType => new SeriesTimes<DateTime>(column, TimeKind.Calendar, t => new(t.Ticks), t => new(t.Ticks),
            (clock, last) => new DateTime((long)clock.Whole, last.Kind), t => $"{t:yyyy-MM-dd HH:mm:ss.FFFFFFF}", _ => true, tail),
        DateTimeOffsetDataViewType => new SeriesTimes<DateTimeOffset>(column, TimeKind.Calendar, t => new(t.UtcTicks), t => new(t.Ticks),
            (clock, last) => new DateTimeOffset((long)clock.Whole, last.Offset), t => $"{t:yyyy-MM-dd HH:mm:ss.FFFFFFF zzz}", _ => true, tail),
        TimeSpanDataViewType => new SeriesTimes<TimeSpan>(column, TimeKind.Whole, t => new(t.Ticks), t => new(t.Ticks),
            (clock, _) => new TimeSpan((long)clock.Whole), t => $"{t}", _ => true, tail),
        NumberDataViewType => (SeriesTimes)typeof(SeriesTimes).GetMethod(nameof(Numbers))!.MakeGenericMethod(column.Type.RawType)
            .Invoke(null, [column, tail])!,
        _ => throw new ArgumentException($"Time column '{column.Name}' is {column.Type}, expected a scalar DateTime, DateTimeOffset, TimeSpan "
            + "or number: convert it with ml.Transforms.Conversion.ConvertType."),
    };

    public static SeriesTimes Numbers<T>(DataViewSchema.Column column, int tail)
        where T : INumber<T>
    {
        var isWhole = typeof(T) != typeof(float) && typeof(T) != typeof(double);
        static double Number(T value) => double.CreateChecked(value);
        return isWhole
            ? new SeriesTimes<T>(column, TimeKind.Whole, Whole, Whole, (clock, _) => T.CreateChecked(clock.Whole), t => $"{t}", _ => true, tail)
            : new SeriesTimes<T>(column, TimeKind.Numbers, t => TimeValue.From(Number(t)), t => TimeValue.From(Number(t)),
                (clock, _) => T.CreateChecked((double)clock.Whole + clock.Fraction), t => $"{t}", T.IsFinite, tail);
        static TimeValue Whole(T value) => new(Int128.CreateChecked(value));
    }

    public abstract DataViewSchema.Column Column { get; }

    /// <summary>An action that takes the current row's time into a series.</summary>
    /// <param name="row">A row of the history.</param>
    /// <param name="describe">Names a row of a series for errors.</param>
    public abstract Action<int> History(DataViewRow row, Func<string> describe);

    /// <summary>
    /// A function that takes the current row's time into the times after a series' last: whether it is one of its next steps.
    /// </summary>
    /// <param name="row">A row beyond the history.</param>
    /// <param name="steps">How many steps are asked for.</param>
    /// <param name="describe">Names a row of a series for errors.</param>
    public abstract Func<int, bool> Future(DataViewRow row, int steps, Func<string> describe);

    /// <summary>Finds the step of each series; that of a series of one row by the first that has more.</summary>
    public abstract void Recognize();

    /// <summary>Whether the time of a step, counted from 1, was given or can be told.</summary>
    public abstract bool IsKnown(int series, int step);

    /// <summary>The time of a step, counted from 1, as errors show it.</summary>
    public abstract string Format(int series, int step);

    /// <summary>A getter of the time of a series' step, counted from 1.</summary>
    public abstract Delegate Getter(Func<(int Series, int Step)> at);

    /// <summary>A getter of the time of a row of a series, by its position counted from 0, among those that are kept.</summary>
    public abstract Delegate RowGetter(Func<(int Series, long Row)> at);
}
