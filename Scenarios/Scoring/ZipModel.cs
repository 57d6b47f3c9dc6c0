using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Scoring;

/// <summary>Scores by a pipeline that was saved by <c>ml.Model.Save</c>.</summary>
internal static class ZipModel
{
    public static Scores Score(string file, CsvFile data, string[] columns)
    {
        var ml = new MLContext();
        var model = Load(ml, file, out var schema);
        ITransformer[] steps = [.. Flatten(model)];
        var outputs = steps.OfType<SequenceTransformer>().LastOrDefault()?.Model.Manifest.Outputs
            ?? throw new ArgumentException($"The model in '{file}' has no trained sequence model among its steps.");
        var scored = model.Transform(data.Load(ml, [.. Columns(steps, schema, columns)]));
        return new(Scores.NamesOf(outputs), Read(scored, [.. outputs]));
    }

    /// <summary>What the precisions of the model's <c>.onnx</c> file give and cost on these rows.</summary>
    public static OnnxPrecisionReport ComparePrecisions(string file, CsvFile data, string[] columns)
    {
        var ml = new MLContext();
        var model = Load(ml, file, out var schema);
        return ml.Model.CompareOnnxPrecisions(model, data.Load(ml, [.. Columns([.. Flatten(model)], schema, columns)]));
    }

    private static ITransformer Load(MLContext ml, string file, out DataViewSchema schema)
    {
        try
        {
            return ml.Model.Load(file, out schema);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new FormatException($"The model file '{file}' cannot be read: {e.GetBaseException().Message}");
        }
    }

    // A pipeline of our own steps alone tells what it reads; another may need any column it was saved with.
    private static IEnumerable<CsvColumn> Columns(ITransformer[] steps, DataViewSchema schema, string[] chosen)
    {
        string[] all = [.. schema.Where(c => !c.IsHidden).Select(c => c.Name)];
        var window = steps.OfType<SlidingWindowTransformer>().FirstOrDefault();
        string[] needed = window is not null && steps is [SlidingWindowTransformer, SequenceTransformer]
            ? [.. Read(window.Options).Distinct()]
            : all;
        var header = InputNames.Map(window is null ? all : window.InputColumnNames, chosen);
        return needed.Select(name => new CsvColumn(name, KindOf(schema[name]), header(name)));
    }

    private static IEnumerable<string> Read(SlidingWindowOptions window) => window.InputColumns
        .Concat(window.TargetColumns).Concat(window.FutureColumns).Concat(window.StaticColumns)
        .Concat(new[] { window.GroupColumn, window.TimeColumn }.OfType<string>());

    private static DataKind KindOf(DataViewSchema.Column column) => column.Type switch
    {
        TextDataViewType => DataKind.String,
        PrimitiveDataViewType and not KeyDataViewType when Enum.TryParse<DataKind>(column.Type.RawType.Name, out var kind) => kind,
        _ => throw new NotSupportedException(
            $"The model reads the column '{column.Name}' of type {column.Type}, which a field of a CSV file cannot hold. Save the model with the steps that make this column."),
    };

    private static IEnumerable<ScoredRow> Read(IDataView scored, SequenceModelOutput[] outputs)
    {
        DataViewSchema.Column[] columns = [.. outputs.Select(o => scored.Schema[o.Name])];
        using var cursor = scored.GetRowCursor(columns);
        var id = cursor.GetIdGetter();
        Func<float[]>[] readers = [.. columns.Select(c => Reader(cursor, c))];
        DataViewRowId row = default;
        while (cursor.MoveNext())
        {
            id(ref row);
            yield return new(CsvFile.RowNumber(row), [.. readers.SelectMany(read => read())]);
        }
    }

    private static Func<float[]> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType)
        {
            var scalar = row.GetGetter<float>(column);
            return () =>
            {
                float value = 0;
                scalar(ref value);
                return [value];
            };
        }
        var vector = row.GetGetter<VBuffer<float>>(column);
        VBuffer<float> buffer = default;
        return () =>
        {
            vector(ref buffer);
            return [.. buffer.DenseValues()];
        };
    }

    private static IEnumerable<ITransformer> Flatten(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [model];
}
