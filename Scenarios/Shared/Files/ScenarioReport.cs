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

        foreach (var (name, metrics) in Baselines ?? new Dictionary<string, IReadOnlyDictionary<string, double>>())
        {
            foreach (var (metric, value) in metrics)
                yield return ($"baselines.{name}.{metric}", value);
        }

        foreach (var (label, row) in PerClass ?? new Dictionary<string, ClassReport>())
        {
            yield return ($"perClass.{label}.precision", row.Precision);
            yield return ($"perClass.{label}.recall", row.Recall);
            yield return ($"perClass.{label}.f1", row.F1);
        }
    }
}

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
