using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>A model to measure, as transformer, file and data: one recurrent layer and a linear head over windows <c>[steps, 1]</c>.</summary>
internal sealed class InferenceModel : IDisposable
{
    public const int Rows = 20_000;

    private const int TrainedRows = 300; // what it has learnt does not matter

    private readonly string _folder = Directory.CreateTempSubdirectory("mlnetrnn").FullName;

    public InferenceModel(string cell, int hidden, int steps)
    {
        (Cell, Hidden, Steps) = (cell, hidden, steps);
        var random = new Random(1);
        Windows = [.. Enumerable.Range(0, Rows * steps).Select(_ => random.NextSingle())];
        var schema = SchemaDefinition.Create(typeof(Window));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, steps, 1);
        Data = Ml.Data.LoadFromEnumerable(Windows.Chunk(steps).Select(w => new Window { Features = w, Label = w[0] }).ToArray(), schema);
        Transformer = Ml.Regression.Trainers.Recurrent(new RecurrentOptions
        {
            Cell = BenchmarkCase.CellOf(cell),
            Bidirectional = cell == "bilstm",
            HiddenSizes = [hidden],
            DenseSizes = [],
            Training = new() { Epochs = 1, Seed = 1 },
        }).Fit(Ml.Data.TakeRows(Data, TrainedRows));
        Ml.Model.SaveAsOnnx(Transformer, Data.Schema, File);
    }

    public MLContext Ml { get; } = new(seed: 1);

    public string Cell { get; }

    public int Hidden { get; }

    public int Steps { get; }

    /// <summary><c>[Rows, steps, 1]</c>.</summary>
    public float[] Windows { get; }

    public IDataView Data { get; }

    public SequenceTransformer Transformer { get; }

    public string File => Path.Combine(_folder, "model.onnx");

    /// <summary>Writes the model in a precision, and gives the file.</summary>
    public string SaveAs(OnnxPrecision precision)
    {
        string file = Path.Combine(_folder, $"{precision}.onnx");
        Ml.Model.SaveAsOnnx(Transformer, Data.Schema, file, new() { Precision = precision });
        return file;
    }

    public InferenceRow Row(int batch, string what, double microseconds, double baseline) =>
        new(Cell, Hidden, batch, Steps, what, microseconds, baseline / microseconds);

    public void Dispose()
    {
        Transformer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Window
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
