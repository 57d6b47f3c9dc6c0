using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MlNetRnn.Tests;

/// <summary>A service's model follows its file.</summary>
[TestClass]
public sealed class ModelReloadTests : IDisposable
{
    private static readonly SequenceModel s_old = TinyModel.Regression;
    private static readonly SequenceModel s_new = TinyModel.Retrained(TinyModel.Regression);
    private static readonly float[] s_sequence = [.. Enumerable.Range(0, 12).Select(i => MathF.Sin(i))];
    private static readonly float s_oldAnswer = Answer(s_old);
    private static readonly float s_newAnswer = Answer(s_new);

    private readonly Scenarios.TemporaryFolder _folder = new();
    private readonly RecordedLog _log = new();
    private ServiceProvider? _provider;

    private string ModelFile => _folder["model.onnx"];

    public void Dispose()
    {
        _provider?.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    [DataRow("written over")]
    [DataRow("moved there")]
    [DataRow("deleted and made anew")]
    public void A_new_file_takes_effect_however_it_comes(string how)
    {
        var predictor = Serve();

        switch (how)
        {
            case "written over":
                File.WriteAllBytes(ModelFile, s_new.OnnxBytes);
                break;
            case "moved there":
                s_new.Save(ModelFile);
                break;
            default:
                File.Delete(ModelFile);
                Thread.Sleep(100);
                File.WriteAllBytes(ModelFile, s_new.OnnxBytes);
                break;
        }

        Eventually(() => Ask(predictor) == s_newAnswer);
        Eventually(() => _log.Lines.Any(line => line.StartsWith("Information", StringComparison.Ordinal) && line.Contains(ModelFile, StringComparison.Ordinal)));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)] // links need rights there
    public void A_link_to_another_folder_takes_effect_as_Kubernetes_mounts_do()
    {
        foreach (var (version, model) in new[] { ("v1", s_old), ("v2", s_new) })
        {
            Directory.CreateDirectory(_folder[version]);
            model.Save(Path.Combine(_folder[version], "model.onnx"));
        }
        Directory.CreateSymbolicLink(_folder["..data"], "v1");
        File.CreateSymbolicLink(ModelFile, Path.Combine("..data", "model.onnx"));
        var predictor = Serve(write: false);
        Assert.AreEqual(s_oldAnswer, Ask(predictor));

        Directory.CreateSymbolicLink(_folder["..new"], "v2");
        Directory.Delete(_folder["..data"]);
        Directory.Move(_folder["..new"], _folder["..data"]);

        Eventually(() => Ask(predictor) == s_newAnswer);
    }

    [TestMethod]
    [DataRow("cut", "cut or corrupted")]
    [DataRow("flipped", "corrupted")]
    [DataRow("zip", "zip file")]
    [DataRow("newer", "model format 99")]
    [DataRow("other shape", "'Forecast'")]
    [DataRow("no such operation", "Nonsense")]
    [DataRow("missing", "model.onnx")]
    [DataRow("empty", "not a whole ONNX file")]
    public void A_bad_file_is_logged_once_and_the_old_model_goes_on_until_a_good_one_comes(string kind, string reason)
    {
        var predictor = Serve();

        if (kind == "missing")
            File.Delete(ModelFile);
        else
            AtomicFile.Write(ModelFile, stream => stream.Write(Bad(kind))); // whole at once: a half of it would be another warning

        Eventually(() => _log.Warnings.Length > 0);
        Thread.Sleep(150);
        string warning = _log.Warnings.Single();
        Assert.Contains(ModelFile, warning);
        Assert.Contains(reason, warning);
        Assert.Contains("stays in use", warning);
        Assert.AreEqual(s_oldAnswer, Ask(predictor));

        s_new.Save(ModelFile);
        Eventually(() => Ask(predictor) == s_newAnswer);
    }

    [TestMethod]
    public void A_file_that_is_being_copied_is_waited_for()
    {
        var predictor = Serve(interval: 400);

        using (var stream = File.Create(ModelFile))
        {
            foreach (byte[] piece in s_new.OnnxBytes.Chunk((s_new.OnnxBytes.Length / 12) + 1))
            {
                stream.Write(piece);
                stream.Flush();
                Thread.Sleep(40);
                Assert.AreEqual(s_oldAnswer, Ask(predictor));
            }
        }

        Eventually(() => Ask(predictor) == s_newAnswer);
        Assert.IsEmpty(_log.Warnings);
    }

    [TestMethod]
    public void A_file_that_was_filled_without_a_trace_is_tried_again()
    {
        var predictor = Serve();
        byte[] bad = [.. s_new.OnnxBytes];
        bad[^1] ^= 1;
        File.WriteAllBytes(ModelFile, bad);
        Eventually(() => _log.Warnings.Length > 0);
        var written = File.GetLastWriteTimeUtc(ModelFile);

        File.WriteAllBytes(_folder["whole"], s_new.OnnxBytes);
        File.SetLastWriteTimeUtc(_folder["whole"], written);
        File.Move(_folder["whole"], ModelFile, overwrite: true);

        Eventually(() => Ask(predictor) == s_newAnswer);
    }

    [TestMethod]
    public void Calls_during_reloads_are_answered_by_one_model_or_the_other()
    {
        var predictor = Serve();
        bool done = false;
        long wrong = 0, reloads = 0;
        predictor.ModelReplaced += (_, _) => Interlocked.Increment(ref reloads);
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                float answer = Ask(predictor);
                if (answer != s_oldAnswer && answer != s_newAnswer)
                    Interlocked.Increment(ref wrong);
            }
        }))];
        foreach (var thread in threads)
            thread.Start();

        for (int i = 1; i <= 20; i++)
        {
            (i % 2 == 0 ? s_old : s_new).Save(ModelFile);
            Eventually(() => Interlocked.Read(ref reloads) >= i);
        }
        Volatile.Write(ref done, true);
        foreach (var thread in threads)
            thread.Join();

        Assert.AreEqual(0, wrong);
        Assert.IsEmpty(_log.Warnings);
    }

    [TestMethod]
    [DataRow(typeof(InvalidOperationException))]
    [DataRow(typeof(ObjectDisposedException))] // of something of the handler's, not of the predictor
    public void A_handler_that_fails_is_logged_and_the_next_file_is_taken(Type failure)
    {
        var predictor = Serve();
        predictor.ModelReplaced += (_, _) => throw (Exception)Activator.CreateInstance(failure, "handler's own")!;

        s_new.Save(ModelFile);
        Eventually(() => Ask(predictor) == s_newAnswer);
        Eventually(() => _log.Lines.Any(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("handler's own", StringComparison.Ordinal)));

        s_old.Save(ModelFile);
        Eventually(() => Ask(predictor) == s_oldAnswer);
    }

    [TestMethod]
    public void Nothing_is_watched_after_the_services_are_disposed_or_without_the_option()
    {
        var predictor = Serve();
        _provider!.Dispose();
        s_new.Save(ModelFile);
        Thread.Sleep(200);
        Assert.AreEqual(s_old.OnnxBytes.Length, predictor.Model.OnnxBytes.Length);
        Assert.IsEmpty(_log.Lines);

        var fixedModel = Serve(reload: false);
        s_new.Save(ModelFile);
        Thread.Sleep(200);
        Assert.AreEqual(s_oldAnswer, Ask(fixedModel));
        Assert.IsEmpty(_log.Lines);
    }

    private SequencePredictor Serve(bool write = true, bool reload = true, int interval = 15)
    {
        if (write)
            s_old.Save(ModelFile);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_log));
        services.AddSequencePredictor(ModelFile, options =>
        {
            options.PollInterval = TimeSpan.FromMilliseconds(interval);
            options.ReloadOnChange = reload;
        });
        _provider = services.BuildServiceProvider();
        return _provider.GetRequiredService<SequencePredictor>();
    }

    private static byte[] Bad(string kind) => kind switch
    {
        "cut" => s_new.OnnxBytes[..^100],
        "flipped" => Flipped(),
        "zip" => [.. "PK\u0003\u0004"u8, 0, 0],
        "newer" => OnnxEdit.WithProperty(s_new.OnnxBytes, "mlnetrnn.format", "99"),
        "other shape" => TinyModel.Forecasting.OnnxBytes,
        "no such operation" => TinyModel.Tampered(s_new, graph => graph.Node[0].OpType = "Nonsense").OnnxBytes,
        _ => [],
    };

    private static byte[] Flipped()
    {
        byte[] bytes = [.. s_new.OnnxBytes];
        bytes[bytes.Length / 2] ^= 1;
        return bytes;
    }

    private static float Ask(SequencePredictor predictor) => predictor.Predict(s_sequence)[0];

    private static float Answer(SequenceModel model)
    {
        using var predictor = new SequencePredictor(model);
        return Ask(predictor);
    }

    private static void Eventually(Func<bool> condition) =>
        Assert.IsTrue(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)), "it did not happen in 30 seconds");
}
