using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Reads the time column of a current row.</summary>
internal abstract class TimeReader
{
    /// <summary>The current row's time.</summary>
    /// <exception cref="InvalidOperationException">It is a number that is not finite.</exception>
    public abstract TimeValue Read();

    /// <summary>A time as errors show it.</summary>
    public abstract string Format(TimeValue time);

    /// <summary>A step between two times as errors show it.</summary>
    public virtual string FormatStep(double step) => $"{step:g6}";

    /// <summary>Whether times of a type are ticks of 100 ns rather than numbers of any unit.</summary>
    public static bool IsTicks(DataViewType type)
        => type is DateTimeDataViewType or DateTimeOffsetDataViewType or TimeSpanDataViewType;

    public static TimeReader Create(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        DateTimeDataViewType => new Ticks<DateTime>(row, column, t => t.Ticks, t => $"{new DateTime(t):yyyy-MM-dd HH:mm:ss.FFFFFFF}"),
        DateTimeOffsetDataViewType => new Ticks<DateTimeOffset>(row, column, t => t.UtcTicks,
            t => $"{new DateTime(t):yyyy-MM-dd HH:mm:ss.FFFFFFF} UTC"),
        TimeSpanDataViewType => new Ticks<TimeSpan>(row, column, t => t.Ticks, t => $"{new TimeSpan(t)}"),
        _ => (TimeReader)Activator.CreateInstance((IsFloating(column.Type) ? typeof(Floating<>) : typeof(Whole<>))
            .MakeGenericType(column.Type.RawType), row, column)!,
    };

    private static bool IsFloating(DataViewType type) => type == NumberDataViewType.Single || type == NumberDataViewType.Double;

    private sealed class Ticks<T>(DataViewRow row, DataViewSchema.Column column, Func<T, long> ticks, Func<long, string> format)
        : TimeReader
    {
        private readonly ValueGetter<T> _get = row.GetGetter<T>(column);
        private T _value = default!;

        public override TimeValue Read()
        {
            _get(ref _value);
            return new(ticks(_value));
        }

        public override string Format(TimeValue time) => format((long)time.Whole);

        public override string FormatStep(double step) => $"{TimeSpan.FromTicks((long)step)}";
    }

    private sealed class Whole<T>(DataViewRow row, DataViewSchema.Column column) : TimeReader
        where T : INumberBase<T>
    {
        private readonly ValueGetter<T> _get = row.GetGetter<T>(column);
        private T _value = T.Zero;

        public override TimeValue Read()
        {
            _get(ref _value);
            return new(Int128.CreateTruncating(_value));
        }

        public override string Format(TimeValue time) => $"{time.Whole}";
    }

    private sealed class Floating<T>(DataViewRow row, DataViewSchema.Column column) : TimeReader
        where T : IFloatingPoint<T>
    {
        private const double Most = 8e37; // differences fit into Int128

        private readonly ValueGetter<T> _get = row.GetGetter<T>(column);
        private T _value = T.Zero;

        public override TimeValue Read()
        {
            _get(ref _value);
            var number = double.CreateTruncating(_value);
            return Math.Abs(number) <= Most
                ? TimeValue.From(number)
                : throw new InvalidOperationException($"SlidingWindow: time column '{column.Name}', row {row.Position + 1}: the time is "
                    + $"{number}, expected a finite number up to {Most}. Correct or filter that row.");
        }

        public override string Format(TimeValue time) => $"{T.CreateTruncating((double)time.Whole + time.Fraction)}";
    }
}
