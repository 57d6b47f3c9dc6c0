using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Tests;

/// <summary>The same steps around a graph that takes one observation at a time and keeps a state.</summary>
[TestClass]
public sealed class ObservationTests
{
    private readonly MLContext _ml = new(1);

    private IDataView Rows => TinyModel.Series(_ml, 20);

    [TestMethod]
    public void Steps_are_folded_around_an_observation_and_its_state()
    {
        var windowing = _ml.Transforms.NormalizeMinMax("Value", fixZero: false).Append(_ml.Transforms.Conversion.ConvertType("Number", "Code", DataKind.UInt64))
            .Append(_ml.Transforms.Conversion.MapKeyToVector("Codes", "Number"))
            .Append(_ml.Transforms.Concatenate("All", "Other", "Codes", "Value")).Append(_ml.Transforms.SlidingWindow("Window", ["All"], 3, targetColumnName: "Value"))
            .Fit(Rows);
        var scored = windowing.Append(WeightedModel.Transformer(3, 9));
        var model = scored.Append(_ml.Transforms.CopyColumns("Prediction", "Score").Append(_ml.Transforms.DropColumns("Score")).Fit(scored.Transform(Rows)));
        var chain = new ConvertedChain(model, Rows.Schema, []);

        var folded = chain.Fold(StepGraph(9), WindowForm.Observation);

        Assert.AreSequenceEqual(["Window", "Code", "state"], folded.Graph.Input.Select(i => i.Name));
        Assert.AreSequenceEqual(["Prediction", "next"], folded.Graph.Output.Select(o => o.Name));
        AssertSums(folded, windowing.Transform(Rows));
    }

    [TestMethod]
    public void A_step_that_reads_the_whole_window_is_refused()
    {
        var windowing = _ml.Transforms.SlidingWindow("Window", ["Value"], 3).Append(_ml.Transforms.NormalizeMinMax("Window")).Fit(Rows);
        var chain = new ConvertedChain(windowing.Append(WeightedModel.Transformer(3, 1)), Rows.Schema, []);

        Fails.With<NotSupportedException>(() => chain.Fold(StepGraph(1), WindowForm.Observation), "'Window'", "one observation");
    }

    [TestMethod]
    public void Steps_behind_a_trainer_without_windowing_are_folded_too()
    {
        var given = TinyModel.Windowing(_ml).Fit(Rows).Transform(Rows);
        var windows = _ml.Transforms.SelectColumns("Window").Fit(given).Transform(given);
        var model = WeightedModel.Transformer(TinyModel.Steps, 2);
        var after = _ml.Transforms.CopyColumns("Prediction", "Score").Fit(model.Transform(windows));

        var folded = new ConvertedChain(new TransformerChain<ITransformer>(model, after), windows.Schema, []).Fold(StepGraph(2), WindowForm.Observation);

        Assert.AreSequenceEqual([0L, 2L], folded.Graph.Input[0].Type.TensorType.Shape.Dim.Select(d => d.DimValue)); // [batch, features]
        Assert.AreSequenceEqual(["Score", "Prediction", "next"], folded.Graph.Output.Select(o => o.Name));
        var before = _ml.Transforms.NormalizeMinMax("Window").Fit(windows);
        Fails.With<NotSupportedException>(() => new ConvertedChain(new TransformerChain<ITransformer>(before, model), windows.Schema, [])
            .Fold(StepGraph(2), WindowForm.Observation), "'Window'", "one observation");
    }

    [TestMethod]
    public void A_state_keeps_its_name()
    {
        var rows = _ml.Transforms.CopyColumns("state", "Value").Fit(Rows).Transform(Rows); // a column that nothing needs
        var windowing = _ml.Transforms.NormalizeMinMax("Value").Append(_ml.Transforms.SlidingWindow("Window", ["Value"], 3)).Fit(rows);
        var scored = windowing.Append(WeightedModel.Transformer(3, 1));

        var folded = new ConvertedChain(scored, rows.Schema, []).Fold(StepGraph(1), WindowForm.Observation);

        Assert.AreSequenceEqual(["Window", "state"], folded.Graph.Input.Select(i => i.Name));
        var named = scored.Append(_ml.Transforms.CopyColumns("next", "Score").Fit(scored.Transform(rows)));
        Fails.With<NotSupportedException>(() => new ConvertedChain(named, rows.Schema, []).Fold(StepGraph(1), WindowForm.Observation), "'next'", "another name");
    }

    // The state is the sum of all observations so far, each value with a weight of its own.
    private static Onnx.ModelProto StepGraph(int features)
    {
        var graph = new OnnxGraphBuilder();
        string state = graph.Input("state", "batch", 1), observation = graph.Input("Window", "batch", features);
        float[] weights = [.. Enumerable.Range(1, features).Select(i => (float)i)];
        string next = graph.Node("Add", [state, graph.Node("MatMul", [observation, graph.Initializer("w", weights, features, 1)])]);
        graph.Output("Score", next, "batch", 1);
        graph.Output("next", next, "batch", 1);
        return graph.Build();
    }

    private void AssertSums(Onnx.ModelProto folded, IDataView windows)
    {
        float[][] steps = [.. windows.GetColumn<float[]>("Window").Select(w => w[^9..])]; // the newest of each window, after the steps
        var rows = TinyModel.Rows(20).Skip(2).ToArray();
        using var session = new InferenceSession(folded.ToByteArray());
        using var run = new RunOptions();
        float sum = 0, expected = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            expected += steps[i].Select((v, s) => v * (s + 1)).Sum();
            using var state = OrtValue.CreateTensorValueFromMemory(new[] { sum }, [1, 1]);
            using var raw = OrtValue.CreateTensorValueFromMemory(new[] { rows[i].Other, rows[i].Value }, [1, 2]);
            using var code = OrtValue.CreateTensorValueFromMemory(new[] { rows[i].Code + 1 }, [1, 1]); // keys of classes are counted from 0
            using var outputs = session.Run(run, ["state", "Window", "Code"], [state, raw, code], ["Prediction", "next"]);
            sum = outputs[1].GetTensorDataAsSpan<float>()[0];
            Assert.AreEqual(expected, sum, 1e-3f);
            Assert.AreEqual(sum, outputs[0].GetTensorDataAsSpan<float>()[0]);
        }
    }
}
