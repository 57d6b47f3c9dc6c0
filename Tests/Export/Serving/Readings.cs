using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>A raw row, with its group under every type that tests group by. It has no label.</summary>
internal sealed class Reading
{
    public float Value { get; set; }

    public double Other { get; set; }

    public int Row { get; set; }

    public string Name { get; set; } = "";

    public string Text { get; set; } = "";

    [KeyType(100)]
    public uint Key { get; set; }

    public short Integer { get; set; }

    public float Number { get; set; }

    public bool Flag { get; set; }

    public DateTime Time { get; set; }
}

/// <summary>A prediction, with columns that pass through and the label.</summary>
internal sealed class Prediction
{
    public float Score { get; set; }

    public float Again { get; set; }

    public int Row { get; set; }

    public string Name { get; set; } = "";

    public float Label { get; set; }

    [NoColumn]
    public string Remark { get; set; } = "";
}

/// <summary>A prediction's score alone.</summary>
internal sealed class ScoreOnly
{
    public float Score { get; set; }
}

/// <summary>Random rows of several groups, and models of <see cref="TinyModel"/>'s shape over them.</summary>
internal static class Readings
{
    public static string[] GroupColumns { get; } = ["Text", "Key", "Integer", "Number", "Flag", "Time"];

    /// <summary>Rows in an order in which groups alternate at random; values are missing here and there where asked for.</summary>
    public static Reading[] Random(int seed, int rows, int groups = 3, bool missing = false)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(row =>
        {
            int group = random.Next(groups);
            return new Reading
            {
                Value = missing && random.Next(8) == 0 ? float.NaN : 3 + random.NextSingle(),
                Other = 10 * random.NextDouble(),
                Row = row,
                Name = $"row {row}",
                Text = group == 0 ? "" : $"group {group}",
                Key = (uint)(group == 0 ? 1000 : group), // one above the count: the missing key
                Integer = (short)-group,
                Number = group == 0 ? float.NaN : group,
                Flag = group % 2 == 0,
                Time = new DateTime(2020, 1, 1).AddDays(group),
            };
        })];
    }

    /// <summary>Which group a row is of, as text.</summary>
    public static string GroupOf(Reading row, string? column) =>
        column is null ? "" : $"{typeof(Reading).GetProperty(column)!.GetValue(row)}";

    /// <summary>Groups one after the other, each in its order.</summary>
    public static Reading[] Contiguous(IEnumerable<Reading> rows, string? column) =>
        [.. rows.GroupBy(row => GroupOf(row, column)).SelectMany(group => group)];

    /// <summary>Normalising, windowing, the trained model and a copy of its score.</summary>
    public static TransformerChain<ITransformer> Model(MLContext ml, string? group = "Text", SequenceModel? model = null)
    {
        var chain = new ChainBuilder(ml, Random(1, 50));
        chain.Add(ml.Transforms.Conversion.ConvertType("Other"));
        chain.Add(ml.Transforms.NormalizeMeanVariance([new("Value"), new("Other")]));
        chain.Add(ml.Transforms.SlidingWindow("Window", ["Value", "Other"], TinyModel.Steps, groupColumnName: group));
        chain.Add(new SequenceTransformer(model ?? TinyModel.Regression));
        chain.Add(ml.Transforms.CopyColumns("Again", "Score"));
        return new([.. chain.Steps]);
    }

    /// <summary>What Transform gives, by row number.</summary>
    public static Dictionary<int, Prediction> Transformed(MLContext ml, ITransformer model, IEnumerable<Reading> rows)
    {
        var view = model.Transform(ml.Data.LoadFromEnumerable(rows));
        return ml.Data.CreateEnumerable<Prediction>(view, reuseRowObject: false).ToDictionary(p => p.Row);
    }

    /// <summary>The predictions of an engine, by row number; rows without one are left out.</summary>
    public static Dictionary<int, Prediction> Pushed(SequenceEngine<Reading, Prediction> engine, IEnumerable<Reading> rows) =>
        rows.Select(engine.Push).OfType<Prediction>().ToDictionary(p => p.Row);

    /// <summary>Asserts that each expected prediction is there and equal, with the row's own columns and no label.</summary>
    public static void AreEqual(Dictionary<int, Prediction> expected, Dictionary<int, Prediction> actual)
    {
        foreach (var (row, prediction) in expected)
        {
            Assert.IsTrue(actual.TryGetValue(row, out var other), $"row {row} has no prediction");
            Assert.AreEqual(float.IsNaN(prediction.Score), float.IsNaN(other.Score), $"row {row}");
            if (!float.IsNaN(prediction.Score))
                Assert.AreEqual(prediction.Score, other.Score, 1e-6f * Math.Max(1, Math.Abs(prediction.Score)), $"row {row}");
            Assert.AreEqual(other.Score, other.Again);
            Assert.AreEqual($"row {row}", other.Name);
            Assert.IsTrue(float.IsNaN(other.Label));
        }
    }
}

/// <summary>Fits steps one after the other, each on what those before it give.</summary>
internal sealed class ChainBuilder(MLContext ml, IEnumerable<Reading> rows)
{
    private IDataView _view = ml.Data.LoadFromEnumerable(rows);

    public List<ITransformer> Steps { get; } = [];

    public void Add(IEstimator<ITransformer> step) => Add(step.Fit(_view));

    public void Add(ITransformer step)
    {
        Steps.Add(step);
        _view = step.Transform(_view);
    }
}
