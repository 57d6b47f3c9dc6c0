using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class ScoringTests
{
    private const int Rows = 300;

    private static readonly TemporaryFolder s_folder = new();

    [ClassInitialize]
    public static void SaveModels(TestContext _)
    {
        var ml = new MLContext(1);
        var series = TinyModel.Series(ml, 20);
        foreach (var (name, model) in new[] { ("model", TinyModel.Regression), ("forecast", TinyModel.Forecasting) })
        {
            var chain = TinyModel.Chain(ml, model);
            AtomicFile.Write(s_folder[$"{name}.zip"], stream => ml.Model.Save(chain, series.Schema, stream));
            ml.Model.SaveAsOnnx(chain, series.Schema, s_folder[$"{name}.onnx"]);
        }
        WriteCsv("data.csv", "Name,\"Other\",Value", r => $"\"{r.Name}, quoted\",{Text(r.Other)},{Text(r.Value)}");
    }

    [ClassCleanup]
    public static void DeleteModels() => s_folder.Dispose();

    [TestMethod]
    public void A_zip_model_scores_in_a_fresh_process_bit_for_bit_as_here()
    {
        var run = Run("--model", "model.zip", "--data", "data.csv");

        var rows = Read(run, "Row,Score");
        float[] expected = [.. TinyModel.Scores(TransformHere(TinyModel.Regression))];
        Assert.HasCount(Rows - 5, expected);
        Assert.AreSequenceEqual(expected, rows.Select(r => r.Values.Single()));
        Assert.AreSequenceEqual(Enumerable.Range(6, expected.Length).Select(i => (long)i), rows.Select(r => r.Row));
    }

    [TestMethod]
    public void A_zip_forecaster_scores_in_a_fresh_process_bit_for_bit_as_here()
    {
        var run = Run("--model", "forecast.zip", "--data", "data.csv");

        float[] expected = [.. TransformHere(TinyModel.Forecasting).GetColumn<float[]>("Forecast").SelectMany(f => f)];
        Assert.AreSequenceEqual(expected, Read(run, "Row,Forecast[t+1],Forecast[t+2],Forecast[t+3]").SelectMany(r => r.Values));
    }

    [TestMethod]
    [DataRow("model")]
    [DataRow("forecast")]
    public void Zip_and_onnx_of_a_model_give_the_same(string name)
    {
        var zip = Read(Run("--model", $"{name}.zip", "--data", "data.csv"));
        var onnx = Read(Run("--model", $"{name}.onnx", "--data", "data.csv"));

        Assert.AreSequenceEqual(zip.Select(r => r.Row), onnx.Select(r => r.Row));
        foreach (var (expected, actual) in zip.SelectMany(r => r.Values).Zip(onnx.SelectMany(r => r.Values)))
            Assert.AreEqual(expected, actual, 1e-6f * Math.Max(1, Math.Abs(expected)));
    }

    [TestMethod]
    public void Windows_keep_to_groups_and_stride_and_rows_to_their_numbers()
    {
        var ml = new MLContext(1);
        var series = TinyModel.Series(ml, 20);
        var windowing = ml.Transforms.SlidingWindow("Window", ["Value", "Other"], 6, groupColumnName: "Name", stride: 2).Fit(series);
        using var transformer = new SequenceTransformer(TinyModel.Regression);
        var chain = new TransformerChain<ITransformer>(windowing, transformer);
        AtomicFile.Write(s_folder["groups.zip"], stream => ml.Model.Save(chain, series.Schema, stream));
        ml.Model.SaveAsOnnx(chain, series.Schema, s_folder["groups.onnx"]);
        // Groups of 10, 5 (too short) and 7 rows.
        WriteCsv("groups.csv", "Name,Value,Other", r => $"{(r.Extra[0] < 10 ? "a" : r.Extra[0] < 15 ? "b" : "c")},{Text(r.Value)},{Text(r.Other)}", 22);

        foreach (string model in new[] { "groups.zip", "groups.onnx" })
            Assert.AreSequenceEqual([6L, 8, 10, 21], Read(Run("--model", model, "--data", "groups.csv")).Select(r => r.Row), model);
    }

    [TestMethod]
    public void Windows_are_cut_by_the_options_they_were_trained_with()
    {
        var ml = new MLContext(1);
        var series = TinyModel.Series(ml, 20);
        using var transformer = new SequenceTransformer(TinyModel.Regression);
        void Save(string name, SlidingWindowOptions options)
        {
            var chain = new TransformerChain<ITransformer>(ml.Transforms.SlidingWindow(options).Fit(series), transformer);
            AtomicFile.Write(s_folder[$"{name}.zip"], stream => ml.Model.Save(chain, series.Schema, stream));
            ml.Model.SaveAsOnnx(chain, series.Schema, s_folder[$"{name}.onnx"]);
        }
        var options = new SlidingWindowOptions
        {
            InputColumns = ["Value", "Other"],
            WindowLength = 6,
            GroupColumn = "Name",
            Groups = SeriesGroups.Interleaved,
            MissingValues = MissingValuePolicy.ForwardFill,
        };
        Save("filled", options);
        Save("timed", options with { TimeColumn = "Value", FutureColumns = ["Other"] });
        WriteCsv("turns.csv", "Name,Value,Other", r => $"{r.Extra[0] % 2},{(r.Extra[0] == 9 ? "" : Text(r.Value))},{Text(r.Other)}", 16);

        var zip = Read(Run("--model", "filled.zip", "--data", "turns.csv"));
        Assert.AreSequenceEqual([11L, 12, 13, 14, 15, 16], zip.Select(r => r.Row).Order());
        foreach (var (expected, actual) in zip.Zip(Read(Run("--model", "filled.onnx", "--data", "turns.csv"))))
        {
            Assert.AreEqual(expected.Row, actual.Row);
            Assert.AreEqual(expected.Values[0], actual.Values[0], 1e-6f);
        }
        AssertOneLine(Run("--model", "timed.zip", "--data", "turns.csv"), "time column 'Value'"); // Value is not increasing
        AssertOneLine(Run("--model", "timed.onnx", "--data", "turns.csv"), "time column 'Value'", ".zip");
    }

    [TestMethod]
    [DataRow("model.zip")]
    [DataRow("model.onnx")]
    public void Columns_of_other_names_are_taken_in_the_order_given(string model)
    {
        WriteCsv("renamed.csv", "b,a", r => $"{Text(r.Other)},{Text(r.Value)}");

        var renamed = Run("--model", model, "--data", "renamed.csv", "--column", "a", "b");

        Assert.AreEqual(Run("--model", model, "--data", "data.csv").Output, renamed.Output, renamed.Error);
    }

    [TestMethod]
    public void Scores_go_to_a_file_and_a_failing_run_leaves_the_old_one()
    {
        var written = Run("--model", "model.onnx", "--data", "data.csv", "--out", "scores.csv");
        Assert.AreEqual((0, "", ""), (written.ExitCode, written.Output, written.Error));
        string scores = File.ReadAllText(s_folder["scores.csv"]);
        Assert.AreEqual(Run("--model", "model.onnx", "--data", "data.csv").Output, scores);

        WriteCsv("broken.csv", "Value,Other", r => r.Extra[0] == 200 ? "oops,1" : $"{Text(r.Value)},{Text(r.Other)}");
        var failed = Run("--model", "model.onnx", "--data", "broken.csv", "--out", "scores.csv");

        AssertOneLine(failed, "Row 201", "Score is NaN", "not a number");
        Assert.AreEqual(scores, File.ReadAllText(s_folder["scores.csv"]));
        Assert.IsEmpty(s_folder.Names.Where(n => n!.EndsWith(".tmp", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow("model.zip")]
    [DataRow("model.onnx")]
    public void An_empty_field_is_no_zero(string model)
    {
        WriteCsv("gap.csv", "Value,Other", r => r.Extra[0] == 8 ? $",{Text(r.Other)}" : $"{Text(r.Value)},{Text(r.Other)}", 30);

        AssertOneLine(Run("--model", model, "--data", "gap.csv"), "Row 9", "missing");
    }

    [TestMethod]
    [DataRow("model.zip")]
    [DataRow("model.onnx")]
    public void A_row_with_too_few_fields_is_refused(string model)
    {
        WriteCsv("short.csv", "Name,Value,Other", r => r.Extra[0] == 8 ? $"\"a,\nb\",{Text(r.Value)}" : $"\"a,\nb\",{Text(r.Value)},{Text(r.Other)}");

        AssertOneLine(Run("--model", model, "--data", "short.csv"), "Row 9", "2 of the header's 3 fields");
    }

    [TestMethod]
    [DataRow("model.zip")]
    [DataRow("model.onnx")]
    public void Quotes_line_breaks_and_empty_lines_are_read_as_csv_has_them(string model)
    {
        WriteCsv("quoted.csv", "\"Some, name\",Value,\"Other\"", r => ((int)r.Extra[0] % 4) switch
        {
            0 => $"\"two\nlines, \"\"quoted\"\"\",\"{Text(r.Value)}\",{Text(r.Other)}\r",
            1 => $"5\" pipe,{Text(r.Value)},{Text(r.Other)},more\n",
            _ => $",{Text(r.Value)},{Text(r.Other)}",
        });

        Assert.AreEqual(Run("--model", model, "--data", "data.csv").Output, Run("--model", model, "--data", "quoted.csv").Output);
    }

    [TestMethod]
    [DataRow("nowhere.zip", "data.csv", "There is no model file 'nowhere.zip'")]
    [DataRow("nowhere.onnx", "data.csv", "There is no model file 'nowhere.onnx'")]
    [DataRow("model.zip", "nowhere.csv", "There is no data file 'nowhere.csv'")]
    [DataRow("data.csv", "data.csv", "unknown kind; expected a .zip or an .onnx")]
    [DataRow("model.zip", "empty.csv", "empty.csv' is empty")]
    [DataRow("model.onnx", "few.csv", "nothing to score")]
    [DataRow("model.zip", "few.csv", "nothing to score")]
    [DataRow("model.zip", "column.csv", "no column 'Other'; it has 'Value', 'Extra'")]
    [DataRow("model.onnx", "column.csv", "no column 'Other'; it has 'Value', 'Extra'")]
    [DataRow("cut.zip", "data.csv", "'cut.zip' cannot be read")]
    [DataRow("flipped.zip", "data.csv", "'flipped.zip' cannot be read: The sequence model in this file is corrupted")]
    [DataRow("cut.onnx", "data.csv", "'cut.onnx' is not a whole ONNX file")]
    [DataRow("alone.onnx", "data.csv", "exported without its windowing step")]
    [DataRow("alone.zip", "data.csv", "'Window' of type Vector<Single, 6, 2>")]
    [DataRow("empty.zip", "data.csv", "'empty.zip' has no trained sequence model")]
    public void Bad_input_is_one_clear_line(string model, string data, string expected)
    {
        WriteBadFiles();

        AssertOneLine(Run("--model", model, "--data", data), expected);
    }

    [TestMethod]
    [DataRow("--model", "--data", "data.csv")]
    [DataRow("--data", "--model", "model.zip")]
    [DataRow("3 columns; the model has 2 inputs: Value, Other", "--model", "model.onnx", "--data", "data.csv", "--column", "a", "b", "c")]
    [DataRow("missing/scores.csv", "--model", "model.onnx", "--data", "data.csv", "--out", "missing/scores.csv")]
    public void A_wrong_command_line_is_one_clear_line(string expected, params string[] arguments) => AssertOneLine(Run(arguments), expected);

    [TestMethod]
    public void Precisions_are_compared_on_the_rows()
    {
        var run = Run("--model", "forecast.zip", "--data", "data.csv", "--compare-precisions");

        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        foreach (string part in new[] { "Float32", "Float16Weights", "Int8", "RMSE", $"{Rows - 5} sequences, {3 * (Rows - 5) - 6} labels" })
            Assert.Contains(part, run.Output);
        AssertOneLine(Run("--model", "model.onnx", "--data", "data.csv", "--compare-precisions"), "--compare-precisions", ".zip");
    }

    [TestMethod]
    public void Help_names_the_options()
    {
        var run = Run("--help");

        Assert.AreEqual(0, run.ExitCode);
        foreach (string option in new[] { "--model", "--data", "--out", "--column", "--compare-precisions" })
            Assert.Contains(option, run.Output);
    }

    [TestMethod]
    public void The_program_ships_no_torch()
    {
        string program = ScenarioProgram.PathOf("Scoring");
        using var deps = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(program, ".deps.json")));
        string[] libraries = [.. deps.RootElement.GetProperty("libraries").EnumerateObject().Select(l => l.Name)];

        Assert.Contains(l => l.StartsWith("Microsoft.ML.OnnxRuntime/", StringComparison.Ordinal), libraries);
        Assert.DoesNotContain("torch", deps.RootElement.GetRawText().ToLowerInvariant());
        Assert.IsEmpty(Directory.EnumerateFiles(Path.GetDirectoryName(program)!, "*torch*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MatchCasing = MatchCasing.CaseInsensitive,
        }));
        // The probe can tell: the tests themselves train.
        Assert.Contains("torch", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "MlNetRnn.Tests.deps.json")).ToLowerInvariant());
    }

    private static IDataView TransformHere(SequenceModel model)
    {
        var ml = new MLContext(1);
        return TinyModel.Chain(ml, model).Transform(TinyModel.Series(ml, Rows));
    }

    private static void WriteBadFiles()
    {
        var ml = new MLContext(1);
        var series = TinyModel.Series(ml, 20);
        byte[] zip = File.ReadAllBytes(s_folder["model.zip"]);
        File.WriteAllBytes(s_folder["cut.zip"], zip[..(zip.Length / 2)]);
        File.WriteAllBytes(s_folder["flipped.zip"], ModelZip.Edit(zip, (name, bytes) =>
        {
            bytes[bytes.Length / 2] ^= 1;
            return name.EndsWith("model.onnx", StringComparison.Ordinal) ? bytes : null;
        }));
        File.WriteAllBytes(s_folder["cut.onnx"], File.ReadAllBytes(s_folder["model.onnx"])[..1000]);
        var windowing = TinyModel.Windowing(ml).Fit(series);
        var windows = windowing.Transform(series);
        TinyModel.Regression.Save(s_folder["alone.onnx"]);
        File.WriteAllBytes(s_folder["alone.zip"], ModelZip.Save(new SequenceTransformer(TinyModel.Regression), ml.Transforms.SelectColumns("Window").Fit(windows).Transform(windows).Schema));
        File.WriteAllBytes(s_folder["empty.zip"], ModelZip.Save(windowing, series.Schema));
        File.WriteAllText(s_folder["empty.csv"], "");
        WriteCsv("few.csv", "Value,Other", r => $"{Text(r.Value)},{Text(r.Other)}", 5);
        WriteCsv("column.csv", "Value,Extra", r => $"{Text(r.Value)},1");
    }

    private static void WriteCsv(string name, string header, Func<SeriesRow, string> line, int rows = Rows) =>
        File.WriteAllLines(s_folder[name], TinyModel.Rows(rows).Select(line).Prepend(header));

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static ScenarioProgram.Result Run(params string[] arguments) => ScenarioProgram.Run("Scoring", s_folder.Path, arguments);

    private static List<(long Row, float[] Values)> Read(ScenarioProgram.Result run, string? header = null)
    {
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (header is not null)
            Assert.AreEqual(header, lines[0]);
        return [.. lines.Skip(1).Select(l => l.Split(',')).Select(f => (
            long.Parse(f[0], CultureInfo.InvariantCulture), f[1..].Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray()))];
    }

    private static void AssertOneLine(ScenarioProgram.Result run, params string[] parts)
    {
        Assert.AreNotEqual(0, run.ExitCode);
        foreach (string part in parts)
            Assert.Contains(part, run.Error);
        Assert.HasCount(1, run.Error.Trim().Split('\n'), run.Error);
    }
}
