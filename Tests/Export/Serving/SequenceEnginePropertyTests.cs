using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetRnn.Tests;

/// <summary>Rows pushed one at a time give what Transform gives over all of them, whatever the chain.</summary>
[TestClass]
public sealed class SequenceEnginePropertyTests
{
    private sealed record Case(int Seed, int Rows, int Groups, string? Group, bool Interleaved, int Stride, bool ReplaceMissing,
        bool Normalize, bool Concatenate, bool CopyBetween, int Nested, bool Reload);

    private static readonly Gen<Case> s_cases =
        from seed in Gen.Int[0, 1_000_000]
        from rows in Gen.Int[1, 60]
        from groups in Gen.Int[1, 4]
        from grouping in Gen.Int[0, Readings.GroupColumns.Length]
        from interleaved in Gen.Bool
        from stride in Gen.Int[1, 3]
        from flags in Gen.Bool.Array[5]
        from nested in Gen.Int[0, 4]
        select new Case(seed, rows, groups, Readings.GroupColumns.ElementAtOrDefault(grouping), interleaved, stride, flags[0], flags[1],
            flags[2], flags[3], nested, flags[4]);

    [TestMethod]
    public void Pushed_rows_give_the_predictions_of_Transform() => s_cases.Sample(c =>
    {
        var ml = new MLContext(1);
        var rows = Readings.Random(c.Seed, c.Rows, c.Groups, missing: true);
        var contiguous = Readings.Contiguous(rows, c.Group);
        var model = Model(ml, c);
        using var engine = model.CreateSequenceEngine<Reading, Prediction>(ml);

        var pushed = Readings.Pushed(engine, c.Interleaved ? rows : contiguous);

        Readings.AreEqual(Readings.Transformed(ml, model, contiguous), pushed);
        // At every row once the window is full, whatever the stride.
        var perGroup = rows.GroupBy(row => Readings.GroupOf(row, c.Group)).Select(group => group.Count()).ToArray();
        Assert.AreEqual(perGroup.Sum(count => Math.Max(0, count - TinyModel.Steps + 1)), pushed.Count);
        Assert.AreEqual(perGroup.Length, engine.GroupCount);
    }, iter: 80, threads: 1);

    private static ITransformer Model(MLContext ml, Case c)
    {
        var training = Readings.Random(c.Seed + 1, 50, missing: true);
        var chain = new ChainBuilder(ml, training);
        chain.Add(ml.Transforms.Conversion.ConvertType("Other"));
        if (c.ReplaceMissing)
            chain.Add(ml.Transforms.ReplaceMissingValues("Value", replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean));
        if (c.Normalize)
            chain.Add(ml.Transforms.NormalizeMeanVariance([new("Value"), new("Other")]));
        if (c.Concatenate)
            chain.Add(ml.Transforms.Concatenate("Both", "Value", "Other"));
        chain.Add(ml.Transforms.SlidingWindow("Window", c.Concatenate ? ["Both"] : ["Value", "Other"], TinyModel.Steps,
            targetColumnName: "Value", groupColumnName: c.Group, stride: c.Stride));
        if (c.CopyBetween)
            chain.Add(ml.Transforms.CopyColumns("NameAgain", "Name"));
        chain.Add(new SequenceTransformer(TinyModel.Regression));
        chain.Add(ml.Transforms.CopyColumns("Again", "Score"));
        var model = Nest(chain.Steps, c.Nested);
        return c.Reload ? ComponentContract.Reload(ml, model, ml.Data.LoadFromEnumerable(training).Schema) : model;
    }

    // The first steps as a chain within the chain, as Append of a fitted chain makes it; the rest within another.
    private static TransformerChain<ITransformer> Nest(List<ITransformer> steps, int first) => first == 0
        ? new([.. steps])
        : new(new TransformerChain<ITransformer>([.. steps.Take(first)]), new TransformerChain<ITransformer>([.. steps.Skip(first)]));
}
