using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class ConsoleTests
{
    private static readonly EpochMetrics s_epoch = new(3, 0.0213, 0.112, 0.0301, 0.131, 0.001, 1.24);

    [TestMethod]
    public void An_epoch_is_one_line()
    {
        Assert.AreEqual(
            "epoch  3/50  loss 0.0213     mae 0.112      val_loss 0.0301     val_mae 0.131      lr 0.001      1.2 s",
            EpochProgress.Format(s_epoch, 50));
        Assert.AreEqual(
            "epoch 3/5  loss 0.0213     mae 0.112      lr 0.001      1.2 s",
            EpochProgress.Format(s_epoch with { ValidationLoss = null, ValidationMeanAbsoluteError = null }, 5));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Epochs_are_printed_while_they_are_reported_and_on_the_callers_thread(bool terminal)
    {
        var (console, text) = FakeConsole.Create(terminal);
        var thread = Environment.CurrentManagedThreadId;

        var result = EpochProgress.Run("LSTM [64]", 5, progress =>
        {
            Assert.AreEqual(thread, Environment.CurrentManagedThreadId);
            progress.Report(s_epoch);
            StringAssert.Contains(text.Text, "epoch 3/5  loss 0.0213");
            return 42;
        }, console);

        Assert.AreEqual(42, result);
        Assert.AreEqual(terminal, text.Text.Contains("LSTM [64]", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Redirected_lines_are_not_wrapped_and_hold_no_escapes()
    {
        var (console, text) = FakeConsole.Create(terminal: false);

        EpochProgress.Run("LSTM", 50, progress =>
        {
            progress.Report(s_epoch);
            return 0;
        }, console);

        Assert.HasCount(1, text.TextLines);
        Assert.IsGreaterThan(80, text.TextLines[0].Length);
        Assert.IsFalse(text.Text.Contains('\u001b'));
    }

    [TestMethod]
    public void Of_several_networks_the_lines_say_which()
    {
        var (console, text) = FakeConsole.Create(terminal: false);

        EpochProgress.Run("networks", 2, progress =>
        {
            foreach (int epoch in (int[])[1, 2, 1, 1, 2]) // the second one stops early
                progress.Report(s_epoch with { Epoch = epoch });
            return 0;
        }, console, networks: 3);

        Assert.AreSequenceEqual(
            ["network 1/3  epoch 1/2", "network 1/3  epoch 2/2", "network 2/3  epoch 1/2", "network 3/3  epoch 1/2", "network 3/3  epoch 2/2"],
            text.TextLines.Select(line => line[..22]));
    }

    [TestMethod]
    public void What_training_throws_passes_through()
    {
        foreach (var terminal in new[] { false, true })
        {
            var (console, _) = FakeConsole.Create(terminal);
            Assert.ThrowsExactly<InvalidCastException>(
                () => EpochProgress.Run<int>("LSTM", 5, _ => throw new InvalidCastException(), console));
        }
    }

    [TestMethod]
    public void A_redirected_table_is_aligned_and_not_wrapped()
    {
        var (console, text) = FakeConsole.Create(terminal: false);
        var name = new string('x', 100);

        ResultTable.Write(["Model", "RMSE"], [["LSTM [64]", "1.5"], [name, "12.25"]], console);

        Assert.AreSequenceEqual(
            [$"Model{new string(' ', 95)}   RMSE", $"{new string('-', 100)}  -----", $"LSTM [64]{new string(' ', 91)}    1.5", $"{name}  12.25"],
            text.TextLines.Select(l => l.TrimEnd('\r')));
    }

    [TestMethod]
    public void A_table_in_a_terminal_shows_every_cell()
    {
        var (console, text) = FakeConsole.Create(terminal: true);

        ResultTable.Write(["Model", "RMSE"], [["LSTM [64]", "1.5"]], console);

        foreach (var cell in new[] { "Model", "RMSE", "LSTM [64]", "1.5" })
            StringAssert.Contains(text.Text, cell);
    }

    [TestMethod]
    public void A_row_with_a_missing_cell_is_refused() =>
        Assert.ThrowsExactly<ArgumentException>(() => ResultTable.Write(["Model", "RMSE"], [["LSTM"]]));
}
