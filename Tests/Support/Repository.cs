namespace MlNetRnn.Tests;

/// <summary>The repository that the tests were built in: its documentation is read, its programs are run.</summary>
internal static class Repository
{
    /// <summary>Where the tests were built: <c>Tests/bin/Configuration/Framework</c>.</summary>
    public static DirectoryInfo Output { get; } = new(AppContext.BaseDirectory);

    public static string Root { get; } = Output.Parent!.Parent!.Parent!.Parent!.FullName;

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts)).ReplaceLineEndings("\n");
}
