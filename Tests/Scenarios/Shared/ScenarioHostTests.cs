using System.CommandLine;
using System.Reflection;
using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
[DoNotParallelize]
public sealed class ScenarioHostTests
{
    [TestMethod]
    public void Options_have_defaults()
    {
        var (code, _, values) = Run([]);

        Assert.AreEqual(0, code);
        Assert.AreEqual(new CommonValues(Path.GetFullPath("out/trial"), 1, 50, null), values);
    }

    [TestMethod]
    public void Options_are_read()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.zip"], "");

        var (code, _, values) = Run(["--out", folder.Path, "--seed", "-7", "--epochs", "3", "--model", folder["model.zip"]]);

        Assert.AreEqual(0, code);
        Assert.AreEqual(new CommonValues(folder.Path, -7, 3, folder["model.zip"]), values);
    }

    [TestMethod]
    [DataRow("--epoch 3", "--epoch")]
    [DataRow("--epochs 0", "--epochs is 0; expected 1 or more.")]
    [DataRow("--epochs many", "many")]
    [DataRow("--model no-such.zip", "no-such.zip")]
    [DataRow("--seed", "--seed")]
    public void A_wrong_command_line_is_one_line(string arguments, string expected)
    {
        var (code, error, values) = Run(arguments.Split(' '));

        Assert.AreEqual(1, code);
        Assert.IsNull(values);
        StringAssert.Contains(error, expected);
        Assert.HasCount(1, error.TrimEnd().Split('\n'));
    }

    [TestMethod]
    public void A_mistake_of_the_user_is_one_line()
    {
        var (code, error, _) = Run([], () => throw new ArgumentException("The window is 0;\n expected 1 or more."));

        Assert.AreEqual(1, code);
        Assert.AreEqual("Error: The window is 0; expected 1 or more.", error.TrimEnd());
    }

    [TestMethod]
    public void A_mistake_of_the_program_passes_through()
    {
        Assert.ThrowsExactly<IndexOutOfRangeException>(() => Run([], () => Array.Empty<int>()[1]));
        Assert.ThrowsExactly<ArgumentNullException>(() => Run([], () => throw new ArgumentNullException()));
        Assert.ThrowsExactly<InvalidOperationException>(() => Run([], () => Array.Empty<int>().First()));
        // Only what the user cancelled is a cancellation.
        Assert.ThrowsExactly<OperationCanceledException>(() => Run([], () => throw new OperationCanceledException()));
    }

    [TestMethod]
    public void The_exit_code_is_the_programs() => Assert.AreEqual(3, Run([], () => 3).Code);

    [TestMethod]
    public void The_reason_of_an_error_is_shown_with_its_circumstances()
    {
        var inner = new FormatException("The checksum is wrong.");
        var wrapped = new TargetInvocationException(new InvalidDataException("Cannot read 'model.zip'.", inner));

        Assert.AreEqual("Cannot read 'model.zip': The checksum is wrong.", UserError.LineOf(wrapped));
        Assert.AreEqual("a: b", UserError.LineOf(new IOException("a: b", new IOException("b"))));
        Assert.IsNull(UserError.LineOf(new TargetInvocationException(new InvalidCastException())));
        var worker = new InvalidOperationException("Splitter/consolidator worker encountered exception while consuming source data", new FormatException("c"));
        Assert.AreEqual("c", UserError.LineOf(worker));
    }

    private static (int Code, string Error, CommonValues? Values) Run(string[] args, Func<int>? work = null)
    {
        var common = new CommonOptions("trial", 50);
        var root = new RootCommand("Trial.");
        common.AddTo(root);
        CommonValues? values = null;
        var before = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            var code = ScenarioHost.Run(args, root, (result, _) =>
            {
                values = common.Read(result);
                return work?.Invoke() ?? 0;
            });
            return (code, error.ToString(), values);
        }
        finally
        {
            Console.SetError(before);
        }
    }
}
