using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Google.Protobuf;

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

        Assert.AreSequenceEqual(["state", "Window", "Code"], folded.Graph.Input.Select(i => i.Name));
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
