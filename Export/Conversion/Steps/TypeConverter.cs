using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary><c>ConvertType</c> between numbers, keys, and true and false. What reads or writes text is not converted.</summary>
internal sealed class TypeConverter : OnnxStepConverter<TypeConvertingTransformer>
{
    protected override OnnxColumn Convert(TypeConvertingTransformer transformer, OnnxStepContext context)
    {
        var input = context.Input();
        var (from, to) = (OnnxTypes.Item(input.Type), OnnxTypes.Item(context.OutputColumn.Type));
        if (from.RawType == to.RawType)
            return context.Output(input.Value, OnnxStepEffect.Linear);
        if (from is TextDataViewType || to is TextDataViewType || OnnxTypes.Find(to) is not { } type)
        {
            throw context.NotSupported($"it converts {from} to {to}, and ONNX reads and writes text in another way than ML.NET. "
                + "Do the step outside of the exported pipeline.");
        }
        string value = KeyNumbers.IsUnsigned(from) && KeyNumbers.IsUnsigned(to)
            ? KeyNumbers.EmitUpTo(context.Graph, input.Value, KeyNumbers.Largest(type))
            : input.Value;
        string cast = context.Graph.Node("Cast", [value], ("to", (int)type));
        return context.Output(cast, IsFloating(to) ? OnnxStepEffect.Linear : OnnxStepEffect.Any);
    }

    private static bool IsFloating(DataViewType type) => type == NumberDataViewType.Single || type == NumberDataViewType.Double;
}
