using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Onnx;

namespace MlNetRnn.Tests;

/// <summary>Models whose matrices are large enough to be reduced, fitted in a moment, each once for all tests.</summary>
internal static class ReducedModels
{
    private static readonly Dictionary<string, Lazy<(TransformerChain<ITransformer> Chain, IDataView Rows)>> s_fitted = new()
    {
        ["lstm"] = Fitted(Options with { HiddenSizes = [128] }),                       // in 8 bits
        ["lstm-stacked"] = Fitted(Options with { HiddenSizes = [128, 16] }),           // the first layer alone
        ["bilstm"] = Fitted(Options with { HiddenSizes = [128, 128], Bidirectional = true, LayerNormalization = true }, epochs: 1),
        ["lstm-small"] = Fitted(Options with { HiddenSizes = [32, 16] }),              // stored in 8 bits
        ["gru"] = Fitted(Options with { Cell = RecurrentCell.Gru, HiddenSizes = [32] }, horizon: 3),
        ["rnn"] = Fitted(Options with { Cell = RecurrentCell.Rnn, HiddenSizes = [32] }),
        ["own-cell"] = Fitted(Options with { Cell = new PeepholeLstmCell(), HiddenSizes = [24] }),
        ["differenced"] = Fitted(Options with { HiddenSizes = [128], Scaling = new() { Difference = true } }),
    };

    public static IEnumerable<string> Names => s_fitted.Keys;

    /// <summary>Windowing and model, with rows they were fitted on.</summary>
    public static (TransformerChain<ITransformer> Chain, IDataView Rows) Of(string name) => s_fitted[name].Value;

    public static SequenceModel Model(string name) => Of(name).Chain.GetSequenceModel();

    public static GraphProto Graph(SequenceModel model) => ModelProto.Parser.ParseFrom(model.OnnxBytes).Graph;

    /// <summary>The operators of a graph, those of the bodies in it too.</summary>
    public static IEnumerable<string> Operators(GraphProto graph) =>
        graph.Node.SelectMany(n => n.Attribute.Where(a => a.G is not null).SelectMany(a => Operators(a.G)).Append(n.OpType));

    public static SequenceModel Export(string name, OnnxExportOptions options)
    {
        var (chain, rows) = Of(name);
        using var stream = new MemoryStream();
        new MLContext(1).Model.SaveAsOnnx(chain, rows.Schema, stream, options);
        stream.Position = 0;
        return SequenceModel.Load(stream);
    }

    /// <summary>The windows of the rows, each <c>[steps, features]</c>.</summary>
    public static float[][] Windows(string name)
    {
        var (chain, rows) = Of(name);
        return [.. chain.Transform(rows).GetColumn<float[]>("Window")];
    }

    private static RecurrentOptions Options => new()
    {
        Cell = RecurrentCell.Lstm,
        DenseSizes = [16],
        Dropout = 0,
        Training = new() { Epochs = 4, LearningRate = 5e-3, Seed = 1, EarlyStopping = null },
    };

    private static Lazy<(TransformerChain<ITransformer>, IDataView)> Fitted(RecurrentOptions options, int horizon = 1, int epochs = 4) => new(() =>
    {
        var ml = new MLContext(1);
        var rows = TinyModel.Series(ml, 150);
        var chosen = options with { Training = options.Training with { Epochs = epochs } };
        RecurrentEstimator trainer = horizon == 1
            ? ml.Regression.Trainers.Recurrent("Label", "Window", chosen)
            : ml.Forecasting.ForecastByRecurrent("Forecast", "Window", "Label", chosen);
        var windowing = TinyModel.Windowing(ml, horizon).Fit(rows);
        return (new TransformerChain<ITransformer>(windowing, trainer.Fit(windowing.Transform(rows))), rows);
    });
}
