using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Composition;

/// <summary>A day of a share, with columns of the kinds that splits and groups are made by.</summary>
internal sealed class Trade
{
    public float Close { get; set; }

    public float Volume { get; set; }

    public string Share { get; set; } = "";

    [KeyType(3)]
    public uint ShareKey { get; set; }

    public int ShareNumber { get; set; }

    public float Day { get; set; }

    public DateTime Date { get; set; }

    /// <summary>Days of three shares, one share after the other.</summary>
    public static IEnumerable<Trade> Rows(int days) => Enumerable.Range(0, 3 * days).Select(i => Create(i / days, i % days));

    public static IDataView View(MLContext ml, int days = 40) => ml.Data.LoadFromEnumerable(Rows(days));

    /// <summary>One share.</summary>
    public static IDataView Single(MLContext ml, int days) => ml.Data.LoadFromEnumerable(Rows(days).Take(days));

    private static Trade Create(int share, int day) => new()
    {
        Close = (10 * share) + MathF.Sin(0.3f * day) + (0.01f * day),
        Volume = 100 + (20 * MathF.Cos(0.7f * day)),
        Share = $"share {share}",
        ShareKey = (uint)share,
        ShareNumber = share,
        Day = day,
        Date = new DateTime(2020, 1, 1).AddDays(day),
    };
}
