using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary><c>Concatenate</c>: columns side by side.</summary>
internal sealed class ConcatenatingConverter : OnnxStepConverter<ColumnConcatenatingTransformer>
{
    protected override OnnxColumn Convert(ColumnConcatenatingTransformer transformer, OnnxStepContext context)
    {
        string[] names = transformer.Columns.Single(c => c.outputColumnName == context.OutputColumn.Name).inputColumnNames;
        OnnxColumn[] columns = [.. names.Select(context.Input)];
        if (columns is [{ Type: VectorDataViewType }])
            return columns[0]; // as it is, whatever its size
        if (columns.Any(c => c.Size == 0))
            throw context.NotSupported("it joins vectors of variable size. Do the step outside of the exported pipeline.");
        if (ColumnJoin.Joint(columns) is { } joint)
            return context.Output(joint, OnnxStepEffect.Linear);
        return context.Joined(ColumnJoin.Emit(context.Graph, columns), columns);
    }
}
