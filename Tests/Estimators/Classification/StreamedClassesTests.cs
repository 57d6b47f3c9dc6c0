using Microsoft.ML;
using TorchSharp;

namespace MlNetRnn.Tests.Classification;

/// <summary>Classes and tokens that are read anew each epoch: split, weights, counts and batches are those of memory.</summary>
[TestClass]
public sealed class StreamedClassesTests
{
    private static readonly MLContext Ml = new(1);

    public static IEnumerable<object[]> Cases =>
        from tokens in new[] { false, true }
        from fraction in new[] { 0, 0.25 }
        from weighted in new[] { false, true }
        select new object[] { tokens, fraction, weighted };

    [TestMethod, DynamicData(nameof(Cases))]
    public void Split_weights_and_sequences_are_those_of_memory(bool tokens, double fraction, bool weighted)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            var random = new Random(seed);
            var data = tokens ? Classified.Tokens(90, 9, seed: seed) : Classified.Numbers(90, seed: seed, ragged: true);
            data = data with
            {
                Sequences = [.. data.Sequences.Select(s => tokens && random.Next(8) == 0 ? [] : s)],
                Classes = [.. data.Classes.Select(c => random.Next(9) == 0 ? -1 : c)],
            };
            float[] weights = [.. Enumerable.Range(0, 90).Select(_ => random.Next(4) * 0.5f)];
            var view = tokens ? data.TokenView(Ml, 9, "three", columns: ("Weight", weights)) : data.View(Ml, "three", ("Weight", weights));
            var task = new MulticlassTask(new()
            {
                ClassWeights = weighted ? ClassWeights.Balanced : ClassWeights.None,
                ExampleWeightColumnName = weighted ? "Weight" : null,
            });
            var options = (Classified.Tiny with { Features = tokens ? null : 2 }).Train(t => t with { ValidationFraction = fraction, BatchSize = 4 });
            using var scope = torch.NewDisposeScope();
            using var stored = Read(view, task, options);
            using var streamed = Read(view, task, options.Train(t => t with { ShuffleBufferSize = 20 }));

            Assert.AreEqual((stored.TrainingSequences, stored.ValidationSequences), (streamed.TrainingSequences, streamed.ValidationSequences));
            Assert.AreEqual(fraction > 0, stored.ValidationSequences > 0);
            stored.BeginTraining(new Random(1));
            streamed.BeginTraining(new Random(1));
            Assert.AreSequenceEqual(All(stored, stored.TrainingSequences).Order(), All(streamed, streamed.TrainingSequences).Order());
            stored.BeginValidation();
            streamed.BeginValidation();
            Assert.AreSequenceEqual(All(stored, stored.ValidationSequences), All(streamed, streamed.ValidationSequences));
        }
    }

    private static TrainingData Read(IDataView view, SequenceTask task, RecurrentOptions options)
    {
        var columns = TrainingColumns.Find(view.Schema, "Features", "Label", task, options);
        return TrainingData.Read(new(view, Validation: null, InitialModel: null), task, columns, options, torch.CPU, _ => { });
    }

    // Each sequence with its class and weight, as it lies in the batch.
    private static List<string> All(TrainingData data, int count)
    {
        var all = new List<string>();
        for (int left = count; left > 0; left -= 4)
        {
            using var scope = torch.NewDisposeScope();
            int size = Math.Min(4, left);
            var batch = data.Next(size);
            Assert.AreEqual(batch.Weights is null ? size : batch.Weights.sum().item<float>(), batch.WeightSum, 1e-5);
            var own = new List<string>();
            for (int b = 0; b < size; b++)
            {
                var input = batch.Input.select(1, b);
                if (batch.Lengths is { } lengths)
                    input = input.narrow(0, 0, lengths[b].item<long>());
                float weight = batch.Weights is { } given ? given[b].item<float>() : 1;
                own.Add($"{string.Join(' ', TensorData.Read(input).Select(v => $"{v:f3}"))} | {batch.Target[b].item<float>()} | {weight:f4}");
            }
            all.AddRange(own.Order(StringComparer.Ordinal)); // within a batch the longest come first
        }
        return all;
    }
}
