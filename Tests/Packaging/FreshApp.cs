namespace MlNetRnn.Tests.Packaging;

/// <summary>A console project outside the repository that references packages.</summary>
internal sealed class FreshApp
{
    private readonly PackageFeed _feed;
    private readonly string _name;

    /// <param name="feed">Where the packages are.</param>
    /// <param name="name">The project's name.</param>
    /// <param name="program">A file of <c>Apps</c>.</param>
    /// <param name="packages">Name and version of each.</param>
    public FreshApp(PackageFeed feed, string name, string program, params (string Name, string Version)[] packages)
    {
        (_feed, _name) = (feed, name);
        Directory.CreateDirectory(Folder);
        File.Copy(SourceOf(program), Path.Combine(Folder, "Program.cs"));
        File.WriteAllText(Path.Combine(Folder, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(packages.Select(p => $"""<PackageReference Include="{p.Name}" Version="{p.Version}" />"""))}
              </ItemGroup>
            </Project>
            """);
    }

    public string Folder => _feed[_name];

    /// <summary>Where <see cref="Build"/> puts the program.</summary>
    public string Output => Path.Combine(Folder, "bin", "Release", "net10.0");

    /// <summary>The path of a file of <c>Apps</c>.</summary>
    public static string SourceOf(string program) => Path.Combine(AppContext.BaseDirectory, "Packaging", "Apps", program);

    public FreshApp Build()
    {
        DotNet("build", "-c", "Release").Succeeded();
        return this;
    }

    public DotNetCommand.Result DotNet(params string[] arguments) => DotNetCommand.Run(Folder, _feed.Environment, arguments);

    /// <summary>Runs the built program.</summary>
    public DotNetCommand.Result Run(params string[] arguments) => RunIn(Output, _feed.Environment, arguments);

    /// <summary>Runs a copy of the built program, or one in another environment.</summary>
    public DotNetCommand.Result RunIn(string output, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments) =>
        DotNetCommand.Run(Folder, environment, [Path.Combine(output, _name + ".dll"), .. arguments]);
}
