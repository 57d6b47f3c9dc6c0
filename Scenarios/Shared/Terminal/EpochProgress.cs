using System.Text;
using Spectre.Console;

namespace MlNetRnn.Scenarios;

/// <summary>
/// Prints one line per epoch, on the thread that reports it: <see cref="Progress{T}"/> would post to the pool, where lines arrive late and
/// out of order. <see cref="Run"/> adds a progress bar when a terminal is attached.
/// </summary>
public sealed class EpochProgress : IProgress<EpochMetrics>
{
    private readonly int _epochs, _networks;
    private readonly IAnsiConsole _console;
    private readonly ProgressTask? _bar;
    private int _network, _epoch; // of the last report

    private EpochProgress(int epochs, int networks, IAnsiConsole console, ProgressTask? bar)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(networks, 1);
        (_epochs, _networks, _console, _bar) = (epochs, networks, console, bar);
    }

    /// <summary>Trains with a line per epoch, and in a terminal with a progress bar below them that disappears at the end.</summary>
    /// <param name="label">What is being trained, beside the bar.</param>
    /// <param name="epochs">The largest number of epochs of a network; early stopping may end before.</param>
    /// <param name="train">Trains on the calling thread and reports each epoch.</param>
    /// <param name="console">Where to print; null for standard output.</param>
    /// <param name="networks">Networks that are trained one after another; of several, lines say which.</param>
    public static T Run<T>(string label, int epochs, Func<IProgress<EpochMetrics>, T> train, IAnsiConsole? console = null, int networks = 1)
    {
        ArgumentNullException.ThrowIfNull(train);
        console ??= AnsiConsole.Console;
        if (!Lines.IsTerminal(console))
            return train(new EpochProgress(epochs, networks, console, null));

        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => train(new EpochProgress(epochs, networks, console, context.AddTask(Markup.Escape(label), maxValue: networks * epochs))));
    }

    /// <inheritdoc />
    public void Report(EpochMetrics value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (_network == 0 || value.Epoch <= _epoch)
            _network++;
        _epoch = value.Epoch;
        Lines.Write(_console, (_networks > 1 ? $"network {_network}/{_networks}  " : "") + Format(value, _epochs));
        if (_bar is not null)
            _bar.Value = ((_network - 1) * _epochs) + _epoch;
    }

    /// <summary>Prints a line among those of epochs.</summary>
    /// <param name="line">The line.</param>
    /// <param name="console">Where to print; null for standard output.</param>
    public static void WriteLine(string line, IAnsiConsole? console = null) => Lines.Write(console, line);

    /// <summary>The line of one epoch.</summary>
    public static string Format(EpochMetrics epoch, int epochs)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        var total = $"{epochs}";
        var line = new StringBuilder($"epoch {$"{epoch.Epoch}".PadLeft(total.Length)}/{total}");
        Append(line, "loss", epoch.TrainingLoss);
        Append(line, "mae", epoch.TrainingMeanAbsoluteError);
        Append(line, "accuracy", epoch.TrainingAccuracy);
        Append(line, "val_loss", epoch.ValidationLoss);
        Append(line, "val_mae", epoch.ValidationMeanAbsoluteError);
        Append(line, "val_accuracy", epoch.ValidationAccuracy);
        Append(line, "lr", epoch.LearningRate);
        return line.Append($"  {epoch.Seconds:0.0} s").ToString();
    }

    // Padded, so that the columns of neighbouring lines stand below each other.
    private static void Append(StringBuilder line, string name, double? value)
    {
        if (value is { } number)
            line.Append($"  {name} {$"{number:G4}",-9}");
    }
}
