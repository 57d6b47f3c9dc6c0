using System.Diagnostics;
using Microsoft.ML;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests;

/// <summary>Processes that train are killed at random moments; the last one comes to the model of an unbroken run.</summary>
[TestClass]
public class KilledTrainingTests
{
    private const int Kills = 12;

    [TestMethod, TestCategory("Long")]
    public void A_run_killed_at_any_moment_resumes_to_the_same_model()
    {
        using var folder = new TemporaryFolder();
        var unbroken = new Run("-", folder["unbroken.zip"]);
        Assert.AreEqual(0, unbroken.Wait(), unbroken.Error);
        var random = new Random();
        int resumed = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            // counted from the first words on, so that it hits training and not the process's start
            var run = new Run(folder["training.state"], folder["model.zip"]);
            run.WaitForWords();
            Thread.Sleep(random.Next((int)(unbroken.Training.TotalMilliseconds * 2 / Kills)));
            run.Kill();
            resumed += run.CompletedEpochs > 0 ? 1 : 0;
        }
        Assert.IsGreaterThan(0, resumed, "some should have gone on from epochs that others trained");

        var last = new Run(folder["training.state"], folder["model.zip"]);
        Assert.AreEqual(0, last.Wait(), last.Error);

        Assert.IsGreaterThan(0, last.CompletedEpochs);
        Assert.AreSequenceEqual(Weights(folder["unbroken.zip"]), Weights(folder["model.zip"]));
        Assert.AreSequenceEqual(["model.zip", "training.state", "unbroken.zip"], folder.Names, "no remains of killed writers");
    }

    private static float[] Weights(string path) => ModelWeights.Of(new MLContext().Model.Load(path, out _).GetSequenceModel());

    private sealed class Run
    {
        private readonly Process _process;
        private readonly Task<string> _error;
        private readonly TaskCompletionSource _words = new();
        private readonly Stopwatch _watch = new();

        public Run(string checkpoint, string model)
        {
            string program = Repository.PathOf(
                "Tests", "Programs", "KilledTraining", "bin", Repository.Output.Parent!.Name, Repository.Output.Name, "KilledTraining.dll");
            _process = Process.Start(new ProcessStartInfo("dotnet", [program, checkpoint, model]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            _error = _process.StandardError.ReadToEndAsync();
            _process.OutputDataReceived += (_, line) => Hear(line.Data);
            _process.BeginOutputReadLine();
        }

        public int CompletedEpochs { get; private set; } = -1;

        public TimeSpan Training => _watch.Elapsed;

        public string Error => _error.Result;

        public void WaitForWords() => Assert.IsTrue(_words.Task.Wait(TimeSpan.FromMinutes(2)), "it should have begun to train");

        public int Wait()
        {
            _process.WaitForExit();
            return _process.ExitCode;
        }

        public void Kill()
        {
            _process.Kill(); // SIGKILL: no handler runs
            _process.WaitForExit();
        }

        private void Hear(string? line)
        {
            if (line is null)
                _watch.Stop();
            if (line?.Split(' ') is not ["after", var epochs])
                return;
            CompletedEpochs = int.Parse(epochs, System.Globalization.CultureInfo.InvariantCulture);
            _watch.Start();
            _words.TrySetResult();
        }
    }
}
