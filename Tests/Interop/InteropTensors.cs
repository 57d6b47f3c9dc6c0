using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlNetRnn.Tests;

/// <summary>Random inputs for a file of any inputs, and what ONNX Runtime gives for them.</summary>
internal static class InteropTensors
{
    private const int Batch = 3;
    private const int Steps = 4; // which some files leave open that take no others
    private static readonly string[] s_texts = ["row 1", "row 7", "unknown", ""];

    /// <summary>Runs a file and adds the run to those that are written beside it.</summary>
    public static InteropRuns AddRandom(this InteropRuns runs, string path, int seed)
    {
        var random = new Random(seed);
        using var session = new InferenceSession(path);
        string[] names = [.. session.InputNames], results = [.. session.OutputNames];
        var inputs = names.Select(name => Random(session.InputMetadata[name], random)).ToArray();
        using var options = new RunOptions();
        using var outputs = session.Run(options, names, [.. inputs.Select(i => i.Value)], results);
        runs.Add([.. names.Zip(inputs, (name, input) => (name, input.Json))], [.. results.Select((name, i) => (name, Json(outputs[i])))]);
        Array.ForEach(inputs, input => input.Value.Dispose());
        return runs;
    }

    private static (OrtValue Value, JsonObject Json) Random(NodeMetadata input, Random random)
    {
        int[] shape = [.. input.Dimensions.Select((d, i) => d >= 0 ? d : i == 0 || input.Dimensions[0] == 1 ? Batch : Steps)];
        T[] Values<T>(Func<T> next) => [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => next())];
        return input.ElementDataType switch
        {
            TensorElementType.Float => Numbers(Values(() => (random.NextSingle() * 2) - 1)),
            TensorElementType.Double => Numbers(Values(() => random.NextDouble() * 9)),
            TensorElementType.UInt32 => Numbers(Values(() => (uint)random.Next(9))), // keys, the missing one among them
            TensorElementType.String => Texts(Values(() => s_texts[random.Next(s_texts.Length)])),
            var other => throw new NotSupportedException($"{other} has no random values here"),
        };

        (OrtValue, JsonObject) Numbers<T>(T[] values) where T : unmanaged
        {
            var value = OrtValue.CreateTensorValueFromMemory(values, [.. shape.Select(d => (long)d)]);
            return (value, Json(value));
        }

        (OrtValue, JsonObject) Texts(string[] values)
        {
            var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [.. shape.Select(d => (long)d)]);
            for (int i = 0; i < values.Length; i++)
                value.StringTensorSetElementAt(values[i], i);
            return (value, Json(value));
        }
    }

    private static JsonObject Json(OrtValue tensor)
    {
        var info = tensor.GetTensorTypeAndShape();
        int[] shape = [.. info.Shape.Select(d => (int)d)];
        return info.ElementDataType switch
        {
            TensorElementType.Float => InteropRuns.Tensor("float32", shape, tensor.GetTensorDataAsSpan<float>().ToArray()),
            TensorElementType.Double => InteropRuns.Tensor("float64", shape, tensor.GetTensorDataAsSpan<double>().ToArray()),
            TensorElementType.UInt32 => InteropRuns.Tensor("uint32", shape, tensor.GetTensorDataAsSpan<uint>().ToArray()),
            TensorElementType.Bool => InteropRuns.Tensor("bool", shape, tensor.GetTensorDataAsSpan<bool>().ToArray()),
            TensorElementType.Int64 => InteropRuns.Tensor("int64", shape, tensor.GetTensorDataAsSpan<long>().ToArray()),
            TensorElementType.String => InteropRuns.Tensor("string", shape, tensor.GetStringTensorAsArray()),
            var other => throw new NotSupportedException($"{other} has no form in JSON here"),
        };
    }
}
