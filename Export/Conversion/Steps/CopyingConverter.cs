using Microsoft.ML.Transforms;

namespace MlNetRnn;

/// <summary><c>CopyColumns</c>: the same value under another name.</summary>
internal sealed class CopyingConverter : OnnxStepConverter<ColumnCopyingTransformer>
{
    protected override OnnxColumn Convert(ColumnCopyingTransformer transformer, OnnxStepContext context) => context.Input();
}
