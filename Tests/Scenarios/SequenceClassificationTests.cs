using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace MlNetRnn.Tests.Scenarios;

/// <summary>The program as a user runs it.</summary>
[TestClass]
public sealed class SequenceClassificationTests
{
    private const string Name = "SequenceClassification";

    private static readonly string[] s_files = ["confusion.png", "history.png", "model.onnx", "model.zip", "report.json"];

    [TestMethod, TestCategory("Long")]
    public void Without_arguments_it_reads_the_digits_and_writes_everything()
    {
        using var folder = new TemporaryFolder();

        var run = Run(folder);

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        string output = Path.Combine("out", Name);
        var report = Report(folder, output);
        Assert.AreEqual(Name, report.GetProperty("scenario").GetString());
        Assert.IsGreaterThan(0.96, Accuracy(report));
        Assert.AreEqual(0.1, Metric(report.GetProperty("baselines").GetProperty("majority"), "accuracy"), 0.01);
        Assert.IsLessThan(1e-4, report.GetProperty("onnxMaxAbsDiff").GetDouble());
        Assert.AreSequenceEqual(Enumerable.Range(0, 10).Select(d => $"{d}"), report.GetProperty("perClass").EnumerateObject().Select(c => c.Name));
        Assert.AreEqual(359, report.GetProperty("perClass").EnumerateObject().Sum(c => c.Value.GetProperty("support").GetInt32()));
        Assert.AreSequenceEqual(s_files, Directory.EnumerateFiles(folder[output]).Select(Path.GetFileName).Order());
        foreach (string file in s_files)
            Assert.Contains(folder[Path.Combine(output, file)], run.Output);
        AssertPicture(folder[Path.Combine(output, "confusion.png")]);
        AssertPicture(folder[Path.Combine(output, "history.png")]);
        Assert.Contains("weighted avg", run.Output);
    }

    [TestMethod, TestCategory("Long")]
    public void Generated_texts_are_told_apart_by_their_order_and_saved_models_score_alike()
    {
        using var folder = new TemporaryFolder();

        var run = Run(folder, "--text", "--out", "a");

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        double accuracy = Accuracy(Report(folder, "a"));
        Assert.IsGreaterThan(0.9, accuracy);
        Assert.IsLessThan(0.6, Metric(Report(folder, "a").GetProperty("baselines").GetProperty("linear"), "accuracy"));
        foreach (string kind in (string[])["zip", "onnx"])
        {
            Assert.AreEqual("", Run(folder, "--text", "--model", $"a/model.{kind}", "--out", kind).Error);
            Assert.AreEqual(accuracy, Accuracy(Report(folder, kind)));
        }
    }

    [TestMethod]
    public void Sequences_of_files_are_learnt_and_a_saved_model_scores_alone()
    {
        using var folder = new TemporaryFolder();
        WriteShapes(folder["train.ts"], 90, seed: 1);
        WriteShapes(folder["test.ts"], 30, seed: 2);

        var trained = Run(folder, "--train", "train.ts", "--test", "test.ts", "--out", "a", "--epochs", "30", "--cell", "bigru");

        Assert.AreEqual((0, ""), (trained.ExitCode, trained.Error));
        Assert.Contains("Shapes: 90 training and 30 test sequences, 5 to 12 steps of 2 values.", trained.Output);
        Assert.Contains("3 classes with 30 training sequences each: rise, fall, peak.", trained.Output);
        double accuracy = Accuracy(Report(folder, "a"));
        Assert.IsGreaterThan(0.9, accuracy);
        foreach (string kind in (string[])["zip", "onnx"])
        {
            var scored = Run(folder, "--test", "test.ts", "--model", $"a/model.{kind}", "--out", kind);

            Assert.AreEqual((0, ""), (scored.ExitCode, scored.Error));
            var report = Report(folder, kind);
            Assert.AreEqual(accuracy, Accuracy(report));
            Assert.IsFalse(report.TryGetProperty("trainSeconds", out _) || report.TryGetProperty("baselines", out _), "nothing was trained");
            Assert.AreSequenceEqual(["confusion.png", "report.json"], Directory.EnumerateFiles(folder[kind]).Select(Path.GetFileName).Order());
        }
    }

    [TestMethod]
    public void Missing_values_and_classes_without_an_example_are_told_and_unseen_classes_count_as_errors()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["train.ts"], "@classLabel true a b c\n@data\n" + string.Concat(Enumerable.Repeat("1,?,3:a\n6,5,4,?:b\n", 10)));
        File.WriteAllText(folder["test.ts"], "@classLabel true a b c d\n@data\n1,2,3:a\n6,5,4:d\n6,5,4:d\n6,5,4:c\n");

        var run = Run(folder, "--train", "train.ts", "--test", "test.ts", "--out", "a", "--epochs", "2");

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("test: 20 training and 4 test sequences, 3 steps of 1 value.", run.Output);
        Assert.Contains("10 missing values filled in", run.Output);
        Assert.Contains("No training sequence has the class 'c'", run.Output);
        Assert.Contains("3 of 4 test sequences are of classes that the model was not trained on, and count as errors: 'd' (2), 'c' (1).", run.Output);
        var report = Report(folder, "a");
        Assert.IsLessThanOrEqualTo(0.25, Accuracy(report));
        Assert.AreEqual(2, report.GetProperty("perClass").GetProperty("d").GetProperty("support").GetInt32());
        Assert.AreEqual(0, report.GetProperty("perClass").GetProperty("d").GetProperty("recall").GetDouble());
    }

    [TestMethod]
    public void Texts_of_files_may_have_unknown_words_or_none()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["train.tsv"], string.Concat(Enumerable.Repeat("yes\tFine, \"thanks\"!\nno\tnot fine at all\n", 20)));
        File.WriteAllText(folder["test.tsv"], "yes\tfine thanks\nno\tNot FINE at all.\nyes\tvery fine indeed\nno\t?!\n");

        var run = Run(folder, "--text-train", "train.tsv", "--text-test", "test.tsv", "--out", "a", "--epochs", "15");

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("train: 40 training and 4 test sequences, texts of 0 to 4 words.", run.Output);
        Assert.Contains("rows without a prediction, counted as wrong: 1", run.Output);
        Assert.IsGreaterThanOrEqualTo(0.5, Accuracy(Report(folder, "a")));
    }

    [TestMethod, TestCategory("Long")]
    public void The_seed_decides_the_outcome()
    {
        using var folder = new TemporaryFolder();
        WriteShapes(folder["train.ts"], 60, seed: 1);
        WriteShapes(folder["test.ts"], 60, seed: 2);

        foreach (string name in (string[])["a", "b"])
            Assert.AreEqual("", Run(folder, "--train", "train.ts", "--test", "test.ts", "--out", name, "--epochs", "3", "--seed", "5").Error);

        Assert.AreSequenceEqual(File.ReadAllBytes(folder["a/confusion.png"]), File.ReadAllBytes(folder["b/confusion.png"]));
        Assert.AreEqual(Report(folder, "a").GetProperty("models").GetRawText(), Report(folder, "b").GetProperty("models").GetRawText());
    }

    [TestMethod]
    [DataRow("There is no data file", "--train", "nowhere.ts", "--test", "good.ts")]
    [DataRow("bad.ts, line 4: expected a number, or '?' where it is missing, as value 2 of dimension 1, found 'x'", "--train", "bad.ts", "--test", "good.ts")]
    [DataRow("bad.ts, line 4: expected a number", "--train", "good.ts", "--test", "bad.ts")]
    [DataRow("two.ts' has 2 dimensions; expected 1 as in", "--train", "good.ts", "--test", "two.ts")]
    [DataRow("All 2 training sequences have the class 'a'; expected two classes or more.", "--train", "single.ts", "--test", "good.ts")]
    [DataRow("--train goes with --test", "--train", "good.ts")]
    [DataRow("--test goes with --train", "--test", "good.ts")]
    [DataRow("--text-train goes with --text-test", "--text-train", "good.tsv")]
    [DataRow("--text-test goes with --text-train", "--text-test", "good.tsv")]
    [DataRow("Give either sequences of numbers", "--text", "--train", "good.ts", "--test", "good.ts")]
    [DataRow("bad.tsv, line 2: expected a class, a tab and a text, found no tab", "--text-train", "bad.tsv", "--text-test", "good.tsv")]
    [DataRow("latin1.tsv, line 1: expected text in UTF-8", "--text-train", "latin1.tsv", "--text-test", "good.tsv")]
    [DataRow("No word stands in the training texts 2 times", "--text-train", "rare.tsv", "--text-test", "good.tsv")]
    [DataRow("transformer", "--cell", "transformer")]
    [DataRow("--epochs is 0", "--epochs", "0")]
    [DataRow("nowhere.zip", "--model", "nowhere.zip")]
    [DataRow("cut.zip' cannot be read", "--model", "cut.zip")]
    [DataRow("cut or corrupted", "--model", "cut.onnx")]
    [DataRow("'.ts' files are not known; give a model.zip or model.onnx", "--model", "good.ts")]
    public void Bad_input_is_one_clear_line(string expected, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        WriteBadFiles(folder);

        var run = Run(folder, [.. arguments, "--out", "out"]);

        Assert.AreNotEqual(0, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.HasCount(1, run.Error.Trim().Split('\n'), run.Error);
        Assert.DoesNotContain("epoch", run.Output);
    }

    [TestMethod]
    public void A_model_refuses_data_of_another_kind()
    {
        using var folder = new TemporaryFolder();
        WriteBadFiles(folder);
        Assert.AreEqual("", Run(folder, "--train", "good.ts", "--test", "good.ts", "--epochs", "1", "--out", "a").Error);

        foreach (string kind in (string[])["zip", "onnx"])
        {
            AssertOneLine(Run(folder, "--model", $"a/model.{kind}", "--test", "two.ts"), $"model.{kind}' takes 1 value per step; this data has 2.");
            AssertOneLine(Run(folder, "--model", $"a/model.{kind}", "--text"), $"model.{kind}", "'Features'");
        }
    }

    [TestMethod]
    public void An_output_folder_that_cannot_be_written_is_refused_before_training()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["taken"], "");

        var run = Run(folder, "--out", "taken/out");

        AssertOneLine(run, "taken");
        Assert.DoesNotContain("epoch", run.Output);
    }

    [TestMethod]
    public void Help_names_the_options()
    {
        var run = ScenarioProgram.Run(Name, Path.GetTempPath(), "--help");

        Assert.AreEqual(0, run.ExitCode);
        foreach (string option in "--train --test --text --text-train --text-test --cell --out --seed --epochs --model".Split(' '))
            Assert.Contains($"{option} ", run.Output);
    }

    private static ScenarioProgram.Result Run(TemporaryFolder folder, params string[] arguments) => ScenarioProgram.Run(Name, folder.Path, arguments);

    // Two dimensions that rise, fall, or do one after the other, with noise: every value is as likely in each class.
    private static void WriteShapes(string path, int count, int seed)
    {
        var random = new Random(seed);
        string[] classes = ["rise", "fall", "peak"];
        var lines = Enumerable.Range(0, count).Select(i =>
        {
            int steps = random.Next(5, 13);
            string Dimension() => string.Join(',', Enumerable.Range(0, steps).Select(t => ((double)t / (steps - 1), random.NextDouble()) switch
            {
                var (x, noise) when i % 3 == 0 => x + (0.1 * noise),
                var (x, noise) when i % 3 == 1 => 1 - x + (0.1 * noise),
                var (x, noise) => 1 - Math.Abs((2 * x) - 1) + (0.1 * noise),
            }).Select(v => v.ToString("G6", CultureInfo.InvariantCulture)));
            return $"{Dimension()}:{Dimension()}:{classes[i % 3]}";
        });
        File.WriteAllLines(path, ["@problemName Shapes", "@dimensions 2", "@classLabel true rise fall peak", "@data", .. lines]);
    }

    private static void WriteBadFiles(TemporaryFolder folder)
    {
        const string Head = "@classLabel true a b\n@data\n";
        File.WriteAllText(folder["good.ts"], Head + "1,2:a\n2,1:b\n1,3:a\n3,1:b\n");
        File.WriteAllText(folder["bad.ts"], Head + "1,2:a\n1,x:b\n");
        File.WriteAllText(folder["two.ts"], Head + "1,2:1,2:a\n");
        File.WriteAllText(folder["single.ts"], Head + "1,2:a\n2,1:a\n");
        File.WriteAllText(folder["good.tsv"], "a\tone two\nb\ttwo one\n");
        File.WriteAllText(folder["bad.tsv"], "a\tone two\nb two one\n");
        File.WriteAllText(folder["rare.tsv"], "a\tone\nb\ttwo\n");
        File.WriteAllBytes(folder["latin1.tsv"], [.. "a\t"u8, 0xE4, .. "\n"u8]);
        File.WriteAllText(folder["cut.zip"], "PK");
        File.WriteAllText(folder["cut.onnx"], "half");
    }

    private static void AssertOneLine(ScenarioProgram.Result run, params string[] parts)
    {
        Assert.AreNotEqual(0, run.ExitCode);
        foreach (string part in parts)
            Assert.Contains(part, run.Error);
        Assert.HasCount(1, run.Error.Trim().Split('\n'), run.Error);
    }

    private static void AssertPicture(string path)
    {
        byte[] png = File.ReadAllBytes(path);
        CollectionAssert.AreEqual(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }, png[..4]);
        Assert.IsInRange(400, 3000, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), "width");
        Assert.IsInRange(400, 3000, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)), "height");
        Assert.IsGreaterThan(10_000, png.Length);
    }

    private static JsonElement Report(TemporaryFolder folder, string output)
    {
        using var report = JsonDocument.Parse(File.ReadAllText(folder[Path.Combine(output, "report.json")]));
        return report.RootElement.Clone();
    }

    private static double Accuracy(JsonElement report) => Metric(report.GetProperty("models")[0].GetProperty("test"), "accuracy");

    private static double Metric(JsonElement metrics, string name) => metrics.GetProperty(name).GetDouble();
}
