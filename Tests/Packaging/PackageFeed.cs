using System.Globalization;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Packaging;

/// <summary>
/// The packages of this build in a folder of their own, under a version that no earlier run has used: NuGet and F# scripts keep what
/// they have once resolved. Their unpacked copies stay in that folder too; everything else comes from the machine's packages.
/// </summary>
internal sealed class PackageFeed : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private PackageFeed()
    {
        File.WriteAllText(_folder["nuget.config"], $"""
            <configuration><packageSources><add key="packed" value="{Folder}" /></packageSources></configuration>
            """);
        File.WriteAllText(_folder["Directory.Build.props"], "<Project />"); // nothing from above reaches the applications
        File.WriteAllText(_folder["Directory.Packages.props"], "<Project />");
        Environment = new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = _folder["packages"],
            ["NUGET_FALLBACK_PACKAGES"] = MachinePackages(),
            ["CreateHardLinksForCopyLocalIfPossible"] = "true", // libtorch beside every program would take gigabytes
        };
    }

    public string Version { get; } = "0.1.0-test." + DateTime.UtcNow.Ticks.ToString(CultureInfo.InvariantCulture);

    /// <summary>The folder of the packages.</summary>
    public string Folder => _folder["feed"];

    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>A file or folder of the tests' own.</summary>
    public string this[string name] => _folder[name];

    /// <summary>Packs what the tests were built with.</summary>
    public static PackageFeed Pack()
    {
        var tests = new DirectoryInfo(AppContext.BaseDirectory); // Tests/bin/<configuration>/<framework>
        string root = tests.Parent!.Parent!.Parent!.Parent!.FullName;
        var feed = new PackageFeed();
        try
        {
            DotNetCommand.Run(root, [],
                "pack", "MlNetRnn.sln", "--no-build", "-c", tests.Parent.Name, "-o", feed.Folder,
                $"-p:PackageVersion={feed.Version}", $"-p:NuspecOutputPath={feed["nuspec"]}/").Succeeded();
            return feed;
        }
        catch
        {
            feed.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        string scripts = Path.Combine(
            System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".packagemanagement", "nuget", "Cache");
        if (Directory.Exists(scripts))
        {
            foreach (string file in Directory.GetFiles(scripts).Where(f => File.ReadAllText(f).Contains(Version, StringComparison.Ordinal)))
                File.Delete(file);
        }
        _folder.Dispose();
    }

    private static string MachinePackages()
    {
        string line = DotNetCommand.Run(".", [], "nuget", "locals", "global-packages", "--list", "--force-english-output").Succeeded().Output;
        return line[(line.IndexOf(':') + 1)..].Trim(); // global-packages: <folder>
    }
}
