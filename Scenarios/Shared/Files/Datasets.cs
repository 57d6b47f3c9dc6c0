namespace MlNetRnn.Scenarios;

/// <summary>The data files that are shipped with the scenarios.</summary>
public static class Datasets
{
    /// <summary>Full path of a shipped data file, wherever the program is started from.</summary>
    /// <exception cref="FileNotFoundException">There is no such file; the message lists those there are.</exception>
    public static string Find(string fileName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(fileName);
        var folder = Path.Combine(AppContext.BaseDirectory, "Data");
        var path = Path.Combine(folder, fileName);
        if (File.Exists(path))
            return path;
        IEnumerable<string> files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.csv*") : [];
        var present = files.Select(Path.GetFileName).Order(StringComparer.Ordinal);
        throw new FileNotFoundException($"The shipped data file '{fileName}' is not in '{folder}'; there are: "
            + $"{string.Join(", ", present)}.", path);
    }
}
