using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.SequenceGeneration;

/// <summary>A series: what is learnt, and the steps after it, which are held out.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Unit">Label of the value axis.</param>
/// <param name="Known">Values to learn from; the last of them are the seed.</param>
/// <param name="Truth">What came after them.</param>
internal sealed record Series(string Title, string Unit, float[] Known, float[] Truth)
{
    private const int SinePeriod = 50, SineLength = 1700;

    /// <exception cref="ArgumentException">It is too short.</exception>
    /// <exception cref="FormatException">A value is missing.</exception>
    public static Series Load(MLContext ml, SequenceGenerationSettings settings)
    {
        string title = settings.Data is { } file ? $"{settings.Column} of {Path.GetFileName(file)}" : "Noisy wave";
        float[] values = settings.Data is null
            ? Synthetic.NoisySine(settings.Common.Seed, SineLength, SineLength - 1, 2 * Math.PI / SinePeriod)
            : Read(ml, settings.Data, settings.Column!);
        if (values.Length < 2 * settings.Length)
        {
            throw new ArgumentException($"{title} has {values.Length} values, of which the last {settings.Length} are to be generated; at least as many are needed "
                + "before them. Choose a smaller --length.");
        }
        return new(title, settings.Column ?? "Value", values[..^settings.Length], values[^settings.Length..]);
    }

    /// <summary>The values to learn from as a view, in the column <c>Value</c>.</summary>
    public IDataView View(MLContext ml) => ml.Data.LoadFromEnumerable(Known.Select(v => new Point { Value = v }));

    private static float[] Read(MLContext ml, string file, string column)
    {
        float[] values = [.. CsvFile.Open(file).Load(ml, [new CsvColumn(column, DataKind.Single, column)]).GetColumn<float>(column)];
        int missing = Array.FindIndex(values, v => !float.IsFinite(v));
        return missing < 0
            ? values
            : throw new FormatException($"'{file}', row {missing + 2}: column '{column}' has no number there. Fill or remove it.");
    }

    internal sealed class Point
    {
        public float Value { get; set; }
    }
}
