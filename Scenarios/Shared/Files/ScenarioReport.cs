using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetRnn.Scenarios;

/// <summary>The outcome of a scenario for programs to read. What does not apply is left out of the file.</summary>
public sealed record ScenarioReport
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        // Class labels stay readable in the file, which is not embedded in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Name of the scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>The seed that everything random was drawn from.</summary>
    public required int Seed { get; init; }

    /// <summary>Epochs trained; null when a saved model was scored.</summary>
    public int? Epochs { get; init; }

    /// <summary>Seconds of training; null when a saved model was scored.</summary>
    public double? TrainSeconds { get; init; }

    /// <summary>Largest difference between the trained network and its ONNX graph, in standardised units.</summary>
    public double? OnnxMaxAbsDiff { get; init; }

    /// <summary>The models with their test metrics; the first is the one that was asked for.</summary>
    public required IReadOnlyList<ModelReport> Models { get; init; }

    /// <summary>Test metrics of each baseline on the same rows.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? Baselines { get; init; }

    /// <summary>Who wins, of the model and the baselines.</summary>
    public VerdictReport? Verdict { get; init; }

    /// <summary>How the model and the baselines do from several origins, where series are forecast.</summary>
    public BacktestReport? Backtest { get; init; }

    /// <summary>Test metrics of each class, where there are classes.</summary>
    public IReadOnlyDictionary<string, ClassReport>? PerClass { get; init; }

    /// <summary>Writes the report as JSON, completely or not at all.</summary>
    /// <exception cref="InvalidOperationException">A number is NaN or infinite; the message says which.</exception>
    public void Save(string path)
    {
        CheckFinite();
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, s_json));
    }

    // JSON has no NaN, and the serialiser's own message does not say which number it met.
    private void CheckFinite()
    {
        foreach (var (name, value) in Numbers())
        {
            if (!double.IsFinite(value))
                throw new InvalidOperationException($"The report's '{name}' is {value}; only finite numbers can be reported, leave "
                    + "out what does not apply.");
        }
    }

    private IEnumerable<(string Name, double Value)> Numbers()
    {
        yield return ("trainSeconds", TrainSeconds ?? 0);
        yield return ("onnxMaxAbsDiff", OnnxMaxAbsDiff ?? 0);
        foreach (var model in Models)
        {
            foreach (var (metric, value) in model.Test)
                yield return ($"models.{model.Name}.test.{metric}", value);
        }

        var named = Named("baselines", Baselines).Concat(Named("backtest.baselines", Backtest?.Baselines)).Concat(Named("backtest.perSeries", Backtest?.PerSeries));
        foreach (var number in named.Concat(Backtest?.Model.Test.Select(m => ($"backtest.model.test.{m.Key}", m.Value)) ?? []))
            yield return number;

        foreach (var (label, row) in PerClass ?? new Dictionary<string, ClassReport>())
        {
            yield return ($"perClass.{label}.precision", row.Precision);
            yield return ($"perClass.{label}.recall", row.Recall);
            yield return ($"perClass.{label}.f1", row.F1);
        }
    }

    private static IEnumerable<(string Name, double Value)> Named(string what, IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? metrics) =>
        (metrics ?? new Dictionary<string, IReadOnlyDictionary<string, double>>()).SelectMany(m => m.Value.Select(v => ($"{what}.{m.Key}.{v.Key}", v.Value)));
}

/// <summary>Who wins.</summary>
/// <param name="Metric">The test metric that decides.</param>
/// <param name="Winner">The model or the baseline that is best by it; a baseline where they are equal.</param>
/// <param name="BestBaseline">The baseline that is best by it.</param>
public sealed record VerdictReport(string Metric, string Winner, string BestBaseline);

/// <summary>Forecasts from several origins.</summary>
/// <param name="Folds">How many.</param>
/// <param name="Model">The model's metrics over all folds.</param>
/// <param name="Baselines">Those of each baseline.</param>
/// <param name="Winner">The model or the baseline that is best.</param>
/// <param name="BestBaseline">The baseline that is best.</param>
/// <param name="PerSeries">The MASE of each method by series.</param>
public sealed record BacktestReport(
    int Folds,
    ModelReport Model,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baselines,
    string Winner,
    string? BestBaseline,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> PerSeries);

/// <summary>Test metrics of one model.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Test">Metrics on the test rows by name: mae, rmse, mape, …</param>
public sealed record ModelReport(string Name, IReadOnlyDictionary<string, double> Test)
{
    /// <summary>A classifier with <c>accuracy</c> and <c>macroF1</c>.</summary>
    public static ModelReport Of(string name, ClassificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new(name, new Dictionary<string, double> { ["accuracy"] = report.Accuracy, ["macroF1"] = report.MacroAverage.F1 });
    }
}

/// <summary>Test metrics of one class.</summary>
/// <param name="Precision">Share of the predictions of this class that are right.</param>
/// <param name="Recall">Share of this class that was found.</param>
/// <param name="F1">Harmonic mean of precision and recall.</param>
/// <param name="Support">Test rows of this class.</param>
public sealed record ClassReport(double Precision, double Recall, double F1, long Support)
{
    /// <summary>Each class of a report by its label, in the report's order.</summary>
    public static IReadOnlyDictionary<string, ClassReport> PerClass(ClassificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new OrderedDictionary<string, ClassReport>(
            report.Classes.Select(c => KeyValuePair.Create(c.Label, new ClassReport(c.Precision, c.Recall, c.F1, c.Support))));
    }
}
