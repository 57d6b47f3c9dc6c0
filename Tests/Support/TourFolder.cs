using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests;

/// <summary>The working directory of a tour: a folder of its own that holds the prices its snippets read, deleted with it.</summary>
internal sealed class TourFolder : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly string _folder = Directory.CreateTempSubdirectory("mlnetrnn-").FullName;

    public TourFolder()
    {
        File.Copy(Datasets.Find("eu-stock-markets.csv"), Path.Combine(_folder, "eu-stock-markets.csv"));
        Directory.SetCurrentDirectory(_folder);
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_folder, recursive: true);
    }
}
