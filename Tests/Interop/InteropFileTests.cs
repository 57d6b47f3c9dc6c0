using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>
/// Writes exported files of every kind where MLNETRNN_INTEROP_DIR says, for other tools to check, and beside each what our runtime gives; see
/// README.md.
/// </summary>
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
        ("own-cell", TinyModel.Options with { Cell = new MinGruCell(), HiddenSizes = [8, 4] }),
        ("own-cell-bidirectional", TinyModel.Options with { Cell = new PeepholeLstmCell(), Bidirectional = true }),
    ];

    public static IEnumerable<(string Name, RecurrentOptions Options, OnnxPrecision Precision)> Reduced =>
        from kind in new (string Name, RecurrentOptions Options)[]
        {
            ("lstm", TinyModel.Options with { Cell = RecurrentCell.Lstm, HiddenSizes = [128, 16] }),
            ("bilstm", TinyModel.Options with { Cell = RecurrentCell.Lstm, Bidirectional = true, HiddenSizes = [128], LayerNormalization = true }),
            ("gru", TinyModel.Options with { Cell = RecurrentCell.Gru, HiddenSizes = [32] }),
            ("own-cell", TinyModel.Options with { Cell = new PeepholeLstmCell(), HiddenSizes = [24] }),
        }
        from precision in new[] { OnnxPrecision.Float16Weights, OnnxPrecision.Int8 }
        select ($"{kind.Name}-{precision.ToString().ToLowerInvariant()}", kind.Options, precision);

    public static IEnumerable<object[]> VariableLengthCells => [["rnn"], ["lstm"], ["gru"], ["min-gru"]];

    [TestMethod]
    [DynamicData(nameof(VariableLengthCells))]
    public void Each_kind_of_network_of_variable_length_is_exported(string name)
    {
        var ml = new MLContext(1);
        var random = new Random(1);
        var rows = Enumerable.Range(0, 40).Select(i => new Ragged { Features = [.. Enumerable.Range(0, 2 * (1 + (i % 5))).Select(_ => random.NextSingle())] });
        var data = ml.Data.LoadFromEnumerable(rows);
        var cell = name == "min-gru" ? new MinGruCell() : Networks.Cell(name);
        using var model = ml.Regression.Trainers.Recurrent(Networks.Tiny with { Cell = cell, Bidirectional = true, HiddenSizes = [4, 3] }).Fit(data);
        using var temporary = new Scenarios.TemporaryFolder();
        string path = Path.Combine(Folder(temporary), $"{name}-variable-length.onnx");

        ml.Model.SaveAsOnnx(model, data.Schema, path, new OnnxExportOptions { SampleRows = data });

        using var predictor = SequencePredictor.Load(path);
        Assert.IsTrue(float.IsFinite(predictor.Predict(new float[6])[0]));
        float[][] sequences = [.. new[] { 3, 1, 5, 0, 2 }.Select(steps => Values(random, 2 * steps))];
        float[] gap = Values(random, 8);
        gap[5] = float.NaN;
        new InteropRuns(1e-5).Add(predictor, sequences[0]).Add(predictor, sequences).Add(predictor, gap, sequences[2]).WriteBeside(path);
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Each_kind_of_network_is_exported_and_verified(string name, RecurrentOptions options) => Export(name, options, OnnxPrecision.Float32, 1e-5);

    [TestMethod]
    [DynamicData(nameof(Reduced))]
    public void Each_kind_of_network_is_exported_in_reduced_precision(string name, RecurrentOptions options, OnnxPrecision precision) =>
        Export(name, options, precision, precision == OnnxPrecision.Int8 ? 1e-4 : 1e-5); // a rounding that falls the other way is seen in 8 bits

    private static void Export(string name, RecurrentOptions options, OnnxPrecision precision, double tolerance)
    {
        var ml = new MLContext(1);
        var series = TinyModel.Series(ml, 60);
        options = options with { Training = options.Training with { Epochs = 1 } };
        var chain = TinyModel.Windowing(ml, 3).Append(ml.Forecasting.ForecastByRecurrent("Forecast", "Window", "Label", options)).Fit(series);
        using var temporary = new Scenarios.TemporaryFolder();
        string folder = Folder(temporary);

        string path = Path.Combine(folder, $"{name}.onnx");

        ml.Model.SaveAsOnnx(chain, series.Schema, path, new OnnxExportOptions { SampleRows = series, Precision = precision });

        using var predictor = SequencePredictor.Load(path);
        Assert.IsTrue(predictor.Predict(new float[12]).All(float.IsFinite));
        var random = new Random(2);
        float[][] windows = [.. Enumerable.Range(0, 5).Select(_ => Values(random, predictor.SequenceSize))];
        windows[3][7] = float.NaN;
        new InteropRuns(tolerance).Add(predictor, windows[0]).Add(predictor, windows).WriteBeside(path);
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];

    public static IEnumerable<object[]> Chains => [["scalars"], ["texts"], ["rows"], ["window-and-score"], ["mask"]];

    [TestMethod]
    [DynamicData(nameof(Chains))]
    public void Each_kind_of_converted_chain_is_exported_and_verified(string name)
    {
        var ml = new MLContext(1);
        var series = TinyModel.Series(ml, 60);
        using var temporary = new Scenarios.TemporaryFolder();
        string path = Path.Combine(Folder(temporary), $"chain-{name}.onnx");

        ml.Model.SaveAsOnnx(Chain(ml, series, name), series.Schema, path, new OnnxExportOptions { SampleRows = series });

        Assert.IsNotNull(SequenceModel.Load(path).Manifest.Folded);
        new InteropRuns(1e-5).AddRandom(path, seed: 1).AddRandom(path, seed: 2).WriteBeside(path);
    }

    public static IEnumerable<object[]> Streamed => StreamedModels.Kinds.Select(k => new object[] { k.Name });

    [TestMethod]
    [DynamicData(nameof(Streamed))]
    public void One_step_of_each_kind_of_network_is_exported(string name)
    {
        using var temporary = new Scenarios.TemporaryFolder();
        string path = Path.Combine(Folder(temporary), $"step-{name}.onnx");

        StreamedModels.Fit(name).AsStreaming().Save(path);

        new InteropRuns(1e-5).AddRandom(path, seed: 1).AddRandom(path, seed: 2).WriteBeside(path);
    }

    private static TransformerChain<ITransformer> Chain(MLContext ml, IDataView series, string name)
    {
        var transforms = ml.Transforms;
        IEstimator<ITransformer> Window(params string[] columns) => transforms.SlidingWindow("Window", columns, 4, targetColumnName: "Value");
        IEstimator<ITransformer> before = name switch
        {
            "scalars" => transforms.NormalizeMinMax("Value").Append(transforms.NormalizeLogMeanVariance("Other")).Append(transforms.NormalizeBinning("Extra"))
                .Append(transforms.ReplaceMissingValues("Value")).Append(Window("Value", "Other", "Extra")),
            "texts" => transforms.Categorical.OneHotEncoding("Names", "Name").Append(transforms.Conversion.ConvertType("Wide", "Extra", DataKind.Double))
                .Append(transforms.NormalizeRobustScaling("Wide")).Append(Window("Names", "Value", "Wide")),
            "rows" => transforms.Conversion.MapKeyToVector("Codes", "Code").Append(transforms.Concatenate("Window", "Codes", "Value")),
            "window-and-score" => Window("Value", "Other").Append(transforms.NormalizeMeanVariance("Window", useCdf: true)),
            _ => transforms.NormalizeMinMax("Value")
                .Append(transforms.SlidingWindow(new() { InputColumns = ["Other", "Value"], WindowLength = 4, MissingValues = MissingValuePolicy.Mask })),
        };
        var prepared = before.Fit(series);
        int size = ((VectorDataViewType)prepared.GetOutputSchema(series.Schema)["Window"].Type).Size;
        var model = name == "rows" ? WeightedModel.Transformer(4, 2, outputs: 6, targets: 3) : WeightedModel.Transformer(4, size / 4);
        var scored = new TransformerChain<ITransformer>(prepared, model);
        var after = transforms.CopyColumns("Prediction", "Score").Append(transforms.Conversion.ConvertType("Precise", "Score", DataKind.Double));
        return name == "window-and-score"
            ? new(scored, after.Append(transforms.Conversion.MapValueToKey("Class", "Score", addKeyValueAnnotationsAsText: true))
                .Append(transforms.Conversion.MapKeyToValue("Text", "Class")).Append(transforms.NormalizeMinMax("Score")).Fit(scored.Transform(series)))
            : new(scored, after.Fit(scored.Transform(series)));
    }

    internal static string Folder(Scenarios.TemporaryFolder temporary) =>
        Environment.GetEnvironmentVariable("MLNETRNN_INTEROP_DIR") is { Length: > 0 } chosen
            ? Directory.CreateDirectory(chosen).FullName
            : temporary.Path;

    private sealed class Ragged
    {
        [VectorType(0, 2)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; } = 1;
    }
}
