using System.Text.RegularExpressions;

namespace MlNetRnn.Tests.Readme;

[TestClass]
public sealed partial class ReadmeTests
{
    [TestMethod]
    public void Every_snippet_is_one_that_is_compiled_and_run() =>
        Tour.AssertEqual(Repository.PathOf("README.md"), Repository.PathOf("Tests", "Readme", "ReadmeTour.cs"), "README");

    [TestMethod]
    public void The_test_commands_are_those_that_are_run_before_a_change_lands()
    {
        string[] commands = [.. TestCommand().Matches(Repository.Read("README.md")).Select(m => m.Value).Distinct()];
        string run = Repository.Read(".ci", "run");

        Assert.HasCount(2, commands);
        foreach (string command in commands)
            StringAssert.Contains(run, command);
    }

    [GeneratedRegex("dotnet test [^`#\n]*\"")]
    private static partial Regex TestCommand();
}
