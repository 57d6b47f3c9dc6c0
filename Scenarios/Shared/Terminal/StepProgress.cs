using Spectre.Console;

namespace MlNetRnn.Scenarios;

/// <summary>Work of several steps: a bar in a terminal, which disappears at the end, and lines where something is to be told.</summary>
public sealed class StepProgress
{
    private readonly Lock _lock = new();
    private readonly IAnsiConsole _console;
    private readonly ProgressTask? _bar;

    private StepProgress(IAnsiConsole console, ProgressTask? bar) => (_console, _bar) = (console, bar);

    /// <summary>Works with a bar below the lines.</summary>
    /// <param name="label">What is being done, beside the bar.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="work">Does it; may report from several threads.</param>
    /// <param name="console">Where to print; null for standard output.</param>
    public static T Run<T>(string label, int steps, Func<StepProgress, T> work, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        console ??= AnsiConsole.Console;
        if (!Lines.IsTerminal(console))
            return work(new StepProgress(console, null));

        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new StepProgress(console, context.AddTask(Markup.Escape(label), maxValue: steps))));
    }

    /// <summary>A step is done.</summary>
    public void Advance()
    {
        lock (_lock)
            _bar?.Increment(1);
    }

    /// <summary>Prints a line.</summary>
    public void Write(string line)
    {
        lock (_lock)
            Lines.Write(_console, line);
    }
}
