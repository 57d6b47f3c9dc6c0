using SkiaSharp;

namespace MlNetRnn.Scenarios;

/// <summary>Sizes of a confusion matrix as a picture, in pixels, so that all names and counts can be read.</summary>
internal sealed class ConfusionLayout
{
    private const int LongestName = 30;

    private const float LargestText = 14;

    private const float SmallestText = 9;

    private const float TickGap = 8;

    private const float AxisTitle = 30;

    private const int MostWithCounts = 50;

    private const double MostPixels = 1500; // of the matrix, unless counts need more

    /// <param name="names">The classes, from the top.</param>
    /// <param name="columns">The classes from the left, where there may be one more: no prediction.</param>
    /// <param name="counts">Texts of the cells.</param>
    public ConfusionLayout(IReadOnlyList<string> names, IReadOnlyList<string> columns, IEnumerable<string> counts)
    {
        ColumnNames = Short(columns);
        RowNames = ColumnNames[..names.Count];
        HasCounts = names.Count <= MostWithCounts;
        var countWidth = counts.Select(text => Width(text, 1)).DefaultIfEmpty(0).Max(); // per pixel of text size
        Cell = CellSize(names.Count, countWidth);
        CountSize = (float)Math.Min(18, Math.Min(Cell * 0.42, countWidth == 0 ? Cell : (Cell - 6) / countWidth));
        NameSize = (float)Math.Clamp(Cell * 0.85, SmallestText, LargestText);
        NameEvery = (int)Math.Ceiling(NameSize / Cell); // rows too narrow for a name each have one every so often
        var longest = ColumnNames.Max(name => Width(name, NameSize));
        IsUpright = longest > Cell - 6;
        Left = RowNames.Max(name => Width(name, NameSize)) + TickGap + AxisTitle;
        TitleShift = IsUpright ? longest - NameSize : 0;
        Bottom = NameSize + TitleShift + TickGap + AxisTitle;
    }

    public string[] RowNames { get; }

    public string[] ColumnNames { get; }

    /// <summary>Whether cells show their counts; where there are very many classes only their shade.</summary>
    public bool HasCounts { get; }

    /// <summary>The side of a cell.</summary>
    public double Cell { get; }

    public float CountSize { get; }

    public float NameSize { get; }

    /// <summary>Every which class has its name beside the matrix.</summary>
    public int NameEvery { get; }

    /// <summary>Whether the names below the matrix stand upright because they are wider than a cell.</summary>
    public bool IsUpright { get; }

    /// <summary>How much lower the title below the matrix stands than below names of one line.</summary>
    public float TitleShift { get; }

    /// <summary>Room to the left of the matrix.</summary>
    public float Left { get; }

    /// <summary>Room below the matrix.</summary>
    public float Bottom { get; }

    /// <summary>Room to the right of the matrix, for the colour bar.</summary>
    public static float Right => 110;

    /// <summary>Room above the matrix.</summary>
    public static float Top => 8;

    private double CellSize(int classes, float countWidth)
    {
        var wanted = Math.Clamp(720.0 / classes, 26, 160);
        return HasCounts ? Math.Max(wanted, (SmallestText * countWidth) + 6) : Math.Min(18, MostPixels / classes);
    }

    // What became alike by being shortened is told apart by its number.
    private static string[] Short(IReadOnlyList<string> names)
    {
        string[] shorter = [.. names.Select(name => Shorten(name, LongestName))];
        var alike = shorter.GroupBy(name => name).Where(same => same.Skip(1).Any()).Select(same => same.Key).ToHashSet();
        return [.. names.Select((name, i) => alike.Contains(shorter[i]) ? $"{i + 1}: {Shorten(name, LongestName - 6)}" : shorter[i])];
    }

    // Both ends stay: names that begin alike often differ at the end.
    private static string Shorten(string name, int longest)
    {
        var line = string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= longest ? line : $"{line[..(longest / 2)].TrimEnd()}…{line[^((longest / 2) - 1)..].TrimStart()}";
    }

    private static float Width(string text, float size)
    {
        using var font = new SKFont(PlotFont.Typeface, size) { LinearMetrics = true, Subpixel = true };
        return font.MeasureText(text);
    }
}
