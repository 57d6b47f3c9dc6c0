#i "nuget: FEED"
#r "nuget: MlNetRnn.Estimators, VERSION"
#r "nuget: TorchSharp-cpu, TORCHSHARP"

open System.Collections.Immutable
open Microsoft.ML
open Microsoft.ML.Data
open MlNetRnn

[<CLIMutable>]
type Row = { Value: float32 }

let ml = MLContext(seed = 1)
let rows = ml.Data.LoadFromEnumerable [ for i in 0 .. 299 -> { Value = sin (float32 i * 0.3f) } ]
let windows = ml.Transforms.SlidingWindow("Window", [| "Value" |], windowLength = 8).Fit(rows).Transform rows

let options =
    RecurrentOptions(HiddenSizes = ImmutableArray.Create 8, Training = TrainingOptions(Epochs = 2, Seed = 1))

let lstm = ml.Regression.Trainers.Lstm("Label", "Window", options).Fit windows
let scores = lstm.Transform(windows).GetColumn<float32> "Score" |> Seq.toArray
printfn "%d scores, all finite: %b" scores.Length (Array.forall System.Single.IsFinite scores)
