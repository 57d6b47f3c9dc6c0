using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Scoring;

/// <summary>Scores by a model that was saved by <c>ml.Model.SaveAsOnnx</c>: its manifest says how windows are cut from rows.</summary>
internal static class OnnxModel
{
    private const int Batch = 128;

    public static Scores Score(string file, CsvFile data, string[] columns)
    {
        var model = SequenceModel.Load(file);
        var window = model.Manifest.Window ?? throw new ArgumentException(
            $"The model in '{file}' was exported without its windowing step: how windows are cut from rows is not known. "
                + "Export the pipeline of both.");
        int perInput = window.MissingValues == MissingValuePolicy.Mask ? 2 : 1; // the value, and whether it was observed
        if (window.InputColumnNames.Length * perInput != model.Manifest.Features)
        {
            throw new NotSupportedException(
                $"The model in '{file}' takes {model.Manifest.Features} values a row from {window.InputColumnNames.Length} columns, "
                    + "some of which are vectors: fields of a CSV file cannot hold them.");
        }
        if (window.TimeColumnName is { } time)
        {
            throw new NotSupportedException(
                $"The model in '{file}' checks the time column '{time}', whose type its manifest does not tell. "
                    + "Score with the .zip of the same pipeline.");
        }
        var windows = Windows(new MLContext(), data, window, columns, model.Manifest);
        return new(Scores.NamesOf([model.Manifest.Outputs[0]]), Predict(model, windows));
    }

    private static IDataView Windows(MLContext ml, CsvFile data, WindowSummary window, string[] chosen, SequenceModelManifest manifest)
    {
        var header = InputNames.Map(window.InputColumnNames, chosen);
        var columns = window.InputColumnNames.Select(name => new CsvColumn(name, DataKind.Single, header(name))).ToList();
        if (window.GroupColumnName is { } group && !window.InputColumnNames.Contains(group))
            columns.Add(new(group, DataKind.String, header(group)));
        var rows = data.Load(ml, columns);
        // No label is read: scoring needs no target.
        return ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = window.InputColumnNames,
            WindowLength = window.WindowLength,
            Horizon = window.Horizon,
            Stride = window.Stride,
            GroupColumn = window.GroupColumnName,
            Padding = window.Padding,
            MissingValues = window.MissingValues,
            Groups = window.Groups,
            OutputColumn = manifest.FeatureColumnName,
            LabelColumn = manifest.LabelColumnName,
        }).Fit(rows).Transform(rows);
    }

    private static IEnumerable<ScoredRow> Predict(SequenceModel model, IDataView windows)
    {
        using var predictor = new SequencePredictor(model);
        foreach (var batch in Read(windows, windows.Schema[model.Manifest.FeatureColumnName]).Chunk(Batch))
        {
            float[] scores = predictor.PredictBatch([.. batch.SelectMany(r => r.Values)]);
            for (int i = 0; i < batch.Length; i++)
                yield return new(batch[i].Number, scores[(i * predictor.OutputSize)..((i + 1) * predictor.OutputSize)]);
        }
    }

    private static IEnumerable<ScoredRow> Read(IDataView windows, DataViewSchema.Column column)
    {
        using var cursor = windows.GetRowCursor([column]);
        var id = cursor.GetIdGetter();
        var window = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> buffer = default;
        DataViewRowId row = default;
        while (cursor.MoveNext())
        {
            id(ref row);
            window(ref buffer);
            yield return new(CsvFile.RowNumber(row), [.. buffer.DenseValues()]);
        }
    }
}
