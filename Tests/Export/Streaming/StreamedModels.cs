using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Tests;

/// <summary>Small models that can be streamed, and what they give for whole sequences.</summary>
internal static class StreamedModels
{
    private static readonly MLContext Ml = new(1);

    /// <summary>Networks of every kind: each cell, stacks, layer normalisation, several outputs.</summary>
    public static IEnumerable<(string Name, RecurrentOptions Options, int Outputs)> Kinds =>
    [
        ("rnn", Options(RecurrentCell.Rnn), 1),
        ("rnn-relu", Options(RecurrentCell.RnnRelu) with { HiddenSizes = [5] }, 1),
        ("lstm", Options(RecurrentCell.Lstm), 1),
        ("lstm-forecast", Options(RecurrentCell.Lstm) with { DenseSizes = [] }, 3),
        ("gru", Options(RecurrentCell.Gru) with { HiddenSizes = [6, 5, 4] }, 2),
        ("gru-normalized", Options(RecurrentCell.Gru) with { LayerNormalization = true }, 1),
        ("mean", Options(RecurrentCell.Gru) with { Readout = SequenceReadout.Mean }, 1),
        ("max-normalized", Options(RecurrentCell.Lstm) with { Readout = SequenceReadout.Max, LayerNormalization = true }, 2),
        ("attention", Options(RecurrentCell.Rnn) with { Readout = SequenceReadout.Attention, AttentionSize = 3 }, 1),
        ("own-cell", Options(new MinGruCell()), 1),
        ("own-cell-of-two-states", Options(new PeepholeLstmCell()) with { LayerNormalization = true }, 2),
    ];

    public static SequenceModel Fit(RecurrentOptions options, int outputs = 1)
    {
        var data = Examples.Random(40, steps: 4, features: 2, outputs).View(Ml);
        using var transformer = outputs == 1
            ? ((IEstimator<SequenceTransformer>)Ml.Regression.Trainers.Recurrent(options)).Fit(data)
            : Ml.Forecasting.ForecastByRecurrent("Forecast", "Features", "Label", options).Fit(data);
        return transformer.Model;
    }

    public static SequenceModel Fit(string kind)
    {
        var (_, options, outputs) = Kinds.Single(k => k.Name == kind);
        return Fit(options, outputs);
    }

    /// <summary>What the model's own graph gives for a whole sequence of any length, <c>[steps, features]</c>.</summary>
    public static float[] WholeSequence(InferenceSession session, SequenceModel model, float[] sequence)
    {
        int features = model.Manifest.Features;
        using var tensor = OrtValue.CreateTensorValueFromMemory(sequence, [1, sequence.Length / features, features]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [model.Manifest.FeatureColumnName], [tensor], [model.Manifest.Outputs[0].Name]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static RecurrentOptions Options(RecurrentCell cell) => Networks.Tiny with { Cell = cell, HiddenSizes = [6, 4] };
}
