using System.Diagnostics;

namespace MlNetRnn.Tests.Packaging;

/// <summary>Runs the dotnet command as a user would.</summary>
internal static class DotNetCommand
{
    /// <summary>What a run came to.</summary>
    public sealed record Result(int ExitCode, string Output, string Error)
    {
        public Result Succeeded()
        {
            Assert.AreEqual(0, ExitCode, Output + Error);
            return this;
        }
    }

    public static Result Run(string folder, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        foreach (string inherited in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(inherited); // set for this very run by dotnet test
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
