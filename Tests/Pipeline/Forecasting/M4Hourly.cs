using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>
/// The 414 hourly series of the M4 competition, which are not shipped: <c>MLNETRNN_M4_DIR</c> names a folder with Hourly-train.csv and
/// Hourly-test.csv.
/// </summary>
internal sealed class M4Hourly
{
    public const int Horizon = 48;
    public const int SeasonLength = 24;

    private M4Hourly(string folder)
    {
        var came = Lines(Path.Combine(folder, "Hourly-test.csv")).ToDictionary(line => line.Series, line => line.Values);
        Rows = [.. Lines(Path.Combine(folder, "Hourly-train.csv")).Select(line => new Row
        {
            Series = line.Series,
            Window = line.Values,
            Label = came[line.Series],
        })];
    }

    public Row[] Rows { get; }

    /// <summary>The data, or the test ends without a result.</summary>
    public static M4Hourly ReadOrSkip()
    {
        string folder = Environment.GetEnvironmentVariable("MLNETRNN_M4_DIR") ?? "";
        if (folder.Length == 0 || !File.Exists(Path.Combine(folder, "Hourly-train.csv")))
            Assert.Inconclusive("MLNETRNN_M4_DIR names no folder with Hourly-train.csv and Hourly-test.csv, which are not shipped.");
        return new M4Hourly(folder);
    }

    /// <summary>One row per series: all of its training values as window, and what came.</summary>
    public IDataView Windows(MLContext ml) => ml.Data.LoadFromEnumerable(Rows);

    /// <summary>One row per training value.</summary>
    public IDataView Long(MLContext ml) => ml.Data.LoadFromEnumerable(
        Rows.SelectMany(row => row.Window.Select(value => new Step { Series = row.Series, Value = value })));

    // "H1","605","586",… with empty cells, or none, after the last value.
    private static IEnumerable<(string Series, float[] Values)> Lines(string path)
        => File.ReadLines(path).Skip(1).Select(line => line.Split(',').Select(cell => cell.Trim('"')).ToArray())
            .Select(cells => (cells[0], cells.Skip(1).Where(cell => cell.Length > 0)
                .Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray()));

    internal sealed class Row
    {
        public string Series { get; set; } = "";

        public float[] Window { get; set; } = [];

        [VectorType(Horizon)]
        public float[] Label { get; set; } = [];
    }

    internal sealed class Step
    {
        public string Series { get; set; } = "";

        public float Value { get; set; }
    }
}
