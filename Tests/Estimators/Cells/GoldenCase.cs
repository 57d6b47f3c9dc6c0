using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetRnn.Tests;

/// <summary>A tensor in the golden file, row-major.</summary>
internal sealed record GoldenTensor(long[] Shape, float[] Data)
{
    public TorchSharp.torch.Tensor ToTorch() => TorchSharp.torch.tensor(Data, Shape);
}

/// <summary>What PyTorch computed: <c>output [batch, steps, directions · hidden]</c>, <c>h_n [layers · directions, batch, hidden]</c>.</summary>
internal sealed record GoldenRun(GoldenTensor Output, [property: JsonPropertyName("h_n")] GoldenTensor Final);

/// <summary>Gradients of <c>sum(packed output × output_weight)</c>.</summary>
internal sealed record GoldenGradients(GoldenTensor OutputWeight, Dictionary<string, GoldenTensor> StateDict);

/// <summary>A case of the golden file: a stack of layers with PyTorch's weights, inputs, outputs and gradients.</summary>
internal sealed record GoldenCase(
    string Cell, bool Bidirectional, int Layers, int Batch, int Steps, int Features, int Hidden, int[] Lengths,
    Dictionary<string, GoldenTensor> StateDict, GoldenTensor X, GoldenRun Full, GoldenRun Packed, GoldenGradients Grad)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyList<GoldenCase> All { get; } = Load();

    public override string ToString() => $"{Cell}, {(Bidirectional ? 2 : 1)} direction(s), {Layers} layer(s)";

    private static GoldenCase[] Load()
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "pytorch_recurrent.json"));
        return JsonDocument.Parse(stream).RootElement.GetProperty("cases").Deserialize<GoldenCase[]>(Names)!;
    }
}
