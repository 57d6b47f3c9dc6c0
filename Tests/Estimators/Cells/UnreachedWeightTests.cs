using Microsoft.ML;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Tests;

/// <summary>A cell of the user's own may have weights that the loss does not reach.</summary>
[TestClass]
public class UnreachedWeightTests
{
    private static readonly RecurrentOptions Options = Networks.Tiny with { Cell = new MemorylessCell() };

    [TestMethod]
    [DataRow(null)]
    [DataRow(0.1)]
    public void The_other_weights_are_trained(double? decay)
    {
        var ml = new MLContext();
        var data = Examples.Random(40);
        using var model = ml.Regression.Trainers.Recurrent(Options.Train(t => t with { Epochs = 20, LearningRate = 0.01, WeightDecay = decay })).Fit(data.View(ml));
        Assert.IsLessThan(0.95 * model.History[0].TrainingLoss, model.History[^1].TrainingLoss);
        var graph = Onnx.ModelProto.Parser.ParseFrom(model.Model.OnnxBytes).Graph;
        Assert.AreSequenceEqual([1f, 1f], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(
            graph.Initializer.Single(i => i.Name == "rnn.0.spare").RawData.Span).ToArray());
    }

    [TestMethod]
    public void Dropping_recurrent_weights_that_a_cell_does_not_have_is_refused()
    {
        var ml = new MLContext();
        Fails.With<InvalidOperationException>(
            () => ml.Regression.Trainers.Recurrent(Options with { RecurrentDropout = 0.1 }).Fit(Examples.Random(40).View(ml)),
            "RecurrentDropout is set", "weight_hh", "IsRecurrentWeight");
    }

    /// <summary>tanh(W x) at every step, and a weight that nothing uses.</summary>
    private sealed class MemorylessCell : RecurrentCell
    {
        public override string Name => "memoryless";

        public override RecurrentLayer CreateLayer(int inputSize, int hiddenSize, bool bidirectional) => new Layer(new Weights(inputSize, hiddenSize), inputSize, hiddenSize);

        public override void Initialize(RecurrentLayer layer, Random random)
        {
            float[] values = [.. Enumerable.Range(0, layer.InputSize * layer.HiddenSize).Select(_ => random.NextSingle() - 0.5f)];
            TensorData.Write(((Weights)layer.Module).Weight, values);
        }

        public override (string Output, string Final) EmitOnnx(OnnxGraphBuilder graph, RecurrentLayer layer, string prefix, string input, string? lengths)
        {
            var weights = (Weights)layer.Module;
            string weight = graph.Initializer($"{prefix}weight", TensorData.Read(weights.Weight), layer.InputSize, layer.HiddenSize);
            string spare = graph.Initializer($"{prefix}spare", TensorData.Read(weights.Spare), 2);
            string none = graph.Node("Mul", [graph.Node("ReduceSum", [spare], ("keepdims", 0)), graph.Initializer($"{prefix}zero", [0f])]);
            string output = graph.Node("Tanh", [graph.Node("Add", [graph.Node("MatMul", [input, weight]), none])]);
            string last = graph.Node("Slice", [output, graph.Integers(-1), graph.Integers(int.MaxValue), graph.Integers(0)]);
            return (output, graph.Node("Squeeze", [last, graph.Integers(0)]));
        }

        private sealed class Weights : torch.nn.Module
        {
            public Weights(int inputSize, int hiddenSize)
                : base("weights")
            {
                Weight = new(torch.zeros(inputSize, hiddenSize));
                Spare = new(torch.ones(2));
                register_parameter("weight", Weight);
                register_parameter("spare", Spare);
            }

            public Parameter Weight { get; }

            public Parameter Spare { get; }
        }

        private sealed class Layer(Weights weights, int inputSize, int hiddenSize) : RecurrentLayer(weights, inputSize, hiddenSize, bidirectional: false)
        {
            public override (torch.Tensor Output, torch.Tensor Final) Forward(torch.Tensor input, torch.Tensor? lengths)
            {
                var output = torch.tanh(input.matmul(weights.Weight)); // [T, B, H]
                return (output, output[^1].unsqueeze(0));
            }
        }
    }
}
