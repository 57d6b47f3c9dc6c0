using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Tests;

/// <summary>
/// A pipeline written as a file and verified. The library's own verification is not taken on trust: <see cref="AssertEqual"/> runs the
/// file on raw values that the test itself read from the rows.
/// </summary>
internal sealed class ConvertedFile
{
    private readonly MLContext _ml;
    private readonly ITransformer _pipeline;
    private readonly IDataView _rows;

    private ConvertedFile(MLContext ml, ITransformer pipeline, IDataView rows, ImmutableArray<OnnxStepConverter> converters)
    {
        (_ml, _pipeline, _rows) = (ml, pipeline, rows);
        using var stream = new MemoryStream();
        ml.Model.SaveAsOnnx(pipeline, rows.Schema, stream, new OnnxExportOptions { SampleRows = rows, Converters = converters });
        Bytes = stream.ToArray();
        Model = SequenceModel.FromBytes(Bytes, "The file");
    }

    public static ConvertedFile Of(MLContext ml, ITransformer pipeline, IDataView rows, params ImmutableArray<OnnxStepConverter> converters) =>
        new(ml, pipeline, rows, converters);

    public byte[] Bytes { get; }

    public SequenceModel Model { get; }

    public SequenceModelManifest Manifest => Model.Manifest;

    public IEnumerable<string> Operators => Onnx.ModelProto.Parser.ParseFrom(Bytes).Graph.Node.Select(n => n.OpType);

    /// <summary>Makes a predictor, whatever comes of it.</summary>
    public void Predictor()
    {
        using var predictor = new SequencePredictor(Model);
    }

    /// <summary>Windows of whole rows without gaps and groups, cut by hand: the file gives what the pipeline gives, all outputs of Single.</summary>
    public ConvertedFile AssertEqual()
    {
        var window = Manifest.Window!;
        float[][] columns = [.. window.InputColumnNames.Select(Values)];
        int rows = _rows.Preview(int.MaxValue).RowView.Length, count = rows - window.WindowLength + 1;
        float[] Step(int row) => [.. columns.SelectMany((c, i) => c.AsSpan(row * (c.Length / rows), c.Length / rows).ToArray())];
        float[] windows = [.. Enumerable.Range(0, count).SelectMany(w => Enumerable.Range(w, window.WindowLength)).SelectMany(Step)];
        var scored = _pipeline.Transform(_rows);

        using var session = new InferenceSession(Bytes);
        using var run = new RunOptions();
        using var tensor = OrtValue.CreateTensorValueFromMemory(windows, [count, window.WindowLength, Manifest.Features]);
        using var outputs = session.Run(run, [Manifest.FeatureColumnName], [tensor], [.. Manifest.Outputs.Select(o => o.Name)]);
        for (int o = 0; o < outputs.Count; o++)
            AssertNear(Values(scored, Manifest.Outputs[o].Name), outputs[o].GetTensorDataAsSpan<float>().ToArray(), Manifest.Outputs[o].Name);
        return this;
    }

    /// <summary>The predictor gives what ML.NET's own step for ONNX files gives, and the pipeline.</summary>
    public void AssertApplied()
    {
        using var folder = new Scenarios.TemporaryFolder();
        File.WriteAllBytes(folder["model.onnx"], Bytes);
        var window = Manifest.Window!;
        var raw = _ml.Transforms.SlidingWindow(Manifest.FeatureColumnName, [.. window.InputColumnNames], window.WindowLength, labelColumnName: "Raw label")
            .Fit(_rows).Transform(_rows);
        var shapes = new Dictionary<string, int[]> { [Manifest.FeatureColumnName] = [1, Manifest.Steps, Manifest.Features] };
        string output = Manifest.Outputs[0].Name;
        using var applied = _ml.Transforms.ApplyOnnxModel([output], [Manifest.FeatureColumnName], folder["model.onnx"], shapes, null, false).Fit(raw);

        float[] expected = Values(_pipeline.Transform(_rows), output);
        float[] given = [.. applied.Transform(raw).GetColumn<float[]>(output).SelectMany(v => v)];
        AssertNear(expected, given, output);
        using var predictor = new SequencePredictor(Model);
        AssertNear(expected, predictor.PredictBatch([.. raw.GetColumn<float[]>(Manifest.FeatureColumnName).SelectMany(v => v)]), output);
    }

    public static void AssertNear(float[] expected, float[] actual, string what)
    {
        Assert.HasCount(expected.Length, actual);
        Assert.IsNotEmpty(expected);
        for (int i = 0; i < expected.Length; i++)
        {
            bool near = expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(1, Math.Abs(expected[i]));
            Assert.IsTrue(near, $"{what}[{i}]: {actual[i]}, expected {expected[i]}");
        }
    }

    private float[] Values(string column) => Values(_rows, column);

    private static float[] Values(IDataView view, string column) => view.Schema[column].Type is VectorDataViewType
        ? [.. view.GetColumn<VBuffer<float>>(column).SelectMany(v => v.DenseValues())]
        : [.. view.GetColumn<float>(column)];
}
