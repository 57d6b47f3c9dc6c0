#i "nuget: FEED"
#r "nuget: MlNetRnn.Estimators, VERSION"
#r "nuget: TorchSharp-cpu, TORCHSHARP"

open Microsoft.ML
open Microsoft.ML.Data
open MlNetRnn

[<CLIMutable>]
type Row = { Value: float32 }

let ml = MLContext(seed = 1)
let data = ml.Data.LoadFromEnumerable([ for t in 0..119 -> { Value = sin (0.3f * float32 t) } ])
let windows = ml.Transforms.SlidingWindow("Window", [| "Value" |], windowLength = 8).Fit(data).Transform(data)
let training = TrainingOptions(Epochs = 2, Seed = System.Nullable 1)
let options = RecurrentOptions(HiddenSizes = System.Collections.Immutable.ImmutableArray.Create(8), Training = training)
let model = ml.Regression.Trainers.Gru("Label", "Window", options).Fit(windows)
let scores = model.Transform(windows).GetColumn<float32>("Score") |> Seq.toArray
printfn "scores %d, finite: %b" scores.Length (scores |> Array.forall System.Single.IsFinite)
