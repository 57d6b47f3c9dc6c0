using System.CommandLine;
using System.CommandLine.Invocation;

namespace MlNetRnn.Scenarios;

/// <summary>
/// Runs a console program: mistakes of the user become one line on standard error and exit code 1, Ctrl-C cancels, and mistakes of the
/// program keep their stack trace.
/// </summary>
public static class ScenarioHost
{
    private const int Failed = 1;

    // What a shell reports for a program ended by Ctrl-C.
    private const int Cancelled = 130;

    /// <summary>Runs a program of one command.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="command">The command with its options.</param>
    /// <param name="run">The program; it returns the exit code. It runs on the calling thread.</param>
    public static int Run(string[] args, RootCommand command, Func<ParseResult, CancellationToken, int> run)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Runs(run);
        return Run(args, command);
    }

    /// <summary>Runs a program whose subcommands were given their work by <see cref="Runs"/>.</summary>
    public static int Run(string[] args, RootCommand command)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(command);
        using var interrupt = new Interrupt();
        try
        {
            return Invoke(command.Parse(args), interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            Console.Error.WriteLine("Cancelled.");
            return Cancelled;
        }
        catch (Exception e) when (UserError.LineOf(e) is not null)
        {
            Console.Error.WriteLine($"Error: {UserError.LineOf(e)}");
            return Failed;
        }
    }

    /// <summary>Gives a command its work, which runs on the calling thread (TorchSharp's scopes belong to a thread).</summary>
    public static void Runs(this Command command, Func<ParseResult, CancellationToken, int> run)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(run);
        command.SetAction((result, cancellation) => Task.FromResult(run(result, cancellation)));
    }

    private static int Invoke(ParseResult parsed, CancellationToken cancellation)
    {
        // The errors alone, on one line: the whole help text and guesses at typing mistakes would push them out of sight.
        if (parsed.Action is ParseErrorAction)
        {
            Console.Error.WriteLine($"Error: {UserError.OneLine(string.Join(' ', parsed.Errors.Select(e => e.Message)))} See --help.");
            return Failed;
        }

        // Its own Ctrl-C handling ends the program after two seconds, in the middle of an epoch or of writing a file.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return parsed.InvokeAsync(configuration, cancellation).GetAwaiter().GetResult();
    }
}
