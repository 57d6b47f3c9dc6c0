// Trains on a sine, saves the chain, reads it back. Arguments: the .zip and the .onnx to write.
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn;

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(i => new Row { Value = MathF.Sin(i * 0.3f) }));
var windowing = ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 8).Fit(rows);
var options = new RecurrentOptions { HiddenSizes = [8], DenseSizes = [], Training = new() { Epochs = 2, Seed = 1 } };
var lstm = ml.Regression.Trainers.Lstm("Label", "Window", options).Fit(windowing.Transform(rows));
var chain = new TransformerChain<ITransformer>(windowing, lstm);

AtomicFile.Write(args[0], stream => ml.Model.Save(chain, rows.Schema, stream));
ml.Model.SaveAsOnnx(chain, rows.Schema, args[1], new OnnxExportOptions { SampleRows = rows });

float[] scores = Scores(chain);
bool same = scores.SequenceEqual(Scores(ml.Model.Load(args[0], out _)));
Console.WriteLine($"{scores.Length} scores, {(same ? "the same" : "others")} after reloading, last {scores[^1]:R}");

float[] Scores(ITransformer model) => [.. model.Transform(rows).GetColumn<float>("Score")];

public sealed class Row
{
    public float Value { get; set; }
}
