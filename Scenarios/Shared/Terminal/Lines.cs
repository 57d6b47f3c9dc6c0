using Spectre.Console;

namespace MlNetRnn.Scenarios;

/// <summary>Lines of plain text that are never wrapped in a file.</summary>
internal static class Lines
{
    public static bool IsTerminal(IAnsiConsole console) => console.Profile.Out.IsTerminal;

    /// <summary>Through the console in a terminal, where a live progress bar must make room; directly otherwise, where it would wrap at 80.</summary>
    public static void Write(IAnsiConsole? console, string line)
    {
        console ??= AnsiConsole.Console;
        if (IsTerminal(console))
            console.WriteLine(line);
        else
            console.Profile.Out.Writer.WriteLine(line);
    }
}
