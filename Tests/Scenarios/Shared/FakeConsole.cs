using System.Text;
using Spectre.Console;

namespace MlNetRnn.Tests.Scenarios;

/// <summary>A Spectre console that writes to a string, as a file or as a terminal.</summary>
internal sealed class FakeConsole : IAnsiConsoleOutput
{
    private FakeConsole(bool terminal) => IsTerminal = terminal;

    public TextWriter Writer { get; } = new StringWriter();

    public bool IsTerminal { get; }

    public int Width => 80;

    public int Height => 24;

    public string Text => Writer.ToString()!;

    public string[] TextLines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static (IAnsiConsole Console, FakeConsole Output) Create(bool terminal)
    {
        var output = new FakeConsole(terminal);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = output,
            Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
        });
        return (console, output);
    }

    public void SetEncoding(Encoding encoding)
    {
    }
}
