using System.Diagnostics;
using System.Xml.Linq;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Packaging;

/// <summary>
/// The packages, packed to a folder, and fresh applications outside of the repository that reference them. The version is one of its
/// own, so that no package kept from an earlier run stands in for what was built.
/// </summary>
internal sealed class PackageFeed : IDisposable
{
    public static readonly string[] Ids = ["MlNetRnn.Pipeline", "MlNetRnn.Export", "MlNetRnn.Estimators"];

    private readonly TemporaryFolder _folder = new();

    public PackageFeed()
    {
        Version = $"0.1.0-test.{Environment.ProcessId}.{DateTime.UtcNow:yyyyMMddHHmmss}";
        Directory.CreateDirectory(Feed);
        string configuration = Repository.Output.Parent!.Name;
        foreach (string project in Ids.Select(id => Repository.PathOf(id.Split('.')[1], $"{id}.csproj")))
            Run(_folder.Path, "pack", project, "-c", configuration, "--no-build", "-o", Feed, $"-p:Version={Version}");
        File.WriteAllText(_folder["nuget.config"], $"""<configuration><packageSources><add key="mlnetrnn-test" value="{Feed}" /></packageSources></configuration>""");
    }

    public string Version { get; }

    public string Feed => _folder["feed"];

    public string TorchSharpVersion { get; } = XDocument.Load(Repository.PathOf("Directory.Packages.props"))
        .Descendants("PackageVersion").First(p => (string?)p.Attribute("Include") == "TorchSharp-cpu").Attribute("Version")!.Value;

    public string PackageOf(string id, string extension = "nupkg") => Path.Combine(Feed, $"{id}.{Version}.{extension}");

    /// <summary>Makes and builds a console application of a source file and package references; returns its folder.</summary>
    public string BuildApp(string name, string source, params (string Id, string Version)[] packages)
    {
        string folder = Directory.CreateDirectory(_folder[name]).FullName;
        File.WriteAllText(Path.Combine(folder, "Program.cs"), Source(source));
        File.WriteAllText(Path.Combine(folder, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <!-- Links to the packages' files in place of copies of gigabytes. -->
                <CreateHardLinksForCopyFilesToOutputDirectoryIfPossible>true</CreateHardLinksForCopyFilesToOutputDirectoryIfPossible>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(packages.Select(p => $"<PackageReference Include=\"{p.Id}\" Version=\"{p.Version}\" />"))}
              </ItemGroup>
            </Project>
            """);
        Run(folder, "build", "-o", Path.Combine(folder, "out"));
        return folder;
    }

    public static string RunApp(string folder) =>
        Run(folder, Path.Combine(folder, "out", $"{Path.GetFileName(folder)}.dll"));

    public string RunScript(string source)
    {
        string script = _folder["script.fsx"];
        File.WriteAllText(script, Source(source).Replace("FEED", Feed).Replace("VERSION", Version).Replace("TORCHSHARP", TorchSharpVersion));
        return Run(_folder.Path, "fsi", script);
    }

    public void Dispose()
    {
        _folder.Dispose();
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (string id in Ids)
        {
            string restored = Path.Combine(packages, id.ToLowerInvariant(), Version);
            if (Directory.Exists(restored))
                Directory.Delete(restored, recursive: true);
        }
    }

    private static string Source(string name) => File.ReadAllText(Repository.PathOf("Tests", "Packaging", "Apps", name));

    private static string Run(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"dotnet {string.Join(' ', arguments)}\n{output}\n{error.Result}");
        return output;
    }
}
