using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>
/// The adding problem (Hochreiter and Schmidhuber, 1997): each step is a number between 0 and 1 and a mark; one step of the first half is
/// marked, and one of the second. The answer, at the end, is the sum of the two numbers. Who always says 1 has a mean squared error of 1/6.
/// </summary>
internal static class AddingProblem
{
    public const double Chance = 1 / 6.0, Solved = 0.01;

    public const string Sequence = nameof(Row.Sequence), Label = nameof(Row.Label);

    public static Row[] Rows(int count, int steps, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Draw(random, steps))];
    }

    /// <summary>Rows as a view: <c>Sequence</c> is <c>[steps, 2]</c>.</summary>
    public static IDataView View(MLContext ml, int count, int steps, int seed)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[Sequence].ColumnType = new VectorDataViewType(NumberDataViewType.Single, steps, 2);
        return ml.Data.LoadFromEnumerable(Rows(count, steps, seed), schema);
    }

    private static Row Draw(Random random, int steps)
    {
        float[] sequence = new float[2 * steps];
        for (int step = 0; step < steps; step++)
            sequence[2 * step] = random.NextSingle();
        int first = random.Next(steps / 2), second = random.Next(steps / 2, steps);
        sequence[(2 * first) + 1] = sequence[(2 * second) + 1] = 1;
        return new() { Sequence = sequence, Label = sequence[2 * first] + sequence[2 * second] };
    }

    internal sealed class Row
    {
        public float[] Sequence { get; set; } = [];

        public float Label { get; set; }
    }
}
