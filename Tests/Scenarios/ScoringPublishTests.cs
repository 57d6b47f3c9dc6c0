using System.Diagnostics;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class ScoringPublishTests
{
    private const long LargestSize = 45_000_000;

    [TestMethod, TestCategory("Long")]
    public void The_published_program_is_small_and_holds_one_runtime_and_no_torch()
    {
        using var folder = new TemporaryFolder();
        string project = Path.GetFullPath(Path.Combine(ScenarioProgram.PathOf("Scoring"), "../../../../Scoring.csproj"));

        // An artifacts path of its own leaves the build's files alone.
        using var publish = Process.Start(new ProcessStartInfo("dotnet",
        [
            "publish", project, "-c", "Release", "-r", "linux-x64", "--self-contained", "false",
            "--artifacts-path", folder["artifacts"], "-o", folder["published"],
        ])
        { RedirectStandardOutput = true })!;
        string output = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();

        Assert.AreEqual(0, publish.ExitCode, output);
        var files = new DirectoryInfo(folder["published"]).GetFiles("*", SearchOption.AllDirectories);
        string[] names = [.. files.Select(f => f.Name)];
        Assert.Contains("libonnxruntime.so", names);
        Assert.DoesNotContain("onnxruntime.dll", names);
        Assert.DoesNotContain(n => n.Contains("torch", StringComparison.OrdinalIgnoreCase), names);
        Assert.DoesNotContain("torch", File.ReadAllText(Path.Combine(folder["published"], "Scoring.deps.json")).ToLowerInvariant());
        Assert.IsLessThan(LargestSize, files.Sum(f => f.Length));
    }
}
