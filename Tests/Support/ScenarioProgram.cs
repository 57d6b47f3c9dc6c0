using System.Diagnostics;

namespace MlNetRnn.Tests;

/// <summary>Runs a scenario's built program in a process of its own, as a user would.</summary>
internal static class ScenarioProgram
{
    /// <summary>What a run came to.</summary>
    public sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>The built program: tests and scenarios are built in the same configuration.</summary>
    public static string PathOf(string name) =>
        Repository.PathOf("Scenarios", name, "bin", Repository.Output.Parent!.Name, Repository.Output.Name, $"{name}.dll");

    public static Result Run(string name, string workingDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(name), .. arguments])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
