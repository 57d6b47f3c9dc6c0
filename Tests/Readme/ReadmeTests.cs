using System.Text.RegularExpressions;

namespace MlNetRnn.Tests.Readme;

[TestClass]
public sealed partial class ReadmeTests
{
    [TestMethod]
    public void Every_snippet_is_one_that_is_compiled_and_run()
    {
        string[] shown = [.. Fenced().Matches(Read("README.md")).Select(m => Normalize(m.Groups["code"].Value))];
        string[] compiled = [.. Marked().Matches(Read("ReadmeTour.cs")).Select(m => Normalize(m.Groups["code"].Value))];

        Assert.IsGreaterThan(5, shown.Length, "the README has a tour");
        CollectionAssert.AreEquivalent(compiled, shown);
    }

    [TestMethod]
    public void The_test_commands_are_those_that_are_run_before_a_change_lands()
    {
        string[] commands = [.. TestCommand().Matches(Read("README.md")).Select(m => m.Value).Distinct()];
        string run = Read("ci-run");

        Assert.HasCount(2, commands);
        foreach (string command in commands)
            StringAssert.Contains(run, command);
    }

    // Embedded, so that the test does not depend on where it runs.
    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(ReadmeTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // The README's snippets are not indented.
    private static string Normalize(string code)
    {
        string[] lines = code.Trim('\n').Split('\n');
        int indent = lines.Where(l => l.Trim().Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length > indent ? l[indent..] : "")).Trim();
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex("// README\n(?<code>.*?)// END", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex("dotnet test [^`#\n]*\"")]
    private static partial Regex TestCommand();
}
