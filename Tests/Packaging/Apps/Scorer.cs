// Scores with a saved model. Arguments: the .zip and the .onnx that the trainer wrote.
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn;

var ml = new MLContext();
var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(i => new Row { Value = MathF.Sin(i * 0.3f) }));
float[] scores = [.. ml.Model.Load(args[0], out _).Transform(rows).GetColumn<float>("Score")];

using var predictor = SequencePredictor.Load(args[1]);
float[] window = [.. Enumerable.Range(292, 8).Select(i => MathF.Sin(i * 0.3f))];
Console.WriteLine($"zip {scores[^1]:R} onnx {predictor.Predict(window)[0]:R}");

public sealed class Row
{
    public float Value { get; set; }
}
