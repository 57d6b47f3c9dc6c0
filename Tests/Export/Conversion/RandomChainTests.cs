using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn.Tests;

/// <summary>Chains of random steps before and after a windowing and a model: the file gives what Transform gives.</summary>
[TestClass]
public sealed class RandomChainTests
{
    private readonly MLContext _ml = new(1);

    [TestMethod]
    public void Any_chain_of_convertible_steps_gives_the_same_in_a_file() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var rows = Rows(random);
        var before = new Columns(_ml, random, ["A", "B", "Vector"]);
        ITransformer chain = before.Fit(rows, random.Next(6));
        string[] inputs = before.Some();
        int steps = random.Next(1, 5);
        var windowing = _ml.Transforms.SlidingWindow("Window", inputs, steps, targetColumnName: "Target");
        chain = Then(chain, windowing, rows);
        if (random.Next(3) == 0)
            chain = Then(chain, before.Step("Window", "Window"), rows);
        int features = ((VectorDataViewType)chain.GetOutputSchema(rows.Schema)["Window"].Type).Size / steps;
        chain = new TransformerChain<ITransformer>(chain, WeightedModel.Transformer(steps, features, outputs: random.Next(1, 4)));
        var after = new Columns(_ml, random, ["Score"]);
        for (int i = random.Next(3); i > 0; i--)
            chain = Then(chain, after.Next(), rows);

        ConvertedFile.Of(_ml, chain, rows).AssertEqual();
    }, iter: 60);

    private static TransformerChain<ITransformer> Then(ITransformer chain, IEstimator<ITransformer> step, IDataView rows) =>
        new(chain, step.Fit(chain.Transform(rows)));

    private IDataView Rows(Random random)
    {
        float Next() => random.Next(12) == 0 ? float.NaN : (random.NextSingle() * 20) - 5;
        return _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 25)
            .Select(i => new Row { A = Next(), B = Next(), Vector = [Next(), 1, Next()], Target = i }).ToArray());
    }

    /// <summary>Columns of Single and random steps that change them or make others.</summary>
    private sealed class Columns(MLContext ml, Random random, string[] names)
    {
        private readonly List<string> _names = [.. names];

        public ITransformer Fit(IDataView rows, int steps)
        {
            ITransformer chain = new TransformerChain<ITransformer>(ml.Transforms.CopyColumns("Untouched", "A").Fit(rows));
            for (int i = 0; i < steps; i++)
                chain = Then(chain, Next(), rows);
            return chain;
        }

        public string[] Some() => [.. _names.OrderBy(_ => random.Next()).Take(random.Next(1, _names.Count + 1))];

        public IEstimator<ITransformer> Next()
        {
            string input = _names[random.Next(_names.Count)], made = $"Made {_names.Count}";
            if (random.Next(5) == 0)
            {
                string[] inputs = [input, .. Some().Take(2)];
                _names.Add(made);
                return ml.Transforms.Concatenate(made, inputs);
            }
            if (random.Next(2) == 0)
                return Step(input, input);
            _names.Add(made);
            return Step(made, input);
        }

        public IEstimator<ITransformer> Step(string output, string input)
        {
            bool isScalar = input is "A" or "B"; // these two of ML.NET's are wrong for vectors that came to be sparse
            return random.Next(isScalar ? 8 : 6) switch
            {
                0 => ml.Transforms.NormalizeMinMax(output, input, fixZero: random.Next(2) == 0),
                1 => ml.Transforms.NormalizeMeanVariance(output, input, fixZero: random.Next(2) == 0),
                2 => ml.Transforms.NormalizeBinning(output, input, maximumBinCount: 5),
                3 => ml.Transforms.ReplaceMissingValues(output, input, (MissingValueReplacingEstimator.ReplacementMode)random.Next(4)),
                4 => ml.Transforms.Conversion.ConvertType(output, input, DataKind.Double).Append(ml.Transforms.NormalizeMinMax(output))
                    .Append(ml.Transforms.Conversion.ConvertType(output)),
                5 => ml.Transforms.CopyColumns(output, input),
                6 => ml.Transforms.NormalizeMeanVariance(output, input, useCdf: true),
                _ => ml.Transforms.NormalizeRobustScaling(output, input),
            };
        }
    }

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }

        [VectorType(3)]
        public float[] Vector { get; set; } = [];

        public float Target { get; set; }
    }
}
