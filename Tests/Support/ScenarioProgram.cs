using System.Diagnostics;

namespace MlNetRnn.Tests;

/// <summary>Runs a built program in a process of its own: a scenario, as a user would, or one of the tests' own.</summary>
internal static class ScenarioProgram
{
    /// <summary>What a run came to.</summary>
    public sealed record Result(int ExitCode, string Output, string Error)
    {
        /// <summary>Asserts that it ended by a mistake of the user's: exit code 1 and one line that says what is wrong.</summary>
        public void FailedInOneLine(params string[] parts)
        {
            Assert.AreEqual(1, ExitCode, $"expected an error with {string.Join(", ", parts)}; output: {Output}");
            Assert.HasCount(1, Error.TrimEnd().Split('\n'), Error);
            foreach (string part in parts)
                Assert.Contains(part, Error);
        }
    }

    /// <summary>The built program: tests and scenarios are built in the same configuration.</summary>
    public static string PathOf(string name) =>
        Repository.PathOf("Scenarios", name, "bin", Repository.Output.Parent!.Name, Repository.Output.Name, $"{name}.dll");

    public static Result Run(string name, string workingDirectory, params string[] arguments) =>
        RunFile(PathOf(name), workingDirectory, environment: [], arguments);

    /// <summary>Runs a program of the tests' own, with environment variables.</summary>
    public static Result RunOwn(string name, (string Name, string Value)[] environment, params string[] arguments) => RunFile(
        Repository.PathOf("Tests", "Programs", name, "bin", Repository.Output.Parent!.Name, Repository.Output.Name, $"{name}.dll"),
        AppContext.BaseDirectory, environment, arguments);

    private static Result RunFile(string path, string workingDirectory, (string Name, string Value)[] environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [path, .. arguments])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in environment)
            start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
