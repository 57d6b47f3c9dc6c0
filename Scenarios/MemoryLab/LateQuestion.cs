using Microsoft.ML;

namespace MlNetRnn.Scenarios.MemoryLab;

/// <summary>
/// A task whose answer depends on the future: of letters in a row, the one that is asked for stands 10 before a question mark. Who reads
/// forward cannot know which letter will be asked for and must keep the last 10 at any time; who reads backward meets the question first.
/// </summary>
internal static class LateQuestion
{
    public const int Distance = 10, Steps = 30;

    private const string Letters = "abcd";

    public static double Chance => 1.0 / Letters.Length;

    public static Row[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Draw(random))];
    }

    public static IDataView View(MLContext ml, int count, int seed) => ml.Data.LoadFromEnumerable(Rows(count, seed));

    private static Row Draw(Random random)
    {
        string[] tokens = [.. Enumerable.Range(0, Steps).Select(_ => Letters[random.Next(Letters.Length)].ToString())];
        int question = random.Next(Distance, Steps);
        tokens[question] = "?";
        return new() { Tokens = tokens, Label = tokens[question - Distance] };
    }

    internal sealed class Row
    {
        public string[] Tokens { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
