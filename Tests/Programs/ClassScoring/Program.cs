using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

// Scores rows by a saved classifier, in a process that has no libtorch and names no type of the library: a line per row, its class and scores.
//   ClassScoring MODEL ROWS
var ml = new MLContext();
var scored = ml.Model.Load(args[0], out _).Transform(ml.Data.LoadFromBinary(args[1]));
bool isBinary = scored.Schema["PredictedLabel"].Type is BooleanDataViewType;
string[] classes = isBinary
    ? [.. scored.GetColumn<bool>("PredictedLabel").Select(c => $"{c}")]
    : [.. scored.GetColumn<string>("Class")];
float[][] scores = isBinary
    ? [.. scored.GetColumn<float>("Score").Zip(scored.GetColumn<float>("Probability"), (s, p) => new[] { s, p })]
    : [.. scored.GetColumn<float[]>("Score")];
for (int i = 0; i < classes.Length; i++)
    Console.WriteLine($"{classes[i]}|{string.Join(' ', scores[i].Select(s => s.ToString("R", CultureInfo.InvariantCulture)))}");
