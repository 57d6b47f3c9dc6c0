using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>
/// Trains what the <see cref="Recipe"/> says and averages the best. The outcome is one fitted chain from raw sequences or texts to the class as
/// text, <c>PredictedLabel</c>, and the probability of each, <c>Score</c>.
/// </summary>
internal static class SequenceClassifier
{
    private const string KeyColumn = "LabelKey";

    private static readonly ClassificationOptions Smoothed = new() { LabelSmoothing = 0.05 }; // networks of few examples are too sure

    public static TrainedClassifier Train(MLContext ml, ClassificationData data, SequenceClassificationSettings settings, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        var (before, sequences, column) = Prepare(ml, data);
        var keys = LabelKeys(ml, data.Classes).Append(sequences).Fit(before.Transform(data.Train!));
        var rows = ml.Data.Cache(keys.Transform(before.Transform(data.Train!)), KeyColumn, column);
        var recipe = Recipe.For(Lengths(rows, column), data.TrainLabels.CountBy(l => l).Max(c => c.Value), data.IsText);
        recipe = recipe with { Epochs = Math.Min(recipe.Epochs, settings.Common.Epochs) };
        var model = Take(StepProgress.Run(settings.Cell, recipe.Tries.Length * recipe.Members, progress =>
            TryAll(ml, recipe, rows, column, data.IsText, settings, progress, cancellation)));
        var values = ml.Transforms.Conversion.MapKeyToValue(Predictions.PredictedColumn).Fit(model.Transform(rows));
        return new(settings.Cell, new TransformerChain<ITransformer>([before, keys, model, values]), model.History,
            model.Model.Manifest.Network.Members, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    // The best of what was tried, or the mean of those that are as good as far as their validation tells.
    private static SequenceTransformer Take(Tried[] all)
    {
        var best = Tried.Best(all);
        var model = best is [var one] ? one.Model : SequenceTransformer.Average([.. best.Select(t => t.Model)]);
        foreach (var other in all.Where(t => t.Model != model))
            other.Model.Dispose();
        string names = string.Join("; ", best.Select(t => t.Try));
        if (all.Length > 1)
            Console.WriteLine($"Taken: {(best.Length > 1 ? "the mean of " : "")}{names}.");
        return model;
    }

    // Side by side, each on a core; what comes of a try depends on nothing but its seed.
    private static Tried[] TryAll(
        MLContext ml, Recipe recipe, IDataView rows, string column, bool isText, SequenceClassificationSettings settings, StepProgress progress,
        CancellationToken cancellation)
    {
        var tried = new Tried[recipe.Tries.Length];
        Parallel.For(0, tried.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            var options = recipe.Options(CellChoice.Options(settings.Cell), recipe.Tries[i], isText);
            options = options with
            {
                Training = options.Training with
                {
                    Seed = settings.Common.Seed,
                    CancellationToken = cancellation,
                    Callbacks = [new NetworkEnds(progress)],
                },
            };
            tried[i] = new(recipe.Tries[i], ml.MulticlassClassification.Trainers.Recurrent(KeyColumn, column, options, Smoothed).Fit(rows));
            progress.Write($"  {tried[i]}");
        });
        return tried;
    }

    private static int[] Lengths(IDataView rows, string column)
    {
        var lengths = new List<int>();
        using var cursor = rows.GetRowCursor([rows.Schema[column]]);
        var vector = (VectorDataViewType)rows.Schema[column].Type;
        int values = vector.Dimensions is [_, > 0 and var features] ? features : 1;
        Func<int> length = vector.ItemType is KeyDataViewType ? Reader<uint>(cursor, column) : Reader<float>(cursor, column);
        while (cursor.MoveNext())
            lengths.Add(length() / values);
        return [.. lengths];
    }

    private static Func<int> Reader<T>(DataViewRowCursor cursor, string column)
    {
        var getter = cursor.GetGetter<VBuffer<T>>(cursor.Schema[column]);
        VBuffer<T> value = default;
        return () =>
        {
            getter(ref value);
            return value.Length;
        };
    }

    private sealed class NetworkEnds(StepProgress progress) : TrainingCallback
    {
        public override void OnTrainingEnd(TrainingEndContext context) => progress.Advance();
    }

    // What needs no fitting, the step that does, and the column that the trainer reads.
    private static (ITransformer Before, IEstimator<ITransformer> Fitted, string Column) Prepare(MLContext ml, ClassificationData data)
    {
        if (!data.IsText)
            return (new TransformerChain<ITransformer>(), new EstimatorChain<ITransformer>(), data.Column);
        var tokenizer = Tokens.Tokenizer(ml, data.Column);
        var (keys, column) = Tokens.ToKeys(ml, tokenizer.Transform(data.Train));
        return (tokenizer, keys, column);
    }

    // The classes that the data declares, in its order: one without an example keeps its place.
    private static ValueToKeyMappingEstimator LabelKeys(MLContext ml, IReadOnlyList<string> classes) => ml.Transforms.Conversion.MapValueToKey(
        KeyColumn, ClassificationData.LabelColumn, keyData: ml.Data.LoadFromEnumerable(classes.Select(c => new ClassName { Name = c }).ToArray()));

    private sealed class ClassName
    {
        public string Name { get; set; } = "";
    }
}

/// <summary>What training came to.</summary>
/// <param name="Name">The cell's name.</param>
/// <param name="Model">The fitted chain.</param>
/// <param name="History">A row per epoch, of the first network.</param>
/// <param name="Networks">Networks that are averaged.</param>
/// <param name="Seconds">Wall-clock seconds of training.</param>
internal sealed record TrainedClassifier(string Name, ITransformer Model, IReadOnlyList<EpochMetrics> History, int Networks, double Seconds);
