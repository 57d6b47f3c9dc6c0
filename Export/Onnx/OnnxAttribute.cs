using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Makes attributes of nodes from .NET's values.</summary>
internal static class OnnxAttribute
{
    public static AttributeProto Of(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int or long:
                (attribute.I, attribute.Type) = (Convert.ToInt64(value), AttributeProto.Types.AttributeType.Int);
                break;
            case float number:
                (attribute.F, attribute.Type) = (number, AttributeProto.Types.AttributeType.Float);
                break;
            case string text:
                (attribute.S, attribute.Type) = (ByteString.CopyFromUtf8(text), AttributeProto.Types.AttributeType.String);
                break;
            case long[] numbers:
                attribute.Ints.Add(numbers);
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            case float[] numbers:
                attribute.Floats.Add(numbers);
                attribute.Type = AttributeProto.Types.AttributeType.Floats;
                break;
            case string[] texts:
                attribute.Strings.Add(texts.Select(ByteString.CopyFromUtf8));
                attribute.Type = AttributeProto.Types.AttributeType.Strings;
                break;
            case OnnxGraphBuilder body:
                (attribute.G, attribute.Type) = (body.BodyGraph, AttributeProto.Types.AttributeType.Graph);
                break;
            default:
                throw new ArgumentException(
                    $"Attribute '{name}' is {(value is null ? "null" : $"a {value.GetType().Name}")}; an ONNX attribute here is an int, long, float, string, long[], "
                        + "float[], string[] or a subgraph.", nameof(value));
        }
        return attribute;
    }
}
