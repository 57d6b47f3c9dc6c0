using System.Collections.Immutable;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>How a fitted pipeline is written as ONNX.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// Rows in the pipeline's input schema that the file is verified with before it is put in place: its results must equal those of
    /// <c>Transform</c>. They are read once, in batches. Null (default) relies on the comparison made at the end of training.
    /// </summary>
    public IDataView? SampleRows { get; init; }

    /// <summary>
    /// Largest difference allowed in that comparison, relative to the size of the values (at least 1); at least 0. Default 1e-5. Another
    /// <see cref="Precision"/> is held to it before the weights are reduced; then to a root mean square difference of 5 % (Int8) or 1 %
    /// (Float16Weights) of the spread of the predictions, which no sound reduction reaches.
    /// </summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>
    /// How the weights are stored and multiplied: smaller and faster, or exactly as trained (default). <c>ml.Model.CompareOnnxPrecisions</c>
    /// tells what each gives and costs on data at hand.
    /// </summary>
    public OnnxPrecision Precision { get; init; } = OnnxPrecision.Float32;

    /// <summary>
    /// Whether the file is one step of the model, for <see cref="StreamingPredictor"/>: an observation <c>[batch, features]</c> and the state
    /// before it in, the prediction and the state after it out. Default false: whole sequences.
    /// </summary>
    public bool Streaming { get; init; }

    /// <summary>
    /// Columns that the file takes as its inputs, though steps of the pipeline make them: all steps up to those stay outside. Such as the
    /// tokens of a text, since no ONNX operator splits texts as ML.NET does. Where steps change a column in place, what it is first of which
    /// the rest can be written. Default: none, the file takes raw columns.
    /// </summary>
    public ImmutableArray<string> InputColumnNames
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <summary>
    /// Converters of steps that the library does not know, such as your own, asked before the library's. Default: none.
    /// </summary>
    public ImmutableArray<OnnxStepConverter> Converters
    {
        get => field.IsDefault ? [] : field;
        init;
    } = [];

    /// <exception cref="ArgumentException">Something is wrong; the text lists all of it.</exception>
    internal void Validate()
    {
        var problems = new Problems();
        problems.AddIf(!(Tolerance >= 0 && double.IsFinite(Tolerance)), $"Tolerance is {Tolerance}; expected a number of at least 0.");
        problems.AddIf(
            !Enum.IsDefined(Precision), $"Precision is {Precision}; expected one of {string.Join(", ", Enum.GetNames<OnnxPrecision>())}.");
        problems.AddIf(InputColumnNames.Any(string.IsNullOrWhiteSpace), "InputColumnNames holds an empty name; name columns of the pipeline.");
        problems.AddIf(Converters.Any(c => c is null), "Converters holds null; expected converters only.");
        problems.ThrowIfAny(nameof(OnnxExportOptions));
    }
}
