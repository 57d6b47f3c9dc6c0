using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>Writes exported files of every kind where MLNETRNN_INTEROP_DIR says, for other tools to check; see README.md.</summary>
[TestClass]
public sealed class InteropFileTests
{
    public static IEnumerable<(string Name, RecurrentOptions Options)> Kinds =>
    [
        ("rnn", TinyModel.Options with { Cell = RecurrentCell.Rnn, Scaling = new() }),
        ("rnn-relu", TinyModel.Options with { Cell = RecurrentCell.RnnRelu, Scaling = new() }),
        ("lstm", TinyModel.Options with { Cell = RecurrentCell.Lstm, Scaling = new() }),
        ("gru", TinyModel.Options with { Cell = RecurrentCell.Gru, Scaling = new() }),
        ("bilstm", TinyModel.Options with { Cell = RecurrentCell.Lstm, Bidirectional = true, HiddenSizes = [8, 4], Scaling = new() }),
        ("bigru-no-dense", TinyModel.Options with { Cell = RecurrentCell.Gru, Bidirectional = true, DenseSizes = [], Scaling = new() }),
        ("bilstm-differenced", TinyModel.Options with { Cell = RecurrentCell.Lstm, Bidirectional = true }),
        ("rnn-differenced", TinyModel.Options with { Cell = RecurrentCell.Rnn, Bidirectional = true }),
    ];

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Each_kind_of_network_is_exported_and_verified(string name, RecurrentOptions options)
    {
        var ml = new MLContext(1);
        var series = TinyModel.Series(ml, 60);
        options = options with { Training = options.Training with { Epochs = 1 } };
        var chain = TinyModel.Windowing(ml, 3).Append(ml.Forecasting.ForecastByRecurrent("Forecast", "Window", "Label", options)).Fit(series);
        using var temporary = new Scenarios.TemporaryFolder();
        string folder = Environment.GetEnvironmentVariable("MLNETRNN_INTEROP_DIR") is { Length: > 0 } chosen
            ? Directory.CreateDirectory(chosen).FullName
            : temporary.Path;

        ml.Model.SaveAsOnnx(chain, series.Schema, Path.Combine(folder, $"{name}.onnx"), new OnnxExportOptions { SampleRows = series });

        using var predictor = SequencePredictor.Load(Path.Combine(folder, $"{name}.onnx"));
        Assert.IsTrue(predictor.Predict(new float[12]).All(float.IsFinite));
    }
}
