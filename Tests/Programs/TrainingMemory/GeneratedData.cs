using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Programs;

/// <summary>Data that is generated row by row each time it is read, so that all memory is what the pipeline holds of it.</summary>
internal static class GeneratedData
{
    public const int WindowLength = 168;
    public const int Features = 8;
    private const int Groups = 10;

    /// <summary>Windows that overlap, made in the way that is asked for.</summary>
    public static IDataView Windows(MLContext ml, string made, int windows)
    {
        bool grouped = made is "groups" or "interleaved";
        int series = grouped ? Groups : 1, rows = windows / series + WindowLength - 1;
        var source = ml.Data.LoadFromEnumerable(Rows(rows, series, interleaved: made == "interleaved"));
        var windowed = ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = ["Values"],
            WindowLength = WindowLength,
            TargetColumns = ["Target"],
            GroupColumn = grouped ? "Group" : null,
            Groups = made == "interleaved" ? SeriesGroups.Interleaved : SeriesGroups.Contiguous,
        }).Fit(source).Transform(source);
        return made switch
        {
            "plain" or "groups" or "interleaved" => windowed,
            "split" => ml.Data.ChronologicalSplit(windowed, 0.01).TrainSet,
            "take" => ml.Data.TakeRows(windowed, windows),
            "copy" => ml.Transforms.CopyColumns("Copied", "Window").Append(ml.Transforms.CopyColumns("Window", "Copied")).Fit(windowed)
                .Transform(windowed),
            _ => throw new ArgumentException($"Windows made by '{made}' are not known."),
        };
    }

    /// <summary>Sequences of which none shares a value with another.</summary>
    public static IDataView Distinct(MLContext ml, int sequences) => ml.Data.LoadFromEnumerable(Sequences(sequences));

    private static IEnumerable<Row> Rows(int rows, int series, bool interleaved)
    {
        var row = new Row();
        var random = new Random(1);
        for (int i = 0; i < rows * series; i++)
        {
            row.Group = interleaved ? i % series : i / rows;
            Fill(random, row.Values);
            row.Target = row.Values[0];
            yield return row;
        }
    }

    private static IEnumerable<Sequence> Sequences(int count)
    {
        var sequence = new Sequence();
        var random = new Random(1);
        for (int i = 0; i < count; i++)
        {
            Fill(random, sequence.Window);
            sequence.Label = sequence.Window[0];
            yield return sequence;
        }
    }

    private static void Fill(Random random, float[] values)
    {
        foreach (ref float value in values.AsSpan())
            value = random.NextSingle() - 0.5f;
    }

    private sealed class Row
    {
        [VectorType(Features)]
        public float[] Values { get; } = new float[Features];

        public float Target { get; set; }

        public int Group { get; set; }
    }

    private sealed class Sequence
    {
        [VectorType(WindowLength, Features)]
        public float[] Window { get; } = new float[WindowLength * Features];

        public float Label { get; set; }
    }
}
